import { describe, expect, it } from "vitest";
import { duel } from "../../../tools/guarantee/head-to-head.ts";
import {
	alwaysLarge,
	alwaysSmall,
	cascadeAt,
	cascadeCurve,
	cheapestAt,
	coinCost,
	costsOf,
	fitLengthGate,
	routerCurve,
} from "../../../tools/guarantee/routing.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { twoStageLog } from "../two-stage-log.ts";

/** Four questions; a small call costs 1, a large one 4; the small model is right on the first two. */
const log = twoStageLog({
	confidence: [0.9, 0.6, 0.6, Number.NaN],
	wrong: [0, 0, 1, 1],
	lastWrong: [0, 1, 0, 0],
	small: { costUsd: new Float64Array(4).fill(1) },
	large: { costUsd: new Float64Array(4).fill(4) },
});

describe("what ways to use two models cost, and how often they are right", () => {
	it("one model alone pays for itself alone", () => {
		expect(alwaysLarge(log)).toEqual({ cost: 4, quality: 0.75 });
		expect(alwaysSmall(log)).toEqual({ cost: 1, quality: 0.5 });
	});

	it("a cascade pays the small model always and the large one where it escalates; a missing reading escalates", () => {
		expect(cascadeAt(log, 0.9)).toEqual({ cost: 1 + 3, quality: 0.75 });
		expect(cascadeAt(log, 0.6)).toEqual({ cost: 1 + 1, quality: 0.75 });
		expect(cascadeAt(log, 2)).toEqual({ cost: 5, quality: 0.75 });
	});

	it("its curve has a point for each tie, and agrees with the thresholds", () => {
		const points = cascadeCurve({
			...log,
			rows: 3,
			stages: log.stages.map((stage) => ({
				...stage,
				confidence: stage.confidence.slice(0, 3),
				wrong: stage.wrong.slice(0, 3),
				costUsd: stage.costUsd.slice(0, 3),
			})),
		});
		expect(points.length).toBe(3);
		expect(points[0]?.cost).toBeCloseTo(5, 12);
		expect(points[1]?.cost).toBeCloseTo(1 + 8 / 3, 12);
		expect(points[2]).toMatchObject({
			cost: expect.closeTo(1, 12) as number,
			quality: expect.closeTo(2 / 3, 12) as number,
		});
	});

	it("a router pays for one model a request", () => {
		const points = routerCurve(log, Float64Array.of(4, 3, 2, 1));
		expect(points.map(({ cost }) => cost)).toEqual([4, 3.25, 2.5, 1.75, 1]);
		expect(points.map(({ quality }) => quality)).toEqual([0.75, 0.75, 1, 0.75, 0.5]);
	});

	it("the cheapest point of a quality need not be the last that has it; there may be none", () => {
		const points = routerCurve(log, Float64Array.of(4, 3, 2, 1));
		expect(cheapestAt(points, 0.75)).toBe(1.75);
		expect(cheapestAt(points, 1)).toBe(2.5);
		expect(cheapestAt(points.slice(0, 2), 0.9)).toBeNull();
	});

	it("a coin reaches every quality between the two models in proportion, and none above", () => {
		expect(coinCost(log, 0.625)).toBeCloseTo(2.5, 12);
		expect(coinCost(log, 0.4)).toBe(1);
		expect(coinCost(log, 0.8)).toBeNull();
	});

	it("without recorded costs a large call counts ten small ones", () => {
		const { small, large, isNominal } = costsOf(twoStageLog({ confidence: [1], wrong: [0] }));
		expect([small[0], large[0], isNominal]).toEqual([1, 10, true]);
	});
});

describe("a gate on the prompt's length", () => {
	const random = seededRandom(1);
	const inputTokens = Float64Array.from({ length: 400 }, () => 10 + Math.floor(990 * random()));
	/** Short and long prompts go well, those between do not. */
	const wrong = Array.from(inputTokens, (tokens) => (tokens > 60 && tokens < 500 ? 1 : 0));
	const gated = {
		...twoStageLog({
			confidence: wrong.map(() => random()),
			wrong,
			small: { costUsd: new Float64Array(400).fill(1) },
			large: { costUsd: new Float64Array(400).fill(10) },
		}),
		features: { inputTokens },
	};

	it("learns a middle that is bad, and is nothing where lengths are unknown", () => {
		const scores = fitLengthGate(gated, gated) ?? expect.unreachable();
		const meanOf = (wanted: number) => {
			const picked = scores.filter((_, row) => wrong[row] === wanted);
			return picked.reduce((sum, score) => sum + score, 0) / picked.length;
		};
		expect(meanOf(0)).toBeGreaterThan(meanOf(1) + 0.3);
		expect(fitLengthGate(log, log)).toBeUndefined();
	});

	it("beats a cascade whose confidence says nothing, and the duel says so", () => {
		const rounds = duel(gated, { splits: 5, seed: 1 }) ?? expect.unreachable();
		expect(rounds.map(({ margin }) => margin)).toEqual([0, 0.01, 0.02, 0.05]);
		expect(rounds.at(-1)?.gateWins).toBe(5);
		expect(rounds.every(({ cascade }) => cascade >= 0)).toBe(true);
		expect(duel(log, { splits: 1, seed: 1 })).toBeUndefined();
	});
});
