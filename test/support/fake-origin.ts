import type { ServerResponse } from "node:http";
import { changingScenario } from "./changing-scenarios.ts";
import { FAKE_ORIGIN_KEY } from "./fake-origin-key.ts";
import { readText, startFakeServer, type FakeServer } from "./fake-server.ts";
import { originFault } from "./fault-scenarios.ts";
import { originFaults } from "./origin-faults.ts";
import { originScenarios } from "./origin-scenarios.ts";
import { originVariants } from "./origin-variants.ts";
import { createCallRecorder, scenarioOf } from "./recorded-calls.ts";

/** What the origin is asked, and where its answer goes. */
interface OriginExchange {
	readonly path: string;
	readonly model: string;
	readonly body: Readonly<Record<string, unknown>>;
	/** The last user message. */
	readonly asked: string;
	readonly response: ServerResponse;
}

export type OriginScenario = (exchange: OriginExchange) => void;

/** A server that speaks OpenAI's API well or badly: the model's name says how, up to a `~`. `key` opens it. */
export async function startFakeOrigin(key: string = FAKE_ORIGIN_KEY): Promise<FakeServer> {
	const recorder = createCallRecorder();
	return startFakeServer(async (request, response) => {
		if (recorder.answerTest(request, response)) return;
		const body = JSON.parse(await readText(request)) as Record<string, unknown>;
		const model = String(body["model"]);
		recorder.record({ model, body, headers: request.headers as Record<string, string> }, response);
		const name = scenarioOf(model);
		const scenario =
			originScenarios[name] ??
			originVariants[name] ??
			originFaults(name) ??
			originFault(name) ??
			changingScenario(name);
		if (scenario === undefined) throw new Error(`the fake origin has no scenario ${name}`);
		const path = request.url ?? "";
		if (request.headers.authorization === `Bearer ${key}` && PATHS.includes(path)) {
			scenario({ path, model, body, asked: lastUserText(body["messages"]), response });
		} else {
			response.writeHead(401).end();
		}
	});
}

const PATHS = ["/v1/chat/completions", "/v1/moderations", "/v1/embeddings"];

function lastUserText(messages: unknown): string {
	if (!Array.isArray(messages)) return "";
	const last = (messages as { role: string; content: unknown }[]).findLast(({ role }) => role === "user");
	return typeof last?.content === "string" ? last.content : "";
}
