import { describe, expect, it } from "vitest";
import { answering, failing, silent, sure } from "./fakes.ts";
import { AUDITION, fakeEvidence, guaranteed, lease, START } from "./fake-evidence.ts";
import { answerOf, begin } from "./run-example.ts";
import { edgeStage, originStage } from "../core/examples.ts";

const stages = (confidence: number) => ({ edge: sure(confidence), origin: answering("large") });

describe("a guaranteed first stage", () => {
	it.each([
		[0.8, "edge", "accepted"],
		[0.799, "origin", "low-confidence"],
	])("is judged by the certified threshold, with a tie accepted: %d", async (confidence, stage, reason) => {
		const { evidence } = fakeEvidence();
		const { facts } = await answerOf({ cascade: guaranteed(), stages: stages(confidence), evidence });
		expect(facts).toMatchObject({ stage, reason, threshold: 0.8, thresholdSource: "certified" });
	});

	it.each([
		["is in audition", lease(AUDITION), "audition"],
		["has no lease", null, "no-certificate"],
		["has been closed", lease({ state: "closed", threshold: null }), "no-certificate"],
		["has a lease of another configuration", lease({ configHash: "b".repeat(64) }), "no-certificate"],
		["has a lease that is over", lease({ expiresAt: START }), "certificate-stale"],
		["is in alarm", lease({ state: "alarm", threshold: null }), "drift-alarm"],
	])("that %s accepts nothing, and says why in place of low confidence", async (_state, held, reason) => {
		const { evidence } = fakeEvidence({ lease: held });
		const { text, facts } = await answerOf({ cascade: guaranteed(), stages: stages(1), evidence });
		expect(text).toBe("large");
		expect(facts).toMatchObject({ stage: "origin", reason, confidence: 1, threshold: null });
		expect(facts.trail[0]).toMatchObject({ outcome: "deferred", reason, confidence: 1, threshold: null });
		expect(facts).not.toHaveProperty("thresholdSource");
	});

	it("without any evidence port accepts nothing either", async () => {
		const { facts } = await answerOf({ cascade: guaranteed(), stages: stages(1) });
		expect(facts).toMatchObject({ stage: "origin", reason: "no-certificate" });
	});

	it.each([
		[0.7, "edge", "accepted"],
		[0.69, "origin", "low-confidence"],
	])(
		"falls back on the manual threshold where the policy says so, marked as such: %d",
		async (confidence, stage, reason) => {
			const { evidence } = fakeEvidence({ lease: lease(AUDITION) });
			const cascade = guaranteed({}, { withoutCertificate: "manual-threshold" }, { threshold: 0.7 });
			const { facts } = await answerOf({ cascade, stages: stages(confidence), evidence });
			expect(facts).toMatchObject({ stage, reason, threshold: 0.7, thresholdSource: "manual" });
			expect(facts.trail[0]).toMatchObject({ detail: "audition" });
		},
	);

	it("never shows the manual threshold where that is not in force", async () => {
		const cascade = guaranteed({}, { withoutCertificate: "manual-threshold" }, { threshold: 0.7 });
		for (const edge of [failing({ kind: "unreachable" }), answering("", { finishReason: "stop" })]) {
			const { evidence } = fakeEvidence();
			const { facts } = await answerOf({ cascade, stages: { edge, origin: answering("large") }, evidence });
			expect(facts.threshold).toBeNull();
		}
	});

	it("keeps to the reason of an answer without a reading", async () => {
		const { evidence } = fakeEvidence({ lease: lease(AUDITION) });
		const edge = answering("small", { tokens: null });
		const { facts } = await answerOf({ cascade: guaranteed(), stages: { edge, origin: answering("large") }, evidence });
		expect(facts.trail[0]).toMatchObject({ reason: "confidence-unavailable", detail: "no-logprobs" });
	});

	it("waits for the lease that its isolate looks for, and no longer than that", async () => {
		const { evidence } = fakeEvidence({ lease: Promise.resolve(lease()) });
		const { facts } = await answerOf({ cascade: guaranteed(), stages: stages(0.9), evidence });
		expect(facts).toMatchObject({ stage: "edge", thresholdSource: "certified" });
	});

	it("has its lease looked for while it answers, not after", () => {
		const known = fakeEvidence();
		begin({ cascade: guaranteed(), stages: { edge: silent, origin: silent }, evidence: known.evidence });
		expect(known.leases()).toBe(1);
	});

	it("reads an agreement to its end, since a bound is no reading", async () => {
		const confidence = { method: "agreement", samples: 4, temperature: 1, match: "exact", stopEarly: true } as const;
		const { evidence, entries, afterAnswer } = fakeEvidence({ lease: lease({ threshold: 0.25 }), random: [0.9] });
		const { facts, asked } = await answerOf({
			cascade: guaranteed({}, {}, { confidence }),
			stages: { edge: answering("same"), origin: answering("large") },
			evidence,
		});
		await afterAnswer();
		expect(asked("edge")).toHaveLength(4);
		expect(facts).toMatchObject({ stage: "edge", confidence: 1 });
		expect(entries).toMatchObject([{ confidence: 1 }]);
	});

	it("is read whole, although its method could decide on a beginning", async () => {
		const confidence = { method: "mean-logprob", prefix: { tokens: 1, ms: 1_000 } } as const;
		const { evidence } = fakeEvidence();
		const cascade = guaranteed({}, {}, { confidence });
		const { facts } = await answerOf({ cascade, stages: stages(0.9), request: { stream: true }, evidence });
		expect(facts.stage).toBe("edge");
	});
});

