import { describe, expect, it } from "vitest";
import { labelAnswer } from "../../src/cascade/label-answer.ts";
import type { LabelPorts, TextEmbedder } from "../../src/cascade/label-ports.ts";
import type { Reservation, StageCall } from "../../src/cascade/ports.ts";
import { messageText, type ChatMessage, type Completion } from "../../src/core/completion.ts";
import { MOST_JUDGED_CHARACTERS } from "../../src/core/evidence/judge-prompt.ts";
import type { Labeller } from "../../src/core/evidence/labeller.ts";
import { err, ok } from "../../src/core/result.ts";
import type { StagePolicy } from "../../src/core/tenant-policy.ts";
import { exampleAnswer, exampleRequest } from "../core/examples.ts";
import { after, answering, failing, FakeClock, fakeStage, inTurn, silent, type Behaviour } from "./fakes.ts";

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1_000 };
const JUDGE: Labeller = { kind: "judge", adapter: "openai", model: "judge-1", origin: "main", price };
const SIMILARITY: Labeller = { kind: "similarity", model: "@cf/baai/bge-m3", least: 0.9, price };
const unreachable = () => Promise.reject(new Error("no call was expected"));

/** A place in which labels are made, by a judge that behaves so and vectors such as these. */
function world(input: {
	readonly judge?: Behaviour;
	readonly embedTexts?: TextEmbedder;
	readonly reserve?: (worstUsd: number) => Reservation | null;
	readonly isConfigured?: boolean;
}) {
	const clock = new FakeClock();
	const stage = fakeStage(clock, input.judge ?? unreachable);
	const resolved: StagePolicy[] = [];
	const { reserve } = input;
	const ports: LabelPorts = {
		clock,
		resolveStage: (policy) => {
			resolved.push(policy);
			return Promise.resolve(
				input.isConfigured === false ? err({ kind: "misconfigured", what: "origin" } as const) : ok(stage),
			);
		},
		embedTexts: input.embedTexts ?? unreachable,
		...(reserve === undefined ? {} : { spending: { onExhausted: "fail", reserve } }),
	};
	const label = (
		labeller: Labeller,
		edge: Partial<Completion>,
		reference: Partial<Completion>,
		{ timeoutMs = 25_000, signal = new AbortController().signal } = {},
	) =>
		clock.until(
			labelAnswer(
				ports,
				labeller,
				{
					request: exampleRequest({ body: { temperature: 1.5, seed: 7 } }),
					requestId: "req_0b9f2c1e-0000-4000-8000-1234567890ab",
					edge: exampleAnswer(edge),
					reference: exampleAnswer(reference),
				},
				{ timeoutMs, signal },
			),
		);
	return { clock, calls: stage.calls, resolved, label };
}

const judged = (first: string, second: string) => inTurn(answering(first), answering(second));
const small = { text: "small's answer" };
const large = { text: "large's answer" };
const textOf = (messages: readonly ChatMessage[] | undefined) => (messages ?? []).map(messageText).join("\n");

describe("a labeller that compares", () => {
	it("needs no call, and costs nothing", async () => {
		const { label } = world({});
		expect(await label({ kind: "normalised" }, { text: "Four." }, { text: "four" })).toEqual({
			verdict: "right",
			costUsd: 0,
		});
		expect(await label({ kind: "json" }, { text: "{}" }, { text: "{" })).toEqual({ verdict: "failed", costUsd: 0 });
		expect(await label({ kind: "exact" }, small, large)).toEqual({ verdict: "wrong", costUsd: 0 });
	});
});

