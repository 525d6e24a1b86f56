import { describe, expect, it } from "vitest";
import { canaryFigures, figuresOnTrail, type RevisionTotals } from "../../../src/core/ledger/canary-figures.ts";
import { sumUsage, usageOf } from "../../../src/core/ledger/usage-totals.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { exampleObservation } from "./observations.ts";

const BETWEEN = { since: 1_000, current: 3, revision: 4 };

function row(revision: number, cascade: string, ...observations: readonly Partial<Observation>[]): RevisionTotals {
	return { revision, cascade, totals: sumUsage(observations.map((each) => usageOf(exampleObservation(each)))) };
}

describe("a canary's figures", () => {
	it("are on the canary's side by its revision, and on the other by any other, in order", () => {
		const rows = [row(4, "mail"), row(3, "mail"), row(4, "chat"), row(10, "chat"), row(3, "chat")];
		const { since, current, base, canary } = canaryFigures(BETWEEN, rows);
		const named = (of: typeof base) => of.map(({ cascade, policyRevision }) => [cascade, policyRevision]);
		expect([since, current]).toEqual([1_000, 3]);
		expect(named(base)).toEqual([
			["chat", 3],
			["chat", 10],
			["mail", 3],
		]);
		expect(named(canary)).toEqual([
			["chat", 4],
			["mail", 4],
		]);
	});

	it("are a row of usage without a time, and what was accepted and what failed as shares", () => {
		const accepted = { reason: "accepted", costUsd: 0.5, savedUsd: 1.5 } as const;
		const failed = { outcome: "failed", stage: null, reason: "origin-failed", costUsd: null, savedUsd: null } as const;
		const left = { outcome: "client-left", stage: null, reason: null } as const;
		const { canary } = canaryFigures(BETWEEN, [row(4, "chat", accepted, accepted, failed, left)]);
		expect(canary).toEqual([
			{
				cascade: "chat",
				policyRevision: 4,
				requests: 4,
				outcomes: { answered: 2, failed: 1, "client-left": 1 },
				stages: { edge: 2, none: 2 },
				reasons: { accepted: 2, "origin-failed": 1, none: 1 },
				cost: { usd: expect.closeTo(1.000_02, 9), unknown: 1, estimated: 0 },
				saved: expect.objectContaining({ unknown: 1 }),
				audits: { count: 0, usd: 0, unknown: 0 },
				inputTokens: 400,
				outputTokens: 80,
				latency: { p50: expect.closeTo(200, -1), p95: expect.closeTo(200, -1), p99: expect.closeTo(200, -1) },
				confidence: { edge: { all: expect.arrayContaining([0, 4]), accepted: expect.arrayContaining([0, 4]) } },
				stageLatency: { edge: expect.objectContaining({ p50: expect.closeTo(180, -1) }) },
				firstToken: null,
				acceptance: expect.objectContaining({ count: 2, of: 3, share: 2 / 3 }),
				failure: expect.objectContaining({ count: 1, of: 4, share: 0.25 }),
			},
		]);
	});

	it("of nothing are nothing", () => {
		expect(canaryFigures(BETWEEN, [])).toEqual({ since: 1_000, current: 3, base: [], canary: [] });
	});
});

describe("what the audit trail keeps of figures", () => {
	it("is a few numbers of each row", () => {
		const figures = canaryFigures(BETWEEN, [row(3, "chat", {}), row(4, "chat", { outcome: "failed", reason: null })]);
		const kept = {
			cascade: "chat",
			requests: 1,
			costUsd: 0.000_02,
			unknownCost: 0,
			savedUsd: 0.000_38,
			unknownSaved: 0,
		};
		const latency = { p50: figures.canary[0]?.latency.p50, p95: figures.canary[0]?.latency.p95 };
		expect(figuresOnTrail(figures)).toEqual({
			since: 1_000,
			base: [{ ...kept, ...latency, policyRevision: 3, accepted: 1, decided: 1, failed: 0 }],
			canary: [{ ...kept, ...latency, policyRevision: 4, accepted: 0, decided: 0, failed: 1 }],
		});
	});

	it("stays within 16 kB however many cascades and revisions there were: those with the most requests", () => {
		const cascades = Array.from({ length: 64 }, (_, index) => `${index}`.padStart(64, "c"));
		const rows = [1, 2, 3, 4].flatMap((revision) =>
			cascades.map((cascade, index) => row(revision, cascade, ...(index === 40 ? [{}, {}] : [{}]))),
		);
		const kept = figuresOnTrail(canaryFigures(BETWEEN, rows)) as {
			readonly base: readonly { readonly requests: number }[];
			readonly canary: readonly { readonly requests: number }[];
			readonly leftOut: number;
		};
		expect(JSON.stringify(kept).length).toBeLessThan(16_384);
		expect([kept.base.length, kept.canary.length, kept.leftOut]).toEqual([16, 16, 4 * 64 - 32]);
		expect(kept.base.slice(0, 4).map(({ requests }) => requests)).toEqual([2, 2, 2, 1]);
		expect(kept.canary.slice(0, 2).map(({ requests }) => requests)).toEqual([2, 1]);
	});
});
