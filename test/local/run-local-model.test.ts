import { describe, expect, it } from "vitest";
import { eventStream } from "../../src/local/event-stream.ts";
import { loadCatalogueFromDisk } from "../../src/local/models/load-from-disk.ts";
import { embedText } from "../../src/local/models/hash-embedding.ts";
import { mailPrompt } from "../../src/local/models/mail-prompt.ts";
import { parseChatBody } from "../../src/local/parse-chat-body.ts";
import { runLocalModel } from "../../src/local/run-local-model.ts";
import { labelModel, readMails } from "./read-fixtures.ts";

const find = await loadCatalogueFromDisk();
const mails = await readMails();
const identity = { id: "chatcmpl-test", created: 1_795_478_400 };
const messages = mailPrompt({ subject: "Lunch on Friday?", body: "Are you free at noon?" });

function run(name: string, inputs: unknown) {
	return runLocalModel(find, name, inputs, () => 0.5, identity);
}

describe("the stand-in for Workers AI", () => {
	it("answers in the chat shape under the name that was asked for", () => {
		const result = run("@local/mail-small", { messages });
		expect(result).toMatchObject({
			kind: "answer",
			answer: { object: "chat.completion", model: "@local/mail-small", id: "chatcmpl-test" },
		});
	});

	it("answers in the native shape, without log-probabilities, when the name says so", () => {
		const result = run("@local/mail-small-native", { messages, temperature: 0, logprobs: true });
		expect(result).toEqual({
			kind: "answer",
			answer: { response: "ham", usage: { prompt_tokens: 27, completion_tokens: 1, total_tokens: 28 } },
			completionTokens: 1,
		});
	});

	it("gives parsed JSON in the native shape under JSON mode", () => {
		const result = run("@local/mail-small-native", {
			messages,
			temperature: 0,
			response_format: { type: "json_object" },
		});
		expect(result).toMatchObject({ answer: { response: { label: "ham" } } });
	});

	it("streams prose natively and ends with the usage", () => {
		const result = run("@local/prose-small-native", {
			prompt: "Call me",
			stream: true,
			max_tokens: 5,
			ignore_eos: true,
		});
		if (result.kind !== "stream") throw new Error("not a stream");
		expect(result.events).toHaveLength(6);
		expect(result.events.at(-1)).toMatchObject({ response: "", usage: { completion_tokens: 5 } });
	});

	it.each([
		["as OpenAI wraps them", (tool: object) => ({ type: "function", function: tool })],
		["as Workers AI takes them", (tool: object) => tool],
	])("calls tools natively, given %s: arguments are an object and there is no id", (_case, wrap) => {
		const properties = { label: { type: "string", enum: ["spam", "ham"] } };
		const tools = [wrap({ name: "label_mail", description: "Labels.", parameters: { type: "object", properties } })];
		expect(run("@local/mail-small-native", { messages, temperature: 0, tools })).toMatchObject({
			answer: { response: null, tool_calls: [{ name: "label_mail", arguments: { label: "ham" } }] },
		});
	});

	it.each([
		["an unknown model", "@local/nothing", { messages }, 400, 5007],
		["a model of the origin", "mail-large", { messages }, 400, 5007],
		["missing messages", "@local/mail-small", {}, 400, 5006],
		["no input at all", "@local/mail-small", null, 400, 5006],
		["a native form of what has none", "@local/mail-classifier-native", { text: "hello" }, 400, 5007],
		["the origin's embeddings", "hash-embedding", { text: "hello" }, 400, 5007],
		["messages for a classifier", "@local/mail-classifier", { messages }, 400, 5006],
		["an empty text for a classifier", "@local/mail-classifier", { text: " " }, 400, 5006],
		["several texts for a classifier", "@local/mail-classifier", { text: ["a", "b"] }, 400, 5006],
		["a system message for a guard", "@local/mail-guard", { messages }, 400, 5006],
		["no messages for a guard", "@local/mail-guard", { text: "hello" }, 400, 5006],
		["no text to embed", "@local/hash-embedding", { text: [] }, 400, 5006],
		["an empty text to embed", "@local/hash-embedding", { text: ["a", ""] }, 400, 5006],
		["more than 100 texts to embed", "@local/hash-embedding", { text: Array(101).fill("a") }, 400, 5006],
		[
			"JSON from a prose model",
			"@local/prose-small",
			{ messages, response_format: { type: "json_object" } },
			400,
			5025,
		],
		["a prompt that is too long", "@local/mail-small", { prompt: "x".repeat(60_001) }, 413, 3006],
	])("refuses %s", (_case, name, inputs, status, internalCode) => {
		expect(run(name, inputs)).toMatchObject({ kind: "problem", problem: { status, internalCode } });
	});
});

