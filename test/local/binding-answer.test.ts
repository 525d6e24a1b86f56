import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type RunOptions, bindingAnswer } from "../../src/local/binding-answer.ts";
import { tokensPerSecond } from "../../src/local/event-stream.ts";
import { loadCatalogueFromDisk } from "../../src/local/models/load-from-disk.ts";
import { mailPrompt } from "../../src/local/models/mail-prompt.ts";
import { runLocalModel } from "../../src/local/run-local-model.ts";

const find = await loadCatalogueFromDisk();
const messages = mailPrompt({ subject: "Lunch on Friday?", body: "Are you free at noon?" });
const prose = { prompt: "Call me", ignore_eos: true, seed: 1, max_tokens: 10 };

function run(model: string, inputs: unknown, options: RunOptions = {}, speed?: number): Promise<unknown> {
	const identity = { id: "chatcmpl-test", created: 1_795_478_400 };
	return bindingAnswer(
		runLocalModel(find, model, inputs, () => 0.5, identity),
		options,
		speed,
	);
}

describe("the AI binding", () => {
	it("gives the content, or the HTTP response where it is asked for", async () => {
		expect(await run("@local/mail-small-native", { messages, temperature: 0 })).toMatchObject({ response: "ham" });
		const raw = (await run("@local/mail-classifier", { text: "hi" }, { returnRawResponse: true })) as Response;
		expect(raw.headers.get("content-type")).toBe("application/json");
		expect(await raw.json()).toHaveLength(2);
	});

	it("throws Workers AI's error, or answers with it", async () => {
		await expect(run("@local/nothing", {})).rejects.toMatchObject({
			name: "InferenceUpstreamError",
			message: "5007: No such model @local/nothing or task",
		});
		const raw = (await run("@local/hash-embedding", {}, { returnRawResponse: true })) as Response;
		expect(raw.status).toBe(400);
		expect(await raw.json()).toMatchObject({ internalCode: 5006, name: "InferenceUpstreamError" });
	});
});

describe("a speed of the AI binding", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it("holds a plain answer back for as long as its tokens take", async () => {
		let settled = false;
		const answer = run("@local/prose-small-native", prose, {}, 20).then(() => (settled = true));
		await vi.advanceTimersByTimeAsync(499);
		expect(settled).toBe(false);
		await vi.advanceTimersByTimeAsync(1);
		await answer;
		expect(settled).toBe(true);
	});

	it.each([false, true])("paces a stream, the first event at once (raw: %s)", async (returnRawResponse) => {
		const given = await run("@local/prose-small-native", { ...prose, stream: true }, { returnRawResponse }, 20);
		const stream = given instanceof Response ? given.body : (given as ReadableStream<Uint8Array>);
		const reader = (stream as ReadableStream<Uint8Array>).getReader();
		let events = 0;
		const reading = (async () => {
			while (!(await reader.read()).done) events += 1;
		})();
		await vi.advanceTimersByTimeAsync(125);
		expect(events).toBe(3);
		await vi.runAllTimersAsync();
		await reading;
		expect(events).toBe(12);
	});

	it("does not hold back what writes no tokens", async () => {
		expect(await run("@local/hash-embedding", { text: "hello" }, {}, 1)).toMatchObject({ shape: [1, 256] });
	});

	it("lets an abort end the wait", async () => {
		const controller = new AbortController();
		const outcome = expect(run("@local/prose-small-native", prose, { signal: controller.signal }, 1)).rejects.toThrow(
			"gone",
		);
		controller.abort(new Error("gone"));
		await outcome;
	});
});

describe("a configured speed", () => {
	it("is a number above 0", () => {
		expect(tokensPerSecond("20")).toBe(20);
		expect(tokensPerSecond(0.5)).toBe(0.5);
	});

	it.each([undefined, "", "0", -5, "fast", "Infinity"])("is none where it is %j", (setting) => {
		expect(tokensPerSecond(setting)).toBeUndefined();
	});
});
