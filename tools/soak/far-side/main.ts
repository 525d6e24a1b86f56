import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { firstMarker } from "../marker.ts";
import { answerText, moderationAnswer, streamedAnswer, wholeAnswer, type Upstream } from "./answers.ts";
import { drawFault, injectFault, sendError, sendWell, type PlannedAnswer } from "./faults.ts";
import type { FarSideOptions, FarSideReport } from "./report.ts";

// A process of its own: Workers AI, as the runtime's `Ai` class asks it, and two origins. Its options are its first argument, as
// JSON; prints its port when it listens. Which call fails, and how, is drawn in the order of calls from the seed.

const options = JSON.parse(process.argv[2] ?? "{}") as FarSideOptions;
const random = seededRandom(options.seed);
/** Every so many answers is another request's, where the far side is told to mix them up. */
const MIXED_EVERY = 25;

let { faultShare } = options;
const callsBy: Record<string, number> = {};
const faultsBy: Record<string, number> = {};
const faultsOf: Record<string, string[]> = {};
let down: Upstream | null = null;
let [answers, lastMarker] = [0, ""];

const server = createServer((request, response) => {
	// A caller that leaves is part of the plan.
	response.on("error", () => {});
	void readBody(request).then(
		(body) => answer(request, body, response),
		() => {},
	);
});
server.keepAliveTimeout = 120_000;
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));

function answer({ url = "", headers }: IncomingMessage, body: string, response: ServerResponse): void {
	if (url.startsWith("/-/")) return control(url, body, response);
	const upstream = url.startsWith("/origin-a/") ? "origin-a" : url.startsWith("/origin-b/") ? "origin-b" : "workers-ai";
	const call = upstream === "workers-ai" ? inputsOf(body) : (JSON.parse(body) as Call);
	const model = call.model ?? String(headers["mf-header-cf-consn-model-id"]);
	const marker = firstMarker(body);
	callsBy[upstream] = (callsBy[upstream] ?? 0) + 1;
	if (marker === undefined) return sendError(response, 400);
	const planned = plan(call, model, mixed(marker), body, upstream, url.endsWith("/moderations"));
	if (down === upstream) {
		note(marker, "outage");
		return sendError(response, 503);
	}
	if (random() >= faultShare) return sendWell(response, planned);
	const kind = drawFault(planned.isStream, random);
	note(marker, kind);
	injectFault(kind, response, planned);
}

interface Call {
	readonly model?: string;
	readonly stream?: boolean;
}

function plan(
	call: Call,
	model: string,
	marker: string,
	body: string,
	upstream: Upstream,
	isModeration: boolean,
): PlannedAnswer {
	if (isModeration) return { isStream: false, pieces: [moderationAnswer(marker)] };
	const text = answerText(marker, body, upstream);
	const isStream = call.stream === true;
	return { isStream, pieces: isStream ? streamedAnswer(model, marker, text) : [wholeAnswer(model, marker, text)] };
}

/** The call's own marker; now and then the last call's, where that is asked for. */
function mixed(marker: string): string {
	const other = lastMarker;
	lastMarker = marker;
	return options.mixesAnswers && ++answers % MIXED_EVERY === 0 && other !== "" ? other : marker;
}

function note(marker: string, kind: string): void {
	faultsBy[kind] = (faultsBy[kind] ?? 0) + 1;
	(faultsOf[marker] ??= []).push(kind);
}

function control(url: string, body: string, response: ServerResponse): void {
	if (url === "/-/set") {
		const wanted = JSON.parse(body) as { readonly faultShare?: number; readonly down?: Upstream | null };
		faultShare = wanted.faultShare ?? faultShare;
		if (wanted.down !== undefined) down = wanted.down;
		response.end();
		return;
	}
	const { user, system } = process.cpuUsage();
	const report: FarSideReport = { callsBy, faultsBy, faultsOf, cpuSeconds: (user + system) / 1e6 };
	response.end(JSON.stringify(report));
}

function inputsOf(body: string): Call {
	return (JSON.parse(body) as { readonly inputs: Call }).inputs;
}

async function readBody(request: IncomingMessage): Promise<string> {
	let text = "";
	for await (const piece of request.setEncoding("utf8")) text += piece as string;
	return text;
}