describe("the classifier", () => {
	it("gives both labels with their scores, likeliest first, as the chat model of the same weights", () => {
		for (const mail of mails) {
			const text = `Subject: ${mail.subject}\n\n${mail.body}`;
			const distribution = labelModel("@local/mail-small").distribution(mail);
			expect(run("@local/mail-classifier", { text })).toEqual({
				kind: "answer",
				answer: distribution.map(({ label, logprob }) => ({ label, score: Math.exp(logprob) })),
				completionTokens: 0,
			});
		}
	});
});

describe("the guard", () => {
	const user = messages.slice(1);
	const spam = [{ role: "user", content: "Subject: FREE money, click here\n\nGuaranteed!" }];

	it("says safe, or unsafe and a category", () => {
		expect(run("@local/mail-guard", { messages: user, temperature: 0 })).toMatchObject({
			answer: { response: "safe", usage: { completion_tokens: 1 } },
			completionTokens: 1,
		});
		expect(run("@local/mail-guard", { messages: spam, temperature: 0 })).toMatchObject({
			answer: { response: "unsafe\nS2", usage: { completion_tokens: 3 } },
			completionTokens: 3,
		});
	});

	it("gives the same as an object under JSON mode", () => {
		const json = { temperature: 0, response_format: { type: "json_object" } };
		expect(run("@local/mail-guard", { messages: user, ...json })).toMatchObject({
			answer: { response: { safe: true, categories: [] } },
		});
		expect(run("@local/mail-guard", { messages: spam, ...json })).toMatchObject({
			answer: { response: { safe: false, categories: ["S2"] } },
		});
	});

	it("is cut off by the token limit", () => {
		const inputs = { messages: spam, temperature: 0, max_tokens: 1 };
		expect(run("@local/mail-guard", inputs)).toMatchObject({ answer: { response: "unsafe" } });
	});

	it("draws its verdict at a temperature", () => {
		const inputs = { messages: spam, temperature: 2 };
		const draw = (random: number) => runLocalModel(find, "@local/mail-guard", inputs, () => random, identity);
		expect(draw(0)).toMatchObject({ answer: { response: "unsafe\nS2" } });
		expect(draw(0.999_999)).toMatchObject({ answer: { response: "safe" } });
	});

	it("calls no tools, whatever is offered", () => {
		const tools = [{ name: "act", parameters: { properties: { label: {} } } }];
		expect(run("@local/mail-guard", { messages: user, temperature: 0, tools, tool_choice: "required" })).toMatchObject({
			answer: { response: "safe" },
		});
	});
});

describe("the embedding model", () => {
	it("gives a vector for each text, in the shape of the bge models", () => {
		const one = run("@local/hash-embedding", { text: "hello" });
		expect(one).toMatchObject({ answer: { shape: [1, 256], pooling: "mean" }, completionTokens: 0 });
		const two = run("@local/hash-embedding", { text: ["hello", "goodbye"] });
		expect(two).toMatchObject({
			answer: { shape: [2, 256], data: [embedText("hello", 256), embedText("goodbye", 256)] },
		});
	});
});

describe("reading a chat body", () => {
	it.each([
		["messages", { messages: [] }],
		["temperature", { messages, temperature: 3 }],
		["top_p", { messages, top_p: 0 }],
		["n", { messages, n: 0 }],
		["max_tokens", { messages, max_tokens: 0 }],
		["top_logprobs", { messages, top_logprobs: 2 }],
		["response_format.type", { messages, response_format: { type: "xml" } }],
	])("names the parameter %s when it is wrong", (param, body) => {
		expect(parseChatBody(body)).toMatchObject({ ok: false, problem: { param } });
	});

	it("takes null for absent", () => {
		const body = { messages, temperature: null, seed: null, tools: null, stop: null, logprobs: null };
		expect(parseChatBody(body)).toMatchObject({
			ok: true,
			request: { temperature: 1, topLogprobs: undefined, stop: [] },
		});
	});
});

describe("an event stream", () => {
	it("writes one event for each value and a terminator", async () => {
		const text = await new Response(eventStream([{ a: 1 }, { b: 2 }], undefined, undefined)).text();
		expect(text).toBe('data: {"a":1}\n\ndata: {"b":2}\n\ndata: [DONE]\n\n');
	});

	it("fails with the signal's reason once it aborts", async () => {
		const controller = new AbortController();
		const reader = eventStream(Array.from({ length: 100 }), 1_000, controller.signal).getReader();
		await reader.read();
		controller.abort(new Error("gone"));
		await expect(
			(async () => {
				for (let read = 0; read < 10; read += 1) await reader.read();
			})(),
		).rejects.toThrow("gone");
	});
});
