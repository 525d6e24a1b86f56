import { describe, expect, it } from "vitest";
import { fitBeta } from "../../../src/tuning/score-calibration/beta.ts";
import { fitHistogram } from "../../../src/tuning/score-calibration/histogram.ts";
import { logit, sigmoid } from "../../../src/tuning/score-calibration/logistic-curve.ts";
import { fitPlatt } from "../../../src/tuning/score-calibration/platt.ts";
import { fitTemperature } from "../../../src/tuning/score-calibration/temperature.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import vectors from "../../fixtures/tuning-vectors-metrics.json" with { type: "json" };
import { expectClose } from "../metrics/close-to.ts";
import { fitted } from "./fitted.ts";

const { conf, correct } = vectors.calibration_metrics;
const {
	platt_smoothed,
	platt_unsmoothed,
	temperature,
	beta_abc_unconstrained,
	platt_pred_first3,
	histogram_5bins_pred,
} = vectors.parametric_calibrators;

/** Scores s that are right with probability σ(slope · logit s + intercept). */
function simulated(rows: number, slope: number, intercept: number) {
	const random = seededRandom(11);
	const scores = Array.from({ length: rows }, random);
	return { scores, verdicts: scores.map((score) => (random() < sigmoid(slope * logit(score) + intercept) ? 1 : 0)) };
}

describe("Platt scaling", () => {
	it("is the reference's, smoothed and not", () => {
		const smoothed = fitted(fitPlatt(conf, correct));
		expectClose(
			smoothed.parameters.kind === "platt" ? [smoothed.parameters.slope, smoothed.parameters.intercept] : [],
			[platt_smoothed.a, platt_smoothed.b],
		);
		expectClose(conf.slice(0, 3).map(smoothed.calibrate), platt_pred_first3);
		const { parameters } = fitted(fitPlatt(conf, correct, { smoothed: false }));
		expectClose(parameters.kind === "platt" ? [parameters.slope, parameters.intercept] : [], [
			platt_unsmoothed.a,
			platt_unsmoothed.b,
		]);
	});

	it("finds the curve that made the verdicts", () => {
		const { scores, verdicts } = simulated(20_000, 0.5, -0.7);
		expect(fitted(fitPlatt(scores, verdicts)).parameters).toMatchObject({
			slope: expect.closeTo(0.5, 1),
			intercept: expect.closeTo(-0.7, 1),
		});
	});

	it("is finite, smoothed, where the scores part right from wrong or all rows are right; not otherwise", () => {
		const parted = [
			[0.1, 0.2, 0.8, 0.9],
			[0, 0, 1, 1],
		] as const;
		const { calibrate } = fitted(fitPlatt(...parted));
		expect(calibrate(0.9)).toBeGreaterThan(0.7);
		expect(calibrate(0.9)).toBeLessThan(0.9);
		expect(fitPlatt(...parted, { smoothed: false })).toEqual({ ok: false, error: "no-finite-fit" });
		expect(fitted(fitPlatt([0.2, 0.9], [1, 1])).calibrate(0.5)).toBeCloseTo(0.75, 9);
	});

	it("fits a level where all scores are equal, and takes certainties", () => {
		expect(fitted(fitPlatt([0.4, 0.4, 0.4], [1, 0, 0], { smoothed: false })).calibrate(0.9)).toBeCloseTo(1 / 3, 12);
		const { calibrate } = fitted(fitPlatt([0, 0, 1, 1, 1], [0, 1, 1, 1, 0], { smoothed: false }));
		expect([0, 1].map(calibrate)).toEqual([expect.closeTo(1 / 2, 9), expect.closeTo(2 / 3, 9)]);
	});

	it("gives nothing for nothing", () => {
		expect(fitPlatt([], [])).toEqual({ ok: false, error: "no-rows" });
		expect(fitPlatt([Number.NaN], [1])).toEqual({ ok: false, error: "no-rows" });
		expect(fitted(fitPlatt(conf, correct)).calibrate(Number.NaN)).toBeNaN();
	});
});

describe("temperature scaling", () => {
	it("is the reference's", () => {
		const { parameters, calibrate } = fitted(fitTemperature(conf, correct));
		expectClose(parameters.kind === "temperature" ? parameters.temperature : undefined, temperature.T);
		expectClose(calibrate(0.9), sigmoid(logit(0.9) * temperature.inv_T));
		expect(calibrate(0.5)).toBe(0.5);
	});

	it("has no temperature where scores are no better than chance, or perfect", () => {
		expect(fitTemperature([0.9, 0.1], [0, 1])).toEqual({ ok: false, error: "no-finite-fit" });
		expect(fitTemperature([0.9, 0.9, 0.9], [0, 0, 1])).toEqual({ ok: false, error: "not-rising" });
		expect(fitTemperature([0.9, 0.1], [1, 0])).toEqual({ ok: false, error: "no-finite-fit" });
		expect(fitTemperature([0.5], [1])).toEqual({ ok: false, error: "no-finite-fit" });
		expect(fitTemperature([], [])).toEqual({ ok: false, error: "no-rows" });
	});
});

