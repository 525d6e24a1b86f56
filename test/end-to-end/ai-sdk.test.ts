import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, isStepCount, Output, streamText, tool, type TextStreamPart, type ToolSet } from "ai";
import { describe, expect, inject, it } from "vitest";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import { COMPATIBLE, OPENAI_CHAT, OPENAI_RESPONSES, promptOf } from "./ai-sdk-models.ts";
import { ANSWERED_MAILS, LABEL_SCHEMA } from "./answering-stages.ts";

/** Run once it was called; by default no result is passed on. */
const LABEL_TOOL = tool({ inputSchema: LABEL_SCHEMA, execute: ({ label }) => `noted ${label}` });
const LABEL_OUTPUT = Output.object({ schema: LABEL_SCHEMA });

// What the SDK warns of is in its results, where it is tested.
globalThis.AI_SDK_LOG_WARNINGS = false;

const CASES = [COMPATIBLE, OPENAI_CHAT, OPENAI_RESPONSES].flatMap((provider) =>
	ANSWERED_MAILS.map((answered) => ({ provider, name: provider.name, ...answered })),
);

describe.each(CASES)(
	"the AI SDK with $name, answered by the stage $stage",
	({ provider, stage, label, mail, ...answered }) => {
		const request = () => ({ model: provider.model("cascade"), temperature: 0, maxRetries: 0, ...promptOf(mail) });

		it("generates text", async () => {
			const result = await generateText(request());
			expect(result.text).toBe(label);
			expect(result).toMatchObject({ finishReason: "stop", usage: { outputTokens: 1 } });
			expect(result.warnings).toEqual([]);
			expect(result.finalStep.response.headers?.["x-cascade-stage"]).toBe(stage);
		});

		it("streams text, each piece once", async () => {
			const result = streamText({ ...request(), onError: () => {} });
			const parts = await readParts(result.stream);
			expect(textOf(parts)).toBe(label);
			expect(parts.filter(({ type }) => type === "error")).toEqual([]);
			expect(parts.filter(({ type }) => type === "finish-step")).toMatchObject([{ finishReason: "stop" }]);
			expect(await result.text).toBe(label);
			expect((await result.usage).outputTokens).toBe(1);
			expect((await result.finalStep).response.headers?.["x-cascade-stage"]).toBe(stage);
		});

		it("generates a tool call", async () => {
			const result = await generateText({ ...request(), tools: { label_mail: LABEL_TOOL } });
			const expected = answered.with("tools");
			expect(result.finishReason).toBe("tool-calls");
			expect(result.text).toBe("");
			expect(result.toolCalls).toMatchObject([{ toolName: "label_mail", input: { label: expected.label } }]);
			expect(result.finalStep.response.headers?.["x-cascade-stage"]).toBe(expected.stage);
		});

		it("streams a tool call, each piece of its input once", async () => {
			const result = streamText({ ...request(), tools: { label_mail: LABEL_TOOL }, onError: () => {} });
			const parts = await readParts(result.stream);
			const expected = answered.with("tools");
			const input = parts.flatMap((part) => (part.type === "tool-input-delta" ? part.delta : [])).join("");
			expect(JSON.parse(input)).toEqual({ label: expected.label });
			expect(parts.filter(({ type }) => type === "tool-call")).toMatchObject([
				{ toolName: "label_mail", input: { label: expected.label } },
			]);
			expect(parts.filter(({ type }) => type === "error")).toEqual([]);
			expect(await result.finishReason).toBe("tool-calls");
			expect((await result.finalStep).response.headers?.["x-cascade-stage"]).toBe(expected.stage);
		});

		it("calls the tool that it is told to call", async () => {
			const toolChoice = { type: "tool" as const, toolName: "label_mail" as const };
			const result = await generateText({ ...request(), tools: { label_mail: LABEL_TOOL }, toolChoice });
			const expected = answered.with("toolChoice");
			expect(result.toolCalls).toMatchObject([{ toolName: "label_mail", input: { label: expected.label } }]);
			expect(result.finalStep.response.headers?.["x-cascade-stage"]).toBe(expected.stage);
		});

		it("runs a tool and passes its result on", async () => {
			const result = await generateText({ ...request(), tools: { label_mail: LABEL_TOOL }, stopWhen: isStepCount(2) });
			const expected = answered.with("tools");
			expect(result.steps).toHaveLength(2);
			expect(result.steps[0]?.toolResults).toMatchObject([
				{ toolName: "label_mail", input: { label: expected.label }, output: `noted ${expected.label}` },
			]);
			expect(result.steps[0]?.response.headers?.["x-cascade-stage"]).toBe(expected.stage);
		});

		it("generates an object by a schema", async () => {
			const result = await generateText({ ...request(), output: LABEL_OUTPUT });
			expect(result.output).toEqual({ label });
			expect(result.finishReason).toBe("stop");
			expect(result.warnings).toEqual([]);
			expect(result.finalStep.response.headers?.["x-cascade-stage"]).toBe(stage);
		});

		it("streams an object by a schema", async () => {
			const result = streamText({ ...request(), output: LABEL_OUTPUT, onError: () => {} });
			const partials: unknown[] = [];
			for await (const partial of result.partialOutputStream) partials.push(partial);
			expect(partials.at(-1)).toEqual({ label });
			expect(await result.output).toEqual({ label });
			expect((await result.finalStep).response.headers?.["x-cascade-stage"]).toBe(stage);
		});
	},
);

describe.each(ANSWERED_MAILS)(
	"the AI SDK's compatible provider as it is without options, at the stage $stage",
	({ stage, label, mail }) => {
		const request = () => ({
			model: createOpenAICompatible({ name: "cascade", apiKey: DEMO_KEY, baseURL: `${inject("stackUrl")}/v1` })(
				"cascade",
			),
			temperature: 0,
			...promptOf(mail),
		});

		it("streams text without usage", async () => {
			const result = streamText(request());
			expect(await result.text).toBe(label);
			expect(await result.finishReason).toBe("stop");
			expect((await result.usage).outputTokens).toBeUndefined();
		});

		it("generates an object in whatever JSON the model likes", async () => {
			const result = await generateText({ ...request(), output: LABEL_OUTPUT });
			expect(result.output).toEqual({ label });
			expect(result.warnings).toMatchObject([{ type: "unsupported", feature: "responseFormat" }]);
			expect(result.finalStep.response.headers?.["x-cascade-stage"]).toBe(stage);
		});
	},
);

async function readParts<Tools extends ToolSet>(stream: AsyncIterable<TextStreamPart<Tools>>) {
	const parts: TextStreamPart<Tools>[] = [];
	for await (const part of stream) parts.push(part);
	return parts;
}

function textOf(parts: readonly TextStreamPart<ToolSet>[]): string {
	return parts.flatMap((part) => (part.type === "text-delta" ? part.text : [])).join("");
}
