import { describe, expect, it } from "vitest";
import { workersAiCapabilities } from "../../src/adapters/workers-ai-capabilities.ts";

const SMALL = "@cf/meta/llama-3.2-3b-instruct";
const GRANITE = "@cf/ibm-granite/granite-4.0-h-micro";
const GLM = "@cf/zai-org/glm-4.7-flash";

describe("what a Workers AI model is known to give", () => {
	it.each([
		[SMALL, { shape: "native", answers: "chat", logprobs: false, tools: false, toolChoice: false }],
		[GRANITE, { shape: "native", answers: "chat", logprobs: false, tools: true, toolChoice: false }],
		[GLM, { shape: "chat-completions", answers: "chat", logprobs: true, tools: true, toolChoice: true }],
		[
			"@cf/huggingface/distilbert-sst-2-int8",
			{ shape: "text-classification", answers: "classification", tools: false },
		],
		["@cf/meta/llama-guard-3-8b", { shape: "llama-guard", answers: "moderation", logprobs: false, tools: false }],
		["@cf/nobody/has-looked", { shape: "native", answers: "chat", logprobs: false, tools: false }],
	])("%s", (model, expected) => {
		expect(workersAiCapabilities(model)).toMatchObject(expected);
	});
});

describe("what a policy says of a model", () => {
	it("has the last word on log-probabilities, and a model that gives them is taken to speak OpenAI's form", () => {
		expect(workersAiCapabilities(SMALL, { logprobs: true })).toMatchObject({
			shape: "chat-completions",
			logprobs: true,
		});
		expect(workersAiCapabilities(GLM, { logprobs: false })).toMatchObject({
			shape: "chat-completions",
			logprobs: false,
			tools: true,
		});
	});

	it("has it on the form too, which then leaves the rest as it is", () => {
		expect(workersAiCapabilities(SMALL, { shape: "native", logprobs: true })).toMatchObject({
			shape: "native",
			logprobs: true,
			tools: false,
		});
		expect(workersAiCapabilities(GLM, { shape: "native" })).toMatchObject({ shape: "native", logprobs: false });
	});

	it("has it on tools; a model without them cannot be told which to call either", () => {
		expect(workersAiCapabilities(SMALL, { tools: true })).toMatchObject({ tools: true, toolChoice: false });
		expect(workersAiCapabilities(GRANITE, { tools: false })).toMatchObject({ tools: false, toolChoice: false });
		expect(workersAiCapabilities(GLM, { tools: false })).toMatchObject({ tools: false, toolChoice: false });
	});

	it("makes no classifier or guard give what its form has no place for", () => {
		for (const shape of ["text-classification", "llama-guard"] as const) {
			const declared = { shape, logprobs: true, tools: true };
			expect(workersAiCapabilities(SMALL, declared)).toMatchObject({ shape, logprobs: false, tools: false });
		}
	});
});
