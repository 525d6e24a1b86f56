import { describe, expect, it } from "vitest";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import type { ChatRequest } from "../../src/core/completion.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { encodeCompletion, encodeCompletionAsStream } from "../../src/openai/encode-completion.ts";
import { exampleAnswer, exampleBody, exampleRequest } from "../core/examples.ts";
import { readStream } from "./read-stream.ts";

const identity = { id: "chatcmpl-ours", created: 1_800_000_000 };
const facts: CascadeFacts = {
	stage: "edge",
	model: "@cf/small",
	reason: "accepted",
	confidence: 0.9,
	threshold: 0.8,
	trail: [],
	calls: [],
	costUsd: 0.001,
	savedUsd: 0.01,
};
const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };

const encode = (body: JsonObject, request: Partial<ChatRequest> = {}) =>
	JSON.parse(encodeCompletion(exampleRequest(request), exampleAnswer({ body }), identity, facts)) as JsonObject;
const stream = (body: JsonObject, request: Partial<ChatRequest> = {}) =>
	encodeCompletionAsStream(exampleRequest({ stream: true, ...request }), exampleAnswer({ body }), identity, facts);
const chunksOf = (body: JsonObject, request: Partial<ChatRequest> = {}) => readStream(stream(body, request)).chunks;

const alternatives = [-0.1, -3, -4].map((logprob, index) => ({ token: `t${index}`, logprob, bytes: null }));
const withLogprobs = () =>
	exampleBody({}, { logprobs: { content: [{ token: "4", logprob: -0.1, top_logprobs: alternatives }] } });

describe("a whole answer", () => {
	it("is the stage's own body under the cascade's name, with the facts", () => {
		const body = exampleBody({}, {}, { system_fingerprint: "fp" });
		expect(encode(body, { model: "mail" })).toEqual({ ...body, model: "mail", cascade: facts });
	});

	it("gets an id and a time where the upstream gave none", () => {
		for (const given of [
			{ id: undefined, created: undefined },
			{ id: "", created: "now" },
			{ id: 5, created: null },
		])
			expect(encode(exampleBody({}, {}, given))).toMatchObject({ id: "chatcmpl-ours", created: 1_800_000_000 });
		expect(encode(exampleBody({}, {}, { created: 1_790_000_000.7 }))).toMatchObject({
			id: "chatcmpl-1",
			created: 1_790_000_000,
		});
	});

	it("keeps the log-probabilities of the confidence method to itself", () => {
		expect(encode(withLogprobs())["choices"]).toMatchObject([{ logprobs: null }]);
	});

	it("gives the client as many alternatives as it asked for, in OpenAI's shape", () => {
		const logprobsFor = (topLogprobs: number) =>
			(encode(withLogprobs(), { logprobs: true, topLogprobs })["choices"] as JsonObject[])[0]?.["logprobs"];
		expect(logprobsFor(2)).toEqual({
			refusal: null,
			content: [{ token: "4", logprob: -0.1, bytes: null, top_logprobs: alternatives.slice(0, 2) }],
		});
		expect(logprobsFor(0)).toMatchObject({ content: [{ top_logprobs: [] }] });
		expect(logprobsFor(20)).toMatchObject({ content: [{ top_logprobs: alternatives }] });
	});

	it("says null where the client asked for log-probabilities and there are none", () => {
		expect(encode(exampleBody(), { logprobs: true, topLogprobs: 2 })["choices"]).toMatchObject([{ logprobs: null }]);
	});

	it.each([[[null]], [[5]], [[{ token: "4", top_logprobs: "x" }]]])(
		"survives log-probabilities of a wrong shape: %j",
		(content) => {
			expect(() =>
				encode(exampleBody({}, { logprobs: { content } }), { logprobs: true, topLogprobs: 2 }),
			).not.toThrow();
		},
	);
});

