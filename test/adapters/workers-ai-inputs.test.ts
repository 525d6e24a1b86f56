import { describe, expect, it } from "vitest";
import { workersAiCapabilities } from "../../src/adapters/workers-ai-capabilities.ts";
import { workersAiInputs } from "../../src/adapters/workers-ai-inputs.ts";
import { exampleRequest } from "../core/examples.ts";

const SCHEMA = { type: "object", properties: { label: { type: "string" } }, required: ["label"] };
const OPENAI_FORM = { type: "json_schema", json_schema: { name: "mail", strict: true, schema: SCHEMA } };

function formatFor(shape: "native" | "chat-completions", format: unknown, purpose: "answer" | "verdict" = "answer") {
	const call = {
		request: exampleRequest({ body: { response_format: format } }),
		model: "@cf/any",
		purpose,
		maxOutputTokens: 10,
		signal: new AbortController().signal,
		timeoutMs: 1_000,
		requestId: "req_1",
	};
	return workersAiInputs(call, workersAiCapabilities("@cf/any", { shape }), false)["response_format"];
}

describe("a response format", () => {
	it("has its schema bare where the model speaks Workers AI's own dialect", () => {
		expect(formatFor("native", OPENAI_FORM)).toEqual({ type: "json_schema", json_schema: SCHEMA });
	});

	it("is as the client sent it where the model speaks OpenAI's", () => {
		expect(formatFor("chat-completions", OPENAI_FORM)).toEqual(OPENAI_FORM);
	});

	it.each([
		[{ type: "json_object" }],
		[{ type: "text" }],
		[{ type: "json_schema", json_schema: { name: "without a schema" } }],
		[{ type: "json_schema", json_schema: SCHEMA }],
		[{ type: "json_schema", json_schema: { name: "mail", schema: "none" } }],
	])("without OpenAI's schema is sent as it is: %j", (format) => {
		for (const shape of ["native", "chat-completions"] as const) expect(formatFor(shape, format)).toEqual(format);
	});

	it("is not sent with a checker's call, nor where there is none", () => {
		expect(formatFor("native", OPENAI_FORM, "verdict")).toBeUndefined();
		for (const none of [null, undefined]) expect(formatFor("native", none)).toBeUndefined();
	});
});
