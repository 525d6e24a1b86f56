import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sumUsage, usageOf, usageOfAudit, usageRow, type UsageTotals } from "../../../src/core/ledger/usage-totals.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { exampleCall, exampleObservation } from "./observations.ts";

const KEY = { start: 0, cascade: "chat", policyRevision: 3 };

/** Observations as they may come, with names that every object has among them. */
const observation = fc
	.record({
		outcome: fc.constantFrom<Observation["outcome"]>("answered", "failed", "client-left"),
		stage: fc.constantFrom(null, "edge", "origin", "constructor", "__proto__", "toString"),
		reason: fc.constantFrom(null, "accepted" as const, "low-confidence" as const, "origin-failed" as const),
		costUsd: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
		savedUsd: fc.option(fc.double({ min: -100, max: 100, noNaN: true })),
		durationMs: fc.integer({ min: 0, max: 900_000 }),
		calls: fc.array(
			fc.record({ usage: fc.option(fc.record({ inputTokens: fc.nat(9_999), outputTokens: fc.nat(9_999) })) }),
			{ maxLength: 3 },
		),
	})
	.map(({ calls, ...fields }) => exampleObservation({ ...fields, calls: calls.map(exampleCall) }));

const zero = sumUsage([]);

describe("the usage of one observation", () => {
	it("counts it once under its outcome, its stage and its reason", () => {
		const totals = usageOf(exampleObservation({ outcome: "answered", stage: "origin", reason: "low-confidence" }));
		expect(totals).toMatchObject({
			requests: 1,
			outcomes: { answered: 1 },
			stages: { origin: 1 },
			reasons: { "low-confidence": 1 },
		});
	});

	it("counts under none what no stage answered and what has no reason", () => {
		const totals = usageOf(exampleObservation({ outcome: "failed", stage: null, reason: null }));
		expect(totals).toMatchObject({ outcomes: { failed: 1 }, stages: { none: 1 }, reasons: { none: 1 } });
	});

	it("adds the tokens of every call that reported them", () => {
		const calls = [
			exampleCall({ usage: { inputTokens: 10, outputTokens: 1 } }),
			exampleCall({ usage: null }),
			exampleCall({ stage: "origin", usage: { inputTokens: 200, outputTokens: 30 } }),
		];
		expect(usageOf(exampleObservation({ calls }))).toMatchObject({ inputTokens: 210, outputTokens: 31 });
	});

	it("holds money in whole nano-dollars, rounded to the nearest, half a one upwards", () => {
		const nano = (costUsd: number, savedUsd: number) => {
			const { cost, saved } = usageOf(exampleObservation({ costUsd, savedUsd }));
			return [cost.nanoUsd, saved.nanoUsd];
		};
		expect(nano(0.000_123_456_4, -0.000_000_002_6)).toEqual([123_456, -3]);
		expect(nano(0.000_000_000_5, 0.000_000_000_4)).toEqual([1, 0]);
		expect(nano(0, -0.000_000_000_2)).toEqual([0, 0]);
	});

	it("takes an unknown cost for unknown, not for zero", () => {
		const totals = usageOf(exampleObservation({ costUsd: null, savedUsd: null }));
		expect(totals.cost).toEqual({ nanoUsd: 0, unknown: 1, estimated: 0 });
		expect(totals.saved).toEqual({ nanoUsd: 0, unknown: 1 });
	});

	it("counts as estimated a known cost that holds an estimate, once for all its calls", () => {
		const calls = [exampleCall({ estimated: true }), exampleCall(), exampleCall({ estimated: true })];
		expect(usageOf(exampleObservation({ calls })).cost).toMatchObject({ unknown: 0, estimated: 1 });
		expect(usageOf(exampleObservation({ calls: [exampleCall()] })).cost.estimated).toBe(0);
		expect(usageOf(exampleObservation({ calls, costUsd: null })).cost).toMatchObject({ unknown: 1, estimated: 0 });
	});
});

