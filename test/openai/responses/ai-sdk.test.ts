import { createOpenAI } from "@ai-sdk/openai";
import { generateText, isStepCount, jsonSchema, Output, streamText, tool } from "ai";
import { describe, expect, it } from "vitest";
import { parseResponsesRequest } from "../../../src/openai/responses/parse-responses-request.ts";
import { exampleBody } from "../../core/examples.ts";
import { chunk } from "../upstream-streams.ts";
import { answerOf, facts, identity } from "./answers.ts";
import { connectedFetch, type Answer } from "./connected-fetch.ts";

/** The SDK's default provider, which speaks Responses. */
function modelOf(answer: Answer) {
	const { fetch, bodies } = connectedFetch(answer);
	const options = { apiKey: "none", baseURL: "https://cascade.example/v1" };
	return { model: createOpenAI({ ...options, fetch: fetch as typeof globalThis.fetch })("mail"), bodies };
}

const answering =
	(...body: Parameters<typeof exampleBody>): Answer =>
	(encoder, { stream }) =>
		encoder[stream === true ? "wholeAsStream" : "whole"](answerOf(exampleBody(...body)), identity, facts);

/** Asks for the tool until its output is there. */
const callingOnce: Answer = (encoder, body) => {
	const done = JSON.stringify(body["input"]).includes("function_call_output");
	const call = { id: "call_a", type: "function", function: { name: "label", arguments: '{"mail":"x"}' } };
	const asking = answering({ content: "I look.", tool_calls: [call] }, { finish_reason: "tool_calls" });
	return done ? answering({ content: "Filed." })(encoder, body) : asking(encoder, body);
};

const TOOLS = {
	label: tool({
		description: "Labels a mail",
		inputSchema: jsonSchema({ type: "object", properties: { mail: { type: "string" } } }),
		execute: () => "filed",
	}),
};
const STATELESS = { providerOptions: { openai: { store: false } } };

describe("Vercel's AI SDK", () => {
	it("reads a whole answer", async () => {
		const { model } = modelOf(answering({ content: "Spam." }));
		const answer = await generateText({ model, system: "Be brief.", prompt: "Is it?", maxOutputTokens: 20 });
		expect(answer).toMatchObject({ text: "Spam.", finishReason: "stop", usage: { inputTokens: 10, outputTokens: 2 } });
	});

	it("reads log-probabilities", async () => {
		const tokens = { content: [{ token: "4", logprob: -0.1, top_logprobs: [{ token: "4", logprob: -0.1 }] }] };
		const { model } = modelOf(answering({}, { logprobs: tokens }));
		const answer = await generateText({ model, prompt: "2 + 2?", providerOptions: { openai: { logprobs: 1 } } });
		expect(answer.providerMetadata?.["openai"]?.["logprobs"]).toEqual([tokens.content]);
	});

	it("reads structured output", async () => {
		const { model } = modelOf(answering({ content: '{"label":"spam"}' }));
		const schema = jsonSchema({ type: "object", properties: { label: { type: "string" } } });
		const answer = await generateText({ model, prompt: "Is it?", output: Output.object({ schema }) });
		expect(answer.output).toEqual({ label: "spam" });
	});

	it("runs its tools and goes on, whole or streamed, where it is told that nothing is stored", async () => {
		const { model, bodies } = modelOf(callingOnce);
		const asked = { model, prompt: "Label it.", tools: TOOLS, stopWhen: isStepCount(3), ...STATELESS };
		const whole = await generateText(asked);
		expect([whole.text, whole.steps.length]).toEqual(["Filed.", 2]);
		expect(await streamText(asked).text).toBe("Filed.");
		for (const second of [bodies[1], bodies[3]]) {
			const parsed = parseResponsesRequest(second);
			expect(parsed.ok && parsed.value.chat.messages).toMatchObject([
				{ role: "user", content: "Label it." },
				{ role: "assistant", content: "I look.", tool_calls: [{ id: "call_a" }] },
				{ role: "tool", tool_call_id: "call_a", content: "filed" },
			]);
		}
	});

	it("is told what to set, where it believes that something is stored", async () => {
		const { model } = modelOf(callingOnce);
		const asked = { model, prompt: "Label it.", tools: TOOLS, stopWhen: isStepCount(3) };
		await expect(generateText(asked)).rejects.toThrow("send the item itself, as the AI SDK does with `store: false`");
	});

	it("says why an answer ended early", async () => {
		const { model } = modelOf(answering({ content: "Sp" }, { finish_reason: "length" }));
		expect(await streamText({ model, prompt: "x" }).finishReason).toBe("length");
		expect((await generateText({ model, prompt: "x" })).finishReason).toBe("length");
	});

	it.each([
		["before it begins", ""],
		["in the middle", chunk({ role: "assistant", content: "Sp" })],
	])("reports our error, once, where a stream fails %s", async (_when, chunks) => {
		const { model } = modelOf((encoder) => {
			const stream = encoder.stream(identity);
			const error = { message: "It broke off.", type: "server_error", param: null, code: "broken_off" };
			return stream.feed(chunks) + stream.fail(error);
		});
		const errors: unknown[] = [];
		const onError = ({ error }: { readonly error: unknown }) => void errors.push(error);
		await streamText({ model, prompt: "x", maxRetries: 0, onError }).consumeStream();
		expect(errors).toMatchObject([{ message: "It broke off.", statusCode: 500 }]);
	});
});
