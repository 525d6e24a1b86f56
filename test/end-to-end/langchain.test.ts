import { ToolMessage, type AIMessageChunk } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { describe, expect, it } from "vitest";
import { ANSWERED_MAILS, LABEL_SCHEMA, reasonOf } from "./answering-stages.ts";
import { factsOf } from "./client.ts";
import { langchainModel } from "./langchain-model.ts";

const LABEL_TOOL = tool(({ label }) => `noted ${label}`, { name: "label_mail", schema: LABEL_SCHEMA });

describe.each(ANSWERED_MAILS)("LangChain, answered by the stage $stage", ({ stage, label, mail, ...answered }) => {
	const messages = mail.messages.map(({ role, content }): [string, string] => [role, content]);

	it("invokes the model", async () => {
		const { chat, lastStage } = langchainModel("cascade", { __includeRawResponse: true });
		const answer = await chat.invoke(messages);
		expect(answer.content).toBe(label);
		expect(answer.tool_calls).toEqual([]);
		expect(answer.response_metadata).toMatchObject({ finish_reason: "stop", model_name: "cascade" });
		expect(answer.usage_metadata).toMatchObject({ output_tokens: 1, input_tokens: expect.any(Number) });
		expect(lastStage()).toBe(stage);
		expect(factsOf(answer.additional_kwargs["__raw_response"])).toMatchObject({ stage, reason: reasonOf(stage) });
	});

	it("streams, each piece once, with the usage at the end", async () => {
		const { chat, lastStage } = langchainModel("cascade");
		const { whole, texts } = await concatenated(await chat.stream(messages));
		expect(texts.join("")).toBe(label);
		expect(whole.content).toBe(label);
		expect(whole.response_metadata["finish_reason"]).toBe("stop");
		expect(whole.usage_metadata).toMatchObject({ output_tokens: 1 });
		expect(lastStage()).toBe(stage);
	});

	it("streams without usage where it was not asked for", async () => {
		const { chat } = langchainModel("cascade", { streamUsage: false });
		const { whole } = await concatenated(await chat.stream(messages));
		expect(whole.content).toBe(label);
		expect(whole.usage_metadata).toBeUndefined();
	});

	it("invokes the model with tools", async () => {
		const { chat, lastStage } = langchainModel("cascade");
		const answer = await chat.bindTools([LABEL_TOOL]).invoke(messages);
		const expected = answered.with("tools");
		expect(answer.content).toBe("");
		expect(answer.tool_calls).toMatchObject([
			{ name: "label_mail", args: { label: expected.label }, id: expect.stringMatching(/./u) },
		]);
		expect(answer.invalid_tool_calls).toEqual([]);
		expect(answer.response_metadata["finish_reason"]).toBe("tool_calls");
		expect(lastStage()).toBe(expected.stage);
	});

	it("streams a tool call, each piece of its arguments once", async () => {
		const { chat, lastStage } = langchainModel("cascade");
		const { whole } = await concatenated(await chat.bindTools([LABEL_TOOL]).stream(messages));
		const expected = answered.with("tools");
		expect(whole.tool_calls).toMatchObject([{ name: "label_mail", args: { label: expected.label } }]);
		expect(whole.invalid_tool_calls).toEqual([]);
		expect(whole.response_metadata["finish_reason"]).toBe("tool_calls");
		expect(lastStage()).toBe(expected.stage);
	});

	it("runs a tool and passes its result on", async () => {
		const { chat } = langchainModel("cascade");
		const bound = chat.bindTools([LABEL_TOOL]);
		const answer = await bound.invoke(messages);
		const [call] = answer.tool_calls ?? [];
		if (call === undefined) throw new Error("no tool was called");
		const result = (await LABEL_TOOL.invoke({ ...call, type: "tool_call" })) as ToolMessage;
		expect(result).toBeInstanceOf(ToolMessage);
		expect(result.content).toBe(`noted ${answered.with("tools").label}`);
		const next = await bound.invoke([...messages, answer, result]);
		expect(next.response_metadata["finish_reason"]).toMatch(/^(?:stop|tool_calls)$/u);
	});

	it("gives structured output, by a schema as it does by itself", async () => {
		const { chat, lastStage } = langchainModel("cascade");
		expect(await chat.withStructuredOutput(LABEL_SCHEMA, { name: "label" }).invoke(messages)).toEqual({ label });
		expect(lastStage()).toBe(stage);
	});

	it("gives structured output in JSON mode", async () => {
		const { chat, lastStage } = langchainModel("cascade");
		const asked = chat.withStructuredOutput(LABEL_SCHEMA, { method: "jsonMode" });
		expect(await asked.invoke(messages)).toEqual({ label });
		expect(lastStage()).toBe(stage);
	});

	it("gives structured output by a tool that it is told to call", async () => {
		const { chat, lastStage } = langchainModel("cascade");
		const asked = chat.withStructuredOutput(LABEL_SCHEMA, { name: "label_mail", method: "functionCalling" });
		const expected = answered.with("toolChoice");
		expect(await asked.invoke(messages)).toEqual({ label: expected.label });
		expect(lastStage()).toBe(expected.stage);
	});

	it("streams structured output", async () => {
		const { chat, lastStage } = langchainModel("cascade");
		const objects: unknown[] = [];
		for await (const object of await chat.withStructuredOutput(LABEL_SCHEMA, { name: "label" }).stream(messages)) {
			objects.push(object);
		}
		expect(objects.at(-1)).toEqual({ label });
		expect(lastStage()).toBe(stage);
	});
});

describe.each(ANSWERED_MAILS)(
	"LangChain with Responses, answered by the stage $stage",
	({ stage, label, mail, ...answered }) => {
		const messages = mail.messages.map(({ role, content }): [string, string] => [role, content]);
		const model = () => langchainModel("cascade", { useResponsesApi: true });

		it("invokes the model and streams, each piece once", async () => {
			const { chat, lastStage } = model();
			const answer = await chat.invoke(messages);
			expect(answer.text).toBe(label);
			expect(answer.usage_metadata).toMatchObject({ output_tokens: 1 });
			const { whole } = await concatenated(await chat.stream(messages));
			expect(whole.text).toBe(label);
			expect(lastStage()).toBe(stage);
		});

		it("calls tools, plain and streamed", async () => {
			const { chat, lastStage } = model();
			const expected = answered.with("tools");
			const called = [{ name: "label_mail", args: { label: expected.label } }];
			const bound = chat.bindTools([LABEL_TOOL]);
			expect((await bound.invoke(messages)).tool_calls).toMatchObject(called);
			expect((await concatenated(await bound.stream(messages))).whole.tool_calls).toMatchObject(called);
			expect(lastStage()).toBe(expected.stage);
		});

		it("gives structured output", async () => {
			const { chat, lastStage } = model();
			expect(await chat.withStructuredOutput(LABEL_SCHEMA, { name: "label" }).invoke(messages)).toEqual({ label });
			expect(lastStage()).toBe(stage);
		});
	},
);

/** The pieces of a stream, and what LangChain makes of them. */
async function concatenated(stream: AsyncIterable<AIMessageChunk>) {
	let whole: AIMessageChunk | undefined;
	const texts: unknown[] = [];
	for await (const chunk of stream) {
		texts.push(chunk.content);
		whole = whole === undefined ? chunk : whole.concat(chunk);
	}
	if (whole === undefined) throw new Error("the stream was empty");
	return { whole, texts };
}
