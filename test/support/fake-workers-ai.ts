import type { ServerResponse } from "node:http";
import { readText, startFakeServer, type FakeServer } from "./fake-server.ts";
import { createCallRecorder, scenarioOf } from "./recorded-calls.ts";
import { workersAiScenarios } from "./workers-ai-scenarios.ts";

/** What a model is asked, and where its answer goes. */
export interface WorkersAiExchange {
	readonly model: string;
	readonly inputs: Readonly<Record<string, unknown>>;
	readonly response: ServerResponse;
}

/**
 * Workers AI as the runtime's own `Ai` class sees it: one POST a call, the model in a header, `{inputs, options}` in
 * the body. Those headers are Miniflare's internals, so this file is the only one that knows them. `@fake/<scenario>`
 * behaves as the scenario says; any other model answers as a model with log-probabilities does.
 */
export async function startFakeWorkersAi(): Promise<FakeServer> {
	const recorder = createCallRecorder();
	return startFakeServer(async (request, response) => {
		if (recorder.answerTest(request, response)) return;
		const model = String(request.headers["mf-header-cf-consn-model-id"]);
		const { inputs } = JSON.parse(await readText(request)) as { inputs: Record<string, unknown> };
		recorder.record({ model, body: inputs, headers: {} }, response);
		const name = model.startsWith("@fake/") ? scenarioOf(model).replace("@fake/", "") : "choices";
		const scenario = workersAiScenarios(name);
		if (scenario === undefined) throw new Error(`the fake Workers AI has no scenario ${name}`);
		scenario({ model, inputs, response });
	});
}