describe("a request outside the declared ranges", () => {
	const cascade = guaranteed({ declaredRanges: { temperature: { most: 0.5 }, maxOutputTokens: { most: 256 } } });

	it.each([
		[{ body: { temperature: 0.6 } }, 256, "temperature"],
		[{}, 256, "temperature"],
		[{ body: { temperature: 0.5 } }, 257, "maxOutputTokens"],
	])("goes past the small models, and is no evidence: %j", async (request, maxOutputTokens, detail) => {
		const { evidence, events, waiting } = fakeEvidence();
		const { facts, asked } = await answerOf({ cascade, stages: stages(1), request, maxOutputTokens, evidence });
		expect(asked("edge")).toEqual([]);
		expect(facts).toMatchObject({ stage: "origin", reason: "outside-declared-ranges" });
		expect(facts.trail[0]).toMatchObject({ outcome: "skipped", reason: "outside-declared-ranges", detail });
		expect([events, waiting()]).toEqual([[], 0]);
	});

	it("is one that a gate would have stopped as well, but is not audited for it", async () => {
		const { evidence, events, waiting } = fakeEvidence();
		const gated = { ...cascade, gate: { skipWhen: [], maxPromptTokens: 1 } };
		const { facts } = await answerOf({ cascade: gated, stages: stages(1), evidence });
		expect(facts.reason).toBe("outside-declared-ranges");
		expect([events, waiting()]).toEqual([[], 0]);
	});

	it("is judged as others are where it is inside", async () => {
		const { evidence } = fakeEvidence();
		const { facts } = await answerOf({
			cascade,
			stages: stages(0.9),
			request: { body: { temperature: 0.5 } },
			evidence,
		});
		expect(facts.stage).toBe("edge");
	});
});

describe("a cascade without a guarantee", () => {
	it("asks nothing of evidence, though there is a port for it", async () => {
		const known = fakeEvidence();
		const cascade = { stages: [edgeStage, originStage] };
		for (const confidence of [0.5, 0.9])
			await answerOf({ cascade, stages: stages(confidence), evidence: known.evidence });
		expect([known.leases(), known.tosses(), known.waiting(), known.events, known.told]).toEqual([0, 0, 0, [], []]);
	});

	it("shows its own threshold, without a word of its source", async () => {
		const { facts } = await answerOf({ stages: stages(0.9) });
		expect(facts.threshold).toBe(0.8);
		expect(facts).not.toHaveProperty("thresholdSource");
	});
});
