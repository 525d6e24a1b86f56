import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CascadeLog } from "../../../src/tuning/log/cascade-log.ts";
import { deferralCurve } from "../../../src/tuning/metrics/deferral-curve.ts";
import { cascadeLatency } from "../../../src/tuning/metrics/latency.ts";
import { measureCascade } from "../../../src/tuning/metrics/operating-point.ts";
import { logOfPairs } from "./pairs.ts";

const { NaN: unknown } = Number;
const three: CascadeLog = {
	rows: 4,
	ids: ["a", "b", "c", "d"],
	stages: [
		{
			model: "tiny",
			confidence: Float64Array.of(0.9, 0.1, 0.1, unknown),
			wrong: Uint8Array.of(1, 0, 1, 0),
			costUsd: Float64Array.of(1, 1, 1, 1),
			latencyMs: Float64Array.of(10, 20, 30, 40),
		},
		{
			model: "small",
			confidence: Float64Array.of(0, 0.8, 0.2, 0.5),
			wrong: Uint8Array.of(0, 0, 1, 1),
			costUsd: Float64Array.of(2, 2, 2, 2),
			latencyMs: Float64Array.of(100, 200, 300, 400),
		},
		{
			model: "large",
			confidence: new Float64Array(4).fill(unknown),
			wrong: Uint8Array.of(0, 0, 0, 1),
			costUsd: Float64Array.of(10, 10, 10, 10),
			latencyMs: Float64Array.of(1_000, 2_000, 3_000, unknown),
		},
	],
};

describe("a cascade replayed", () => {
	it("pays for every stage up to the one that answers", () => {
		expect(measureCascade(three, [0.9, 0.5])).toEqual({
			rows: 4,
			answered: [0.25, 0.5, 0.25],
			escalation: 0.25,
			quality: 0.5,
			selectiveRisk: 2 / 3,
			costUsd: (1 + 3 + 13 + 3) / 4,
			saving: 1 - 5 / 10,
			isCostEstimated: false,
		});
	});

	it("accepts nothing at null, and has no risk then", () => {
		expect(measureCascade(three, [null, null])).toMatchObject({
			answered: [0, 0, 1],
			selectiveRisk: null,
			costUsd: 13,
			saving: 1 - 1.3,
		});
	});

	it("counts shadowing and judging of what is accepted, and a gate of everything", () => {
		const costs = { shadowRate: 0.1, judgeCostUsd: 2, gateCostUsd: 0.5 };
		expect(measureCascade(three, [0.9, 0.5], costs)?.costUsd).toBeCloseTo(5 + 0.5 + (3 * 0.1 * 12) / 4, 12);
	});

	it("takes an unknown price at its stage's mean and says so; a stage without any has none", () => {
		const priced = (costUsd: Float64Array): CascadeLog => ({
			...three,
			stages: three.stages.with(2, { ...(three.stages[2] as CascadeLog["stages"][0]), costUsd }),
		});
		expect(measureCascade(priced(Float64Array.of(10, unknown, 14, unknown)), [0.9, 0.5])).toMatchObject({
			costUsd: (1 + 3 + 17 + 3) / 4,
			saving: 1 - 6 / 12,
			isCostEstimated: true,
		});
		expect(measureCascade(priced(new Float64Array(4).fill(unknown)), [0.9, 0.5])).toMatchObject({
			costUsd: null,
			saving: null,
			isCostEstimated: false,
		});
	});

	it("looks only at rows that have every label", () => {
		const [tiny, small, large] = three.stages as [
			CascadeLog["stages"][0],
			CascadeLog["stages"][0],
			CascadeLog["stages"][0],
		];
		const partly = { ...three, stages: [tiny, { ...small, labelled: Uint8Array.of(1, 1, 1, 0) }, large] };
		expect(measureCascade(partly, [0.9, 0.5])).toMatchObject({ rows: 3, selectiveRisk: 0.5 });
		expect(measureCascade({ ...three, labelled: new Uint8Array(4) }, [0.9, 0.5])).toBeUndefined();
	});

	it("has no saving over a model that costs nothing", () => {
		const free = { ...three, stages: three.stages.map((stage) => ({ ...stage, costUsd: new Float64Array(4) })) };
		expect(measureCascade(free, [0.9, 0.5], { gateCostUsd: 1 })).toMatchObject({ costUsd: 1, saving: null });
	});

	it("needs a threshold for each stage but the last", () => {
		expect(() => measureCascade(three, [0.9])).toThrow(RangeError);
		expect(() => measureCascade({ ...three, stages: [] }, [])).toThrow(RangeError);
		expect(() => cascadeLatency(three, [])).toThrow(RangeError);
	});

	it("is at every threshold the point of the deferral curve", () => {
		const pair = fc.record({
			confidence: fc.constantFrom(0, 0.4, 0.8, unknown),
			small: fc.boolean(),
			large: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.array(pair, { minLength: 1 }), (pairs) => {
				const log = logOfPairs(pairs);
				for (const { threshold, escalation, quality, costUsd, selectiveRisk } of deferralCurve(log)?.points ?? []) {
					if (threshold === null && escalation < 1) continue;
					const point = measureCascade(log, [threshold]);
					expect(point).toMatchObject({ escalation, quality });
					expect(point?.costUsd).toBeCloseTo(costUsd as number, 12);
					expect(point?.selectiveRisk ?? -1).toBeCloseTo(selectiveRisk ?? -1, 12);
				}
			}),
		);
	});
});

describe("the latency of a cascade", () => {
	it("is of every stage that was asked, by who answered", () => {
		expect(cascadeLatency(three, [0.9, 0.5])).toEqual({
			// 10, 220, 440 accepted; 3,330 escalated.
			all: {
				rows: 4,
				p50: 330,
				p95: expect.closeTo(440 + 0.85 * 2_890, 9),
				p99: expect.closeTo(440 + 0.97 * 2_890, 9),
			},
			accepted: { rows: 3, p50: 220, p95: expect.closeTo(418, 9), p99: expect.closeTo(435.6, 9) },
			escalated: { rows: 1, p50: 3_330, p95: 3_330, p99: 3_330 },
			lastOnly: { rows: 3, p50: 2_000, p95: expect.closeTo(2_900, 9), p99: expect.closeTo(2_980, 9) },
		});
	});

	it("is null where none is known", () => {
		expect(cascadeLatency(logOfPairs([{ confidence: 0.5, small: true, large: true, latencyLarge: 3 }]), [0.5])).toEqual(
			{
				all: null,
				accepted: null,
				escalated: null,
				lastOnly: { rows: 1, p50: 3, p95: 3, p99: 3 },
			},
		);
	});
});