describe("a whole answer as a stream", () => {
	it("opens each choice with its role, then says it, then ends it, once", () => {
		const [opening, saying, ending] = chunksOf(exampleBody());
		expect(opening?.["choices"]).toEqual([
			{ index: 0, delta: { role: "assistant", content: "", refusal: null }, logprobs: null, finish_reason: null },
		]);
		expect(saying?.["choices"]).toEqual([{ index: 0, delta: { content: "4" }, logprobs: null, finish_reason: null }]);
		expect(ending?.["choices"]).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: "stop" }]);
		expect(chunksOf(exampleBody())).toHaveLength(3);
	});

	it("ends with the end marker", () => {
		expect(stream(exampleBody()).endsWith("\n\ndata: [DONE]\n\n")).toBe(true);
	});

	it("has one id, time and model throughout", () => {
		for (const chunk of chunksOf(exampleBody(), { model: "mail", includeUsage: true }))
			expect(chunk).toMatchObject({
				id: "chatcmpl-1",
				object: "chat.completion.chunk",
				created: 1_790_000_000,
				model: "mail",
			});
	});

	it("tells the facts on its last chunk only", () => {
		for (const includeUsage of [false, true]) {
			const chunks = chunksOf(exampleBody(), { includeUsage });
			expect(chunks.at(-1)).toMatchObject({ cascade: facts });
			for (const chunk of chunks.slice(0, -1)) expect(chunk).not.toHaveProperty("cascade");
		}
	});

	it("tells usage last and without choices, null before that, and only if asked", () => {
		for (const chunk of chunksOf(exampleBody())) expect(chunk).not.toHaveProperty("usage");
		const chunks = chunksOf(exampleBody(), { includeUsage: true });
		expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
		for (const chunk of chunks.slice(0, -1)) expect(chunk["usage"]).toBeNull();
		expect(chunksOf(exampleBody({}, {}, { usage: undefined }), { includeUsage: true }).at(-1)).toMatchObject({
			choices: [],
			usage: null,
		});
	});

	it("gives log-probabilities with the text, only if asked and no more than asked", () => {
		for (const chunk of chunksOf(withLogprobs())) expect(chunk["choices"]).toMatchObject([{ logprobs: null }]);
		const chunks = chunksOf(withLogprobs(), { logprobs: true, topLogprobs: 1 });
		expect(chunks[1]?.["choices"]).toMatchObject([
			{ logprobs: { content: [{ token: "4", top_logprobs: [{ token: "t0" }] }] } },
		]);
		for (const chunk of [chunks[0], chunks[2]]) expect(chunk?.["choices"]).toMatchObject([{ logprobs: null }]);
	});

	it("numbers tool calls, names them whole, and says no empty text", () => {
		const calls = ["a", "b"].map((name) => ({
			id: `call_${name}`,
			type: "function",
			function: { name, arguments: "{}" },
		}));
		const [, saying, ending] = chunksOf(
			exampleBody({ content: null, tool_calls: calls }, { finish_reason: "tool_calls" }),
		);
		expect(saying?.["choices"]).toMatchObject([
			{ delta: { tool_calls: calls.map((call, index) => ({ index, ...call })) } },
		]);
		expect(saying).not.toHaveProperty("choices.0.delta.content");
		expect(ending?.["choices"]).toMatchObject([{ finish_reason: "tool_calls" }]);
	});

	it("passes refusals and fields we do not know", () => {
		const [, saying] = chunksOf(exampleBody({ content: null, refusal: "no", reasoning_content: "hm" }));
		expect(saying?.["choices"]).toMatchObject([{ delta: { refusal: "no", reasoning_content: "hm" } }]);
	});

	it("of nothing to say still opens and ends", () => {
		expect(chunksOf(exampleBody({ content: null }))).toHaveLength(2);
	});

	it("holds every choice, each with one role and one end", () => {
		const choices = ["one", "two"].map((content, index) => ({
			index,
			message: { role: "assistant", content, refusal: null },
			logprobs: null,
			finish_reason: "stop",
		}));
		const read = readStream(stream(exampleBody({}, {}, { choices }), { choices: 2 }));
		expect(read.texts).toEqual(
			new Map([
				[0, "one"],
				[1, "two"],
			]),
		);
		expect(read.finishReasons).toEqual(
			new Map([
				[0, ["stop"]],
				[1, ["stop"]],
			]),
		);
		expect(read.roles).toEqual(
			new Map([
				[0, 1],
				[1, 1],
			]),
		);
		expect(read.chunks.filter((chunk) => "cascade" in chunk)).toEqual([read.chunks.at(-1)]);
	});

	it("keeps line breaks and odd characters of the text inside one line", () => {
		const content = "a\nb\r\n\u2028data: [DONE]\n\n😀";
		expect(readStream(stream(exampleBody({ content }))).texts.get(0)).toBe(content);
	});
});
