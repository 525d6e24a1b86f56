import { describe, expect, it } from "vitest";
import { answering, failing, sure, type Behaviour } from "./fakes.ts";
import { chatStream, fakeEvidence, guaranteed, HEADS, TAILS } from "./fake-evidence.ts";
import { labelled } from "./labelled.ts";
import { run } from "./run-example.ts";

describe("a gated request", () => {
	const cascade = guaranteed({ gate: { skipWhen: [], maxPromptTokens: 1 } });

	it.each([
		["small", false],
		["large", true],
	])("is also asked of the first stage where the coin says so, after its answer: %s", async (text, wrong) => {
		const stages = { edge: sure(0.9), origin: answering(text) };
		const known = fakeEvidence({ random: [HEADS] });
		const { outcome, asked, clock } = await run({ cascade, stages, evidence: known.evidence });
		expect(outcome).toMatchObject({ kind: "whole", facts: { reason: "gated" } });
		expect(asked("edge")).toEqual([]);
		await clock.until(known.afterAnswer());
		expect(asked("edge")).toHaveLength(1);
		expect(known.entries).toMatchObject([
			{ served: "gated", confidence: null, propensity: 250_000, draw: "drawn", wrong: null },
		]);
		expect(known.verdicts).toMatchObject([{ wrong, failed: false, costUsd: expect.closeTo(0.000_014, 12) }]);
	});

	it("is not where it says otherwise, and is counted", async () => {
		const { entries, asked, verdicts } = await labelled(
			{ cascade, stages: { edge: sure(0.9), origin: answering("x") } },
			{ random: [TAILS] },
		);
		expect(entries).toMatchObject([{ served: "gated", draw: "not-drawn" }]);
		expect([asked("edge").length, verdicts.length]).toEqual([0, 0]);
	});

	it("that is streamed is compared with the bytes that passed", async () => {
		const { verdicts } = await labelled({
			cascade,
			stages: { edge: sure(0.9), origin: answering("") },
			streams: { origin: chatStream("small") },
			request: { stream: true },
		});
		expect(verdicts).toMatchObject([{ wrong: false }]);
	});

	it.each<[string, Behaviour, Behaviour]>([
		["the first stage", failing({ kind: "unreachable" }), answering("x")],
		["the last stage", sure(0.9), failing({ kind: "unreachable" })],
	])("is a failed audit where %s fails", async (_what, edge, origin) => {
		const { verdicts } = await labelled({ cascade, stages: { edge, origin } });
		expect(verdicts).toMatchObject([{ wrong: true, failed: true }]);
	});

	it("is not asked where its draw does not reach the queue", async () => {
		const { asked } = await labelled(
			{ cascade, stages: { edge: sure(0.9), origin: answering("x") } },
			{ isSent: false },
		);
		expect(asked("edge")).toEqual([]);
	});
});