describe("a sum of usage", () => {
	it("of nothing is all zero", () => {
		expect(zero).toMatchObject({
			requests: 0,
			outcomes: {},
			cost: { nanoUsd: 0, unknown: 0, estimated: 0 },
			latency: {},
		});
	});

	it("is the same in any order and grouping, through JSON too", () => {
		fc.assert(
			fc.property(fc.array(observation, { maxLength: 30 }), fc.nat(), (observations, cut) => {
				const parts = observations.map(usageOf);
				const at = parts.length === 0 ? 0 : cut % parts.length;
				const stored = JSON.parse(JSON.stringify(sumUsage(parts.slice(at).toReversed()))) as UsageTotals;
				expect(sumUsage([stored, sumUsage(parts.slice(0, at)), zero])).toEqual(sumUsage(parts));
			}),
		);
	});

	it("accounts for every request under each heading", () => {
		fc.assert(
			fc.property(fc.array(observation, { maxLength: 30 }), (observations) => {
				const totals = sumUsage(observations.map(usageOf));
				for (const counts of [totals.outcomes, totals.stages, totals.reasons, totals.latency]) {
					expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(observations.length);
				}
				expect(totals.requests).toBe(observations.length);
				expect(totals.cost.unknown).toBe(observations.filter(({ costUsd }) => costUsd === null).length);
				expect(totals.saved.unknown).toBe(observations.filter(({ savedUsd }) => savedUsd === null).length);
				const usages = observations.flatMap(({ calls }) => calls.map(({ usage }) => usage));
				expect(totals.inputTokens).toBe(usages.reduce((sum, usage) => sum + (usage?.inputTokens ?? 0), 0));
				expect(totals.outputTokens).toBe(usages.reduce((sum, usage) => sum + (usage?.outputTokens ?? 0), 0));
			}),
		);
	});

	it("is off from the exact amount by at most half a nano-dollar a request", () => {
		fc.assert(
			fc.property(fc.array(observation, { maxLength: 50 }), (observations) => {
				const { saved } = sumUsage(observations.map(usageOf));
				const exact = observations.reduce((sum, { savedUsd }) => sum + (savedUsd ?? 0), 0);
				expect(Math.abs(saved.nanoUsd - exact * 1e9)).toBeLessThanOrEqual(0.5 * observations.length + 1e-3);
			}),
		);
	});

	it("leaves its parts as they were", () => {
		const part = usageOf(exampleObservation());
		const before = structuredClone(part);
		sumUsage([part, part, part]);
		expect(part).toEqual(before);
	});
});

describe("a row of usage", () => {
	it("gives dollars, and a saving that was a loss as one", () => {
		const totals = sumUsage([
			usageOf(exampleObservation({ costUsd: 0.25, savedUsd: 0.5 })),
			usageOf(exampleObservation({ costUsd: 1, savedUsd: -0.75 })),
			usageOf(exampleObservation({ costUsd: null, savedUsd: null })),
		]);
		expect(usageRow(KEY, totals)).toMatchObject({
			...KEY,
			requests: 3,
			cost: { usd: 1.25, unknown: 1, estimated: 0 },
			saved: { usd: -0.25, unknown: 1 },
			audits: { count: 0, usd: 0, unknown: 0 },
		});
	});

	it("gives what audits cost apart from the requests' own cost, and takes it off what was saved", () => {
		const request = usageOf(exampleObservation({ costUsd: 0.25, savedUsd: 0.5 }));
		const audits = [{ costUsd: 0.125 }, { costUsd: 0.5 }, { costUsd: null }].map(usageOfAudit);
		expect(usageRow(KEY, sumUsage([request, ...audits]))).toMatchObject({
			requests: 1,
			cost: { usd: 0.25, unknown: 0 },
			saved: { usd: -0.125, unknown: 0 },
			audits: { count: 3, usd: 0.625, unknown: 1 },
		});
		// Audits of an hour without requests are a row too.
		expect(usageRow(KEY, sumUsage(audits))).toMatchObject({ requests: 0, latency: { p50: 0, p95: 0, p99: 0 } });
	});

	it("reads totals that were stored before there were audits", () => {
		const { audits: _none, ...before } = usageOf(exampleObservation());
		expect(sumUsage([before, before])).not.toHaveProperty("audits");
		expect(sumUsage([before, usageOfAudit({ costUsd: 1 })]).audits).toEqual({ count: 1, nanoUsd: 1e9, unknown: 0 });
	});

	it("gives the latencies that half, 95 and 99 in a hundred requests do not exceed", () => {
		const durations = Array.from({ length: 100 }, (_, index) => (index + 1) * 10);
		const totals = sumUsage(durations.map((durationMs) => usageOf(exampleObservation({ durationMs }))));
		const { latency } = usageRow(KEY, totals);
		expect(latency.p50 / 500).toBeCloseTo(1, 1.6);
		expect(latency.p95 / 950).toBeCloseTo(1, 1.6);
		expect(latency.p99 / 990).toBeCloseTo(1, 1.6);
		expect(latency.p50).toBeLessThan(latency.p95);
		expect(latency.p95).toBeLessThan(latency.p99);
		for (const ms of Object.values(latency)) expect(String(ms).replace(".", "").length).toBeLessThanOrEqual(4);
	});

	it("holds nothing that the digest is made of", () => {
		expect(Object.keys(usageRow(KEY, usageOf(exampleObservation())).latency)).toEqual(["p50", "p95", "p99"]);
	});
});