describe("a judge", () => {
	it.each([
		["A", "B", "right"],
		["tie", "tie", "right"],
		["A", "tie", "right"],
		["tie", "B", "right"],
		// It favours a place.
		["A", "A", "wrong"],
		["tie", "A", "wrong"],
		["B", "B", "wrong"],
		["B", "A", "wrong"],
		["B", "tie", "wrong"],
		["B", "perhaps", "wrong"],
		["perhaps", "B", "failed"],
		["A", "perhaps", "failed"],
		["", "", "failed"],
	])("that says %s, and %s with the places swapped, finds it %s", async (first, second, verdict) => {
		expect((await world({ judge: judged(first, second) }).label(JUDGE, small, large)).verdict).toBe(verdict);
	});

	it("sees the edge's answer in the first place, then in the second", async () => {
		const { label, calls } = world({ judge: judged("A", "B") });
		await label(JUDGE, small, large);
		expect(calls).toHaveLength(2);
		const places = calls.map(({ messages }) => {
			const text = textOf(messages);
			return text.indexOf("small's answer") < text.indexOf("large's answer");
		});
		expect(places).toEqual([true, false]);
		for (const { messages } of calls) expect(textOf(messages)).toContain("What is 2 + 2?");
	});

	it("is asked for one token at temperature 0, with nothing of the client's parameters", async () => {
		const { label, calls, resolved } = world({ judge: judged("A", "B") });
		await label(JUDGE, small, large);
		for (const call of calls)
			expect(call).toMatchObject({
				purpose: "verdict",
				model: "judge-1",
				maxOutputTokens: 1,
				temperature: 0,
				declaredLogprobs: false,
				request: { model: "judge-1", maxOutputTokens: 1, body: { model: "judge-1" } },
			} satisfies Partial<Omit<StageCall, "request">> & { request: object });
		expect(calls[0]?.request.body).not.toHaveProperty("temperature");
		expect(calls[0]?.request.body).not.toHaveProperty("seed");
		expect(resolved[0]).toEqual({ name: "judge", adapter: "openai", model: "judge-1", origin: "main", price });
	});

	it("is not asked a second time after it has preferred the last stage's", async () => {
		const { label, calls } = world({ judge: answering("B") });
		expect((await label(JUDGE, small, large)).verdict).toBe("wrong");
		expect(calls).toHaveLength(1);
	});

	it("costs what its calls cost", async () => {
		const usage = { inputTokens: 1_000_000, outputTokens: 1_000 };
		const twice = inTurn(answering("A", { usage }), answering("B", { usage }));
		expect((await world({ judge: twice }).label(JUDGE, small, large)).costUsd).toBe(4);
		expect((await world({ judge: answering("B", { usage }) }).label(JUDGE, small, large)).costUsd).toBe(2);
	});

	it("costs nobody knows what where it does not say, or breaks off", async () => {
		const unsaid = world({ judge: answering("B", { usage: null }) });
		expect((await unsaid.label(JUDGE, small, large)).costUsd).toBeNull();
		const broken = world({ judge: inTurn(answering("A"), failing({ kind: "broken-off" })) });
		expect(await broken.label(JUDGE, small, large)).toEqual({ verdict: "failed", costUsd: null });
	});

	it("that refuses costs nothing, and has failed", async () => {
		const { label } = world({ judge: failing({ kind: "overloaded", retryAfterSeconds: null }) });
		expect(await label(JUDGE, small, large)).toEqual({ verdict: "failed", costUsd: 0 });
	});

	it("that is not configured has failed", async () => {
		const { label } = world({ isConfigured: false });
		expect(await label(JUDGE, small, large)).toEqual({ verdict: "failed", costUsd: 0 });
	});

	it("that never answers has failed when the time is up, and no timer is left", async () => {
		const { label, clock, calls } = world({ judge: silent });
		const before = clock.now();
		expect(await label(JUDGE, small, large)).toEqual({ verdict: "failed", costUsd: null });
		expect(clock.now() - before).toBe(25_000);
		expect(calls[0]?.signal.aborted).toBe(true);
		expect(clock.running).toBe(0);
	});

	it("has one time for both its calls, and is not asked with too little of it", async () => {
		const slow = after(700, judged("A", "B"));
		const enough = world({ judge: slow });
		expect((await enough.label(JUDGE, small, large, { timeoutMs: 1_500 })).verdict).toBe("right");
		expect(enough.calls.map(({ timeoutMs }) => timeoutMs)).toEqual([1_500, 800]);
		const tooLittle = world({ judge: after(700, judged("A", "B")) });
		expect((await tooLittle.label(JUDGE, small, large, { timeoutMs: 1_199 })).verdict).toBe("failed");
		expect(tooLittle.calls).toHaveLength(1);
	});

	it("is not asked where nobody waits any more", async () => {
		const { label } = world({ judge: silent });
		const signal = AbortSignal.abort();
		expect((await label(JUDGE, small, large, { signal })).verdict).toBe("failed");
	});

	it("leaves no timer when it has answered", async () => {
		const { label, clock } = world({ judge: judged("A", "B") });
		await label(JUDGE, small, large);
		expect(clock.running).toBe(0);
	});
});

