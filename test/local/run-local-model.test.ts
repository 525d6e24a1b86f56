import { describe, expect, it } from "vitest";
import { eventStream } from "../../src/local/event-stream.ts";
import { loadCatalogueFromDisk } from "../../src/local/models/load-from-disk.ts";
import { mailPrompt } from "../../src/local/models/mail-prompt.ts";
import { parseChatBody } from "../../src/local/parse-chat-body.ts";
import { runLocalModel } from "../../src/local/run-local-model.ts";

const find = await loadCatalogueFromDisk();
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
		const result = run("@local/prose-small", { prompt: "Call me", stream: true, max_tokens: 5, ignore_eos: true });
		if (result.kind !== "stream") throw new Error("not a stream");
		expect(result.events).toHaveLength(6);
		expect(result.events.at(-1)).toMatchObject({ response: "", usage: { completion_tokens: 5 } });
	});

	it.each([
		["an unknown model", "@local/nothing", { messages }, 400, 5007],
		["a model of the origin", "mail-large", { messages }, 400, 5007],
		["missing messages", "@local/mail-small", {}, 400, 5006],
		["no input at all", "@local/mail-small", null, 400, 5006],
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