describe("beta calibration", () => {
	it("is the reference's", () => {
		const { parameters } = fitted(fitBeta(conf, correct));
		const { a, b, c } = beta_abc_unconstrained;
		expectClose(parameters.kind === "beta" ? [parameters.a, parameters.b, parameters.c] : [], [a, b, c]);
	});

	it("never falls: a coefficient that would be negative is 0", () => {
		// Right most often in the middle, so that one end has to be given up.
		const { scores, verdicts } = simulated(2_000, 0, 0);
		const bent = scores.map((score, row) => (score > 0.9 ? 0 : score < 0.3 ? 0 : (verdicts[row] ?? 0)));
		for (const marks of [
			bent,
			bent.map((mark) => 1 - mark),
			scores.map((score) => (score < 0.5 ? 1 : 0)).map((mark, row) => (row % 5 === 0 ? 1 - mark : mark)),
		]) {
			const { parameters, calibrate } = fitted(fitBeta(scores, marks));
			expect(parameters.kind === "beta" && parameters.a >= 0 && parameters.b >= 0).toBe(true);
			const mapped = Array.from({ length: 101 }, (_, hundredth) => calibrate(hundredth / 100));
			expect(mapped.every((value, index) => value >= (mapped[index - 1] ?? 0))).toBe(true);
		}
	});

	it("keeps the coefficient that is not 0 at its best", () => {
		// One end of the scale turns down: first the low one, then the high one.
		for (const isTurned of [(score: number) => score < 0.1, (score: number) => score > 0.9]) {
			const { scores, verdicts } = simulated(2_000, 1, 0);
			const marks = scores.map((score, row) => (isTurned(score) ? 1 - (verdicts[row] ?? 0) : (verdicts[row] ?? 0)));
			const { parameters, calibrate } = fitted(fitBeta(scores, marks));
			const [a, b] = parameters.kind === "beta" ? [parameters.a, parameters.b] : [];
			expect(Math.min(a ?? -1, b ?? -1)).toBe(0);
			expect(Math.max(a ?? -1, b ?? -1)).toBeGreaterThan(0);
			// At the maximum the residuals are orthogonal to every feature that is fitted.
			const slope = (feature: (score: number) => number) =>
				scores.reduce((sum, score, row) => sum + (calibrate(score) - (marks[row] ?? 0)) * feature(score), 0);
			expect(slope(() => 1)).toBeCloseTo(0, 6);
			expect(slope((score) => (a === 0 ? -Math.log1p(-score) : Math.log(score)))).toBeCloseTo(0, 6);
		}
	});

	it("is found where whole steps of Newton's method would run away", () => {
		const scores = [1, 0.5956886294629332, 0, 0.06682651622240958, 0.2150422861810907, 0.6195196649978046, 1.59e-6];
		const { parameters } = fitted(fitBeta(scores, [1, 1, 0, 0, 0, 0, 0]));
		expect(parameters).toMatchObject({
			a: expect.closeTo(3.64, 2),
			b: expect.closeTo(0.206, 3),
			c: expect.closeTo(1.584, 3),
		});
	});

	it("gives nothing where there is nothing to fit", () => {
		expect(fitBeta([], [])).toEqual({ ok: false, error: "no-rows" });
		expect(fitBeta([0.1, 0.2, 0.9], [0, 0, 1])).toEqual({ ok: false, error: "no-finite-fit" });
		expect(fitBeta([0.1, 0.2, 0.9], [1, 1, 1])).toEqual({ ok: false, error: "no-finite-fit" });
	});
});

describe("histogram binning", () => {
	it("is the reference's", () => {
		const { parameters, calibrate } = fitted(fitHistogram(conf, correct, 5));
		expectClose(parameters.kind === "histogram" ? parameters.values : [], histogram_5bins_pred);
		expect([0, 0.2, 0.21, 1].map(calibrate)).toEqual([1 / 3, 1 / 3, 0.25, 0.8]);
		expect(calibrate(Number.NaN)).toBeNaN();
	});

	it("has in a bin without rows the share of all", () => {
		expect(fitted(fitHistogram([0.1, 0.9, 0.9], [0, 1, 1], 3)).calibrate(0.5)).toBeCloseTo(2 / 3, 14);
		expect(fitHistogram([Number.NaN], [1])).toEqual({ ok: false, error: "no-rows" });
	});
});
