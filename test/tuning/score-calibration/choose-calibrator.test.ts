import { describe, expect, it } from "vitest";
import { fitCalibrator, restoreCalibrator } from "../../../src/tuning/score-calibration/choose-calibrator.ts";
import type { CalibratorParameters } from "../../../src/tuning/score-calibration/calibrator.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { fitted } from "./fitted.ts";

const random = seededRandom(3);
const scores = Array.from({ length: 1_000 }, random);
const verdicts = scores.map((score) => (random() < score ? 1 : 0));
const KINDS = ["isotonic", "platt", "temperature", "beta", "histogram"] as const;

describe("the map that suits the rows", () => {
	it("is isotonic from 1,000 scored rows on and Platt's below", () => {
		expect(fitted(fitCalibrator(scores, verdicts)).kind).toBe("isotonic");
		expect(fitted(fitCalibrator(scores.slice(1), verdicts.slice(1))).kind).toBe("platt");
		const unread = scores.map((score, row) => (row === 0 ? Number.NaN : score));
		expect(fitted(fitCalibrator(unread, verdicts)).kind).toBe("platt");
	});

	it.each(KINDS)("is %s where that is asked for, near the truth, and survives JSON", (kind) => {
		const calibrator = fitted(fitCalibrator(scores, verdicts, kind));
		expect(calibrator.kind).toBe(kind);
		const parameters = JSON.parse(JSON.stringify(calibrator.parameters)) as CalibratorParameters;
		const restored = restoreCalibrator(parameters);
		for (const score of [0, 0.05, 0.3, 0.5, 0.62, 0.95, 1]) {
			expect(restored.calibrate(score)).toBe(calibrator.calibrate(score));
			expect(Math.abs(calibrator.calibrate(score) - score)).toBeLessThan(0.2);
		}
	});

	it("is none without rows", () => {
		for (const kind of [undefined, ...KINDS])
			expect(fitCalibrator([], [], kind)).toEqual({ ok: false, error: "no-rows" });
	});
});