describe("a judge under a budget", () => {
	it("is paid from it: the worst of each call first, then what it has cost", async () => {
		const worst: number[] = [];
		const settled: (number | null)[] = [];
		const { label } = world({
			judge: judged("A", "B"),
			reserve: (usd) => {
				worst.push(usd);
				return { settle: (cost) => void settled.push(cost) };
			},
		});
		const { costUsd } = await label(JUDGE, small, large);
		expect(worst).toHaveLength(2);
		// One output token is $0.001, and the prompt is a few hundred tokens at a dollar a million.
		for (const usd of worst) {
			expect(usd).toBeGreaterThan(0.001);
			expect(usd).toBeLessThan(0.002);
		}
		expect(settled.reduce<number>((sum, cost) => sum + (cost ?? 0), 0)).toBe(costUsd);
	});

	it("fails where the budget does not cover it, unasked", async () => {
		const { label, calls } = world({ judge: judged("A", "B"), reserve: () => null });
		expect(await label(JUDGE, small, large)).toEqual({ verdict: "failed", costUsd: 0 });
		expect(calls).toEqual([]);
	});

	it("gives back what was set aside for a call that was refused", async () => {
		const settled: (number | null)[] = [];
		const { label } = world({
			judge: failing({ kind: "unreachable" }),
			reserve: () => ({ settle: (cost) => void settled.push(cost) }),
		});
		await label(JUDGE, small, large);
		expect(settled).toEqual([0]);
	});
});

describe("similarity", () => {
	const vectors =
		(...given: readonly (readonly number[])[]): TextEmbedder =>
		() =>
			Promise.resolve(ok(given));

	it.each([
		["right", [1, 0], [1, 0.1]],
		["right", [1, 0], [0.9, Math.sqrt(1 - 0.9 ** 2)]],
		["wrong", [1, 0], [0.89, Math.sqrt(1 - 0.89 ** 2)]],
		["wrong", [1, 0], [-1, 0]],
		["failed", [1, 0], [0, 0]],
		["failed", [1, 0], [1, 0, 0]],
	])("is %s for %j and %j at 0.9", async (verdict, edge, reference) => {
		expect((await world({ embedTexts: vectors(edge, reference) }).label(SIMILARITY, small, large)).verdict).toBe(
			verdict,
		);
	});

	it("has failed where a vector is missing, or the call fails", async () => {
		expect((await world({ embedTexts: vectors([1, 0]) }).label(SIMILARITY, small, large)).verdict).toBe("failed");
		const failed: TextEmbedder = () => Promise.resolve(err({ kind: "upstream-error", status: 500, message: "" }));
		expect((await world({ embedTexts: failed }).label(SIMILARITY, small, large)).verdict).toBe("failed");
		const never: TextEmbedder = () => new Promise(() => {});
		expect((await world({ embedTexts: never }).label(SIMILARITY, small, large)).verdict).toBe("failed");
	});

	it("embeds both texts at once, and costs what their tokens are likely to", async () => {
		const asked: unknown[] = [];
		const { label } = world({
			embedTexts: ({ model, texts }) => {
				asked.push({ model, texts });
				return Promise.resolve(ok(texts.map(() => [1, 0])));
			},
		});
		const { costUsd } = await label(SIMILARITY, { text: "x".repeat(400) }, { text: "y".repeat(4_000) });
		expect(asked).toEqual([{ model: "@cf/baai/bge-m3", texts: ["x".repeat(400), "y".repeat(4_000)] }]);
		expect(costUsd).toBeCloseTo(1_100 / 1e6, 12);
	});

	it("compares tool calls as such: two that differ in an amount alone are as similar as can be", async () => {
		const { label } = world({});
		const pay = (sum: number) => ({ text: "", toolCalls: [{ name: "pay", arguments: `{"sum":${sum}}` }] });
		expect((await label(SIMILARITY, { ...pay(5), text: "One moment." }, pay(5))).verdict).toBe("right");
		expect((await label(SIMILARITY, pay(5), pay(50))).verdict).toBe("wrong");
		expect((await label(SIMILARITY, small, pay(50))).verdict).toBe("wrong");
	});
});

describe.each([JUDGE, SIMILARITY])("a model that is a labeller ($kind)", (labeller) => {
	const { label } = world({});
	const long = "x".repeat(MOST_JUDGED_CHARACTERS + 1);

	it("is not asked about the same answer", async () => {
		expect(await label(labeller, small, small)).toEqual({ verdict: "right", costUsd: 0 });
		expect(await label(labeller, { text: long }, { text: long })).toEqual({ verdict: "right", costUsd: 0 });
	});

	it("is not asked about an answer that says nothing: the edge's is wrong, and without the last stage's it has failed", async () => {
		expect((await label(labeller, { text: " " }, large)).verdict).toBe("wrong");
		expect((await label(labeller, small, { text: "" })).verdict).toBe("failed");
		expect((await label(labeller, { text: "" }, { text: "" })).verdict).toBe("failed");
	});

	it("is not asked about an answer that it might not read to its end", async () => {
		expect((await label(labeller, { text: long }, large)).verdict).toBe("failed");
		expect((await label(labeller, small, { text: long })).verdict).toBe("failed");
	});
});
