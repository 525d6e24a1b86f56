import { describe, expect, it } from "vitest";
import type { WorkersAiBinding } from "../../src/adapters/workers-ai-stage.ts";
import { withSettledSignals } from "../../src/local/settled-signals.ts";

function binding(answer: (signal: AbortSignal) => Promise<Response>) {
	const signals: AbortSignal[] = [];
	const ai: WorkersAiBinding = {
		run(_model, _inputs, { signal }) {
			const own = signal as AbortSignal;
			signals.push(own);
			return answer(own);
		},
	};
	return { signals, ai: withSettledSignals(ai) };
}
const options = (signal: AbortSignal) => ({ returnRawResponse: true as const, signal });

describe("a signal that crosses to the stand-in", () => {
	it("has aborted when the answer is whole, and the caller's has not", async () => {
		const { ai, signals } = binding(() => Promise.resolve(Response.json({ response: "yes" }, { status: 203 })));
		const caller = new AbortController();
		const answer = await ai.run("model", {}, options(caller.signal));
		expect([signals[0]?.aborted, caller.signal.aborted]).toEqual([true, false]);
		expect([answer.status, await answer.json()]).toEqual([203, { response: "yes" }]);
	});

	it("has aborted where the call failed", async () => {
		const { ai, signals } = binding(() => Promise.reject(new Error("3040: capacity")));
		await expect(ai.run("model", {}, options(new AbortController().signal))).rejects.toThrow("3040");
		expect(signals[0]?.aborted).toBe(true);
	});

	it("aborts with the caller's, for its reason", async () => {
		const { ai, signals } = binding(
			(signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("left")))),
		);
		const caller = new AbortController();
		const asked = ai.run("model", {}, options(caller.signal));
		caller.abort("time is up");
		await expect(asked).rejects.toThrow("left");
		expect(signals[0]?.reason).toBe("time is up");
	});

	it("is the caller's own where the answer is a stream", async () => {
		const { ai, signals } = binding(() => Promise.resolve(new Response("data: 1\n\n")));
		const caller = new AbortController();
		await ai.run("model", { stream: true }, options(caller.signal));
		expect(signals[0]).toBe(caller.signal);
	});
});
