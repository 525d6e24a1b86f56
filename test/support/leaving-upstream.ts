import type { ServerResponse } from "node:http";
import { readText, startFakeServer, type FakeServer } from "./fake-server.ts";
import { chunkBody, completionBody, event, streamEvents } from "./openai-answers.ts";
import { scenarioOf } from "./recorded-calls.ts";
import { openStream, sendJson } from "./send.ts";

/** What is asked of whom is to keep its caller waiting. */
export const KEEPS_WAITING = "What keeps you waiting?";

/** A message of the Worker's queue, as it was taken from there. */
type Message = Readonly<Record<string, unknown>>;

/** Both upstreams of a cascade, and where what its Worker has sent to its queue ends up. */
export interface LeavingUpstream extends FakeServer {
	/** How often the model of this full name was asked what was to be kept waiting for. */
	readonly asked: (model: string) => number;
	readonly messages: readonly Message[];
}

/**
 * Starts it. A model's name says how it behaves, up to a `~`. It keeps its caller waiting for the answer to one prompt alone, and
 * there for the first, as the next is an audit's:
 *
 * - `sure` and `unsure` say "yes", with log-probabilities; `sure-but-one-hangs` keeps silent to that prompt;
 * - `yes` does without them, in a stream too;
 * - `hang` says nothing;
 * - `slow` says "yes" after a second;
 * - `drip` says one word every 20 ms and never ends.
 */
export async function startLeavingUpstream(): Promise<LeavingUpstream> {
	const calls: string[] = [];
	const messages: Message[] = [];
	const asked = (model: string) => calls.filter((called) => called === model).length;
	const server = await startFakeServer(async (request, response) => {
		const body = JSON.parse(await readText(request)) as Record<string, unknown>;
		if (request.url === "/queue") {
			messages.push(body);
			response.end();
			return;
		}
		const model = String(body["model"]);
		const keepsWaiting = JSON.stringify(body["messages"]).includes(KEEPS_WAITING);
		if (keepsWaiting) calls.push(model);
		answer(model, keepsWaiting && asked(model) === 1, body["stream"] === true, response);
	});
	return { ...server, asked, messages };
}

function answer(model: string, keepsWaiting: boolean, stream: boolean, response: ServerResponse): void {
	const scenario = scenarioOf(model);
	if (keepsWaiting && ["hang", "sure-but-one-hangs"].includes(scenario)) return;
	if (keepsWaiting && scenario === "slow")
		return void setTimeout(() => sendJson(response, completionBody(model, "yes")), 1_000);
	if (keepsWaiting && scenario === "drip") return drip(model, response);
	if (scenario.startsWith("sure") || scenario === "unsure") {
		const token = { token: "yes", logprob: Math.log(scenario === "unsure" ? 0.5 : 0.9), top_logprobs: [] };
		sendJson(response, completionBody(model, "yes", { logprobs: { content: [token] } }));
	} else if (stream) {
		openStream(response);
		response.end(streamEvents(model, "yes").join(""));
	} else sendJson(response, completionBody(model, "yes"));
}

function drip(model: string, response: ServerResponse): void {
	openStream(response);
	response.write(event(chunkBody(model, { role: "assistant", content: "" })));
	const timer = setInterval(() => response.write(event(chunkBody(model, { content: "word " }))), 20);
	response.on("close", () => clearInterval(timer));
}
