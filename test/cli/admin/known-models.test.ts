import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { workersAiCapabilities } from "../../../src/adapters/workers-ai-capabilities.ts";
import { MODELS_WITH_LOGPROBS, MODELS_WITHOUT_LOGPROBS } from "../../../src/cli/admin/known-models.ts";

describe("the models that the doctor knows", () => {
	it("are exactly those of the Worker's capability table", () => {
		const source = readFileSync("src/adapters/workers-ai-capabilities.ts", "utf8");
		const table = new Set([...source.matchAll(/"(@(?:cf|hf)\/[^"]+)"/gu)].map(([, model]) => model));
		expect(new Set([...MODELS_WITH_LOGPROBS, ...MODELS_WITHOUT_LOGPROBS])).toEqual(table);
	});

	it("give log-probabilities where the table says so", () => {
		for (const model of MODELS_WITH_LOGPROBS) expect(workersAiCapabilities(model).logprobs, model).toBe(true);
		for (const model of MODELS_WITHOUT_LOGPROBS) expect(workersAiCapabilities(model).logprobs, model).toBe(false);
	});
});
