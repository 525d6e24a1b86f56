import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stageUsageOf } from "../../../src/core/ledger/stage-usage.ts";
import { sumUsage, usageOf, usageOfAudit, usageRow, type UsageTotals } from "../../../src/core/ledger/usage-totals.ts";
import type { Observation } from "../../../src/core/observation.ts";
import type { CallRecord, TrailEntry } from "../../../src/core/trail.ts";
import { exampleCall, exampleObservation } from "./observations.ts";

const KEY = { start: 0, cascade: "chat", policyRevision: 3 };
const entry = (differences: Partial<TrailEntry> = {}): TrailEntry => ({
	stage: "edge",
	outcome: "deferred",
	reason: "low-confidence",
	confidence: 0.42,
	threshold: 0.8,
	...differences,
});
/** Bins with these counts, by number. */
const bins = (counts: Readonly<Record<number, number>>) => Array.from({ length: 20 }, (_, bin) => counts[bin] ?? 0);
const rowOf = (...observations: readonly Observation[]) => usageRow(KEY, sumUsage(observations.map(usageOf)));

/** Names that every object has are among them. */
const stage = fc.constantFrom("edge", "middle", "constructor", "__proto__", "toString");
const observation = fc
	.record({
		trail: fc.array(
			fc.record({
				stage,
				outcome: fc.constantFrom<TrailEntry["outcome"]>("accepted", "deferred", "skipped", "failed"),
				confidence: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
			}),
			{ maxLength: 4 },
		),
		calls: fc.array(
			fc.record({
				stage,
				purpose: fc.constantFrom<CallRecord["purpose"]>("answer", "sample", "verify"),
				ms: fc.integer({ min: 0, max: 900_000 }),
			}),
			{ maxLength: 4 },
		),
		firstTokenMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
	})
	.map(({ trail, calls, firstTokenMs }) =>
		exampleObservation({
			trail: trail.map(entry),
			calls: calls.map(exampleCall),
			...(firstTokenMs === undefined ? {} : { firstTokenMs }),
		}),
	);

describe("the readings of a stage", () => {
	it("are counted by bin, and those of accepted answers once more", () => {
		const { confidence } = rowOf(
			exampleObservation({ trail: [entry({ outcome: "accepted", reason: "accepted", confidence: 0.93 })] }),
			exampleObservation({ trail: [entry({ confidence: 0.42 }), entry({ stage: "middle", confidence: 1 })] }),
			exampleObservation({ trail: [entry({ confidence: 0.44 })] }),
		);
		expect(confidence).toEqual({
			edge: { all: bins({ 8: 2, 18: 1 }), accepted: bins({ 18: 1 }) },
			middle: { all: bins({ 19: 1 }), accepted: bins({}) },
		});
	});

	it("are none where none was measured, as of the last stage", () => {
		const last = entry({ stage: "origin", outcome: "accepted", reason: "accepted", confidence: null, threshold: null });
		expect(rowOf(exampleObservation({ trail: [last] })).confidence).toEqual({});
	});
});

describe("the latency of a stage", () => {
	it("is of its calls for an answer, and not of samples and checkers", () => {
		const calls = [
			exampleCall({ ms: 100 }),
			exampleCall({ ms: 5_000, purpose: "sample" }),
			exampleCall({ ms: 9_000, purpose: "verify" }),
			exampleCall({ stage: "origin", ms: 1_000 }),
		];
		const { stageLatency } = rowOf(exampleObservation({ calls }));
		expect(Object.keys(stageLatency)).toEqual(["edge", "origin"]);
		expect((stageLatency["edge"]?.p99 ?? 0) / 100).toBeCloseTo(1, 1.6);
		expect((stageLatency["origin"]?.p50 ?? 0) / 1_000).toBeCloseTo(1, 1.6);
	});
});

describe("the time to the first token", () => {
	it("is of streams alone", () => {
		expect(rowOf(exampleObservation()).firstToken).toBeNull();
		const streams = [100, 200, 300].map((firstTokenMs) => exampleObservation({ stream: true, firstTokenMs }));
		const { firstToken } = rowOf(exampleObservation(), ...streams);
		expect((firstToken?.p50 ?? 0) / 200).toBeCloseTo(1, 1.6);
		expect((firstToken?.p99 ?? 0) / 200).toBeCloseTo(1, 1.6);
	});
});

describe("what is said of stages", () => {
	it("is the same in any order and grouping, through JSON too", () => {
		fc.assert(
			fc.property(fc.array(observation, { maxLength: 20 }), fc.nat(), (observations, cut) => {
				const parts = observations.map(usageOf);
				const at = parts.length === 0 ? 0 : cut % parts.length;
				const stored = JSON.parse(JSON.stringify(sumUsage(parts.slice(at).toReversed()))) as UsageTotals;
				const whole = sumUsage(parts);
				expect(sumUsage([stored, sumUsage(parts.slice(0, at))])).toEqual(whole);
				expect(usageRow(KEY, stored).confidence).toEqual(usageRow(KEY, sumUsage(parts.slice(at))).confidence);
			}),
		);
	});

	it("accounts for every reading, every call for an answer and every stream", () => {
		fc.assert(
			fc.property(fc.array(observation, { maxLength: 20 }), (observations) => {
				const totals = sumUsage(observations.map(usageOf));
				const { confidence } = usageRow(KEY, totals);
				const trail = observations.flatMap((each) => each.trail).filter(({ confidence: reading }) => reading !== null);
				const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);
				const readings = (which: "all" | "accepted") => sum(Object.values(confidence).flatMap((each) => each[which]));
				expect(readings("all")).toBe(trail.length);
				expect(readings("accepted")).toBe(trail.filter(({ outcome }) => outcome === "accepted").length);
				const answers = observations.flatMap(({ calls }) => calls).filter(({ purpose }) => purpose === "answer");
				const digests = Object.values(totals.stageLatency ?? {});
				expect(sum(digests.flatMap((digest) => Object.values(digest)))).toBe(answers.length);
				const streams = observations.filter(({ firstTokenMs }) => firstTokenMs !== undefined);
				expect(sum(Object.values(totals.firstToken ?? {}))).toBe(streams.length);
			}),
		);
	});

	it("is absent where there is nothing, as in totals that were stored before there was any of it", () => {
		const bare = exampleObservation({ trail: [], calls: [] });
		expect(stageUsageOf(bare)).toEqual({});
		for (const field of ["confidence", "stageLatency", "firstToken"])
			expect(sumUsage([usageOf(bare), usageOfAudit({ costUsd: 1 })])).not.toHaveProperty(field);
		expect(usageRow(KEY, usageOf(bare))).toMatchObject({ confidence: {}, stageLatency: {}, firstToken: null });
		const { confidence: _none, stageLatency: _neither, ...before } = usageOf(exampleObservation());
		expect(sumUsage([before, usageOf(exampleObservation())]).confidence).toEqual(
			usageOf(exampleObservation()).confidence,
		);
	});
});
