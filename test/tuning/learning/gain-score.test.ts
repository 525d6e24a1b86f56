import { describe, expect, it } from "vitest";
import { gainOf, trainGain } from "../../../src/tuning/learning/gain-score.ts";
import { learnedScores, trainLearned, withConfidence } from "../../../src/tuning/learning/train-learned.ts";
import { areaUnderRoc } from "../../../src/tuning/metrics/ranking.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { chooseThreshold } from "../../../src/tuning/selection/choose-threshold.ts";
import { twoStageLog } from "../two-stage-log.ts";

/**
 * Three kinds of question, told apart by two features: easy for both, hard for both (escalating is paid for nothing), and
 * those that only the large model answers.
 */
function specialistLog(rows: number, seed: number) {
	const random = seededRandom(seed);
	const kinds = Array.from({ length: rows }, () => Math.floor(random() * 3));
	const chance = (byKind: readonly number[]) => kinds.map((kind) => (random() < (byKind[kind] as number) ? 1 : 0));
	return twoStageLog({
		confidence: new Float64Array(rows).fill(0.5),
		wrong: chance([0.05, 0.8, 0.7]),
		lastWrong: chance([0.04, 0.79, 0.1]),
		small: {
			features: {
				meanLogprob: Float64Array.from(kinds, (kind) => (kind === 0 ? -0.1 : -1) + 0.3 * (random() - 0.5)),
				meanEntropy: Float64Array.from(kinds, (kind) => (kind === 1 ? 2 : 1) + 0.3 * (random() - 0.5)),
			},
		},
	});
}

describe("a gain score", () => {
	const fitting = specialistLog(3_000, 1);
	const rest = specialistLog(3_000, 2);
	const gain = trainGain(fitting, 0, { seed: 1 });
	const confidence = trainLearned(fitting, 0, { seed: 1 });
	if (!gain.ok || !confidence.ok) throw new Error("must train");
	const scoresOf = (model: typeof gain.value.model) => learnedScores(rest.stages[0]?.features, rest.rows, model);

	it("is the expected gain of escalating, mapped to a confidence that says keep", () => {
		expect([gainOf(0), gainOf(0.5), gainOf(1)]).toEqual([1, 0, -1]);
		// The mean over the rows is what escalating everything would gain.
		const [small, last] = fitting.stages.map(
			({ wrong }) => wrong.reduce((sum, value) => sum + value, 0) / fitting.rows,
		);
		const fitted = learnedScores(fitting.stages[0]?.features, fitting.rows, gain.value.model);
		const meanGain = fitted.reduce((sum, score) => sum + gainOf(score), 0) / fitting.rows;
		expect(meanGain).toBeCloseTo((small as number) - (last as number), 8);
	});

	it("keeps what the large model would get wrong as well, which confidence escalates", () => {
		const isWorthKeeping = Array.from(
			{ length: rest.rows },
			(_, row) => !(rest.stages[0]?.wrong[row] === 1 && rest.stages[1]?.wrong[row] === 0),
		);
		const byGain = areaUnderRoc([...scoresOf(gain.value.model)], isWorthKeeping) as number;
		const byConfidence = areaUnderRoc([...scoresOf(confidence.value.model)], isWorthKeeping) as number;
		expect(byGain).toBeGreaterThan(byConfidence + 0.15);
	});

	it("certifies more coverage at the same regret", () => {
		const coverageOf = (model: typeof gain.value.model) => {
			const scored = withConfidence(rest, 0, scoresOf(model));
			const selection = chooseThreshold(scored, { risk: "regret", target: 0.03, delta: 0.1, seed: 1 });
			return (selection.counts?.accepted ?? 0) / (selection.counts?.rows ?? 1);
		};
		expect(coverageOf(gain.value.model)).toBeGreaterThan(coverageOf(confidence.value.model) + 0.2);
	});

	it("is fitted on rows where both models are labelled", () => {
		const wrong = [1, 0, 1, 0, 1];
		const features = { meanLogprob: Float64Array.of(-3, -1, -2, -2.5, -1.5) };
		const log = twoStageLog({
			confidence: new Float64Array(5),
			wrong,
			small: { features, labelled: Uint8Array.of(0, 1, 1, 1, 1) },
			large: { labelled: Uint8Array.of(1, 1, 1, 1, 0) },
		});
		const trained = trainGain(log, 0, { seed: 1 });
		expect(trained.ok && trained.value.rows).toBe(3);
	});

	it("is not trained where one model is always right alone", () => {
		const features = { meanLogprob: Float64Array.of(-1, -2) };
		const log = twoStageLog({ confidence: [0, 0], wrong: [1, 1], small: { features } });
		expect(trainGain(log, 0, { seed: 1 })).toEqual({ ok: false, error: { kind: "one-class" } });
	});
});
