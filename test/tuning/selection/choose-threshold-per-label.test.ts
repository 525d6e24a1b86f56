import { describe, expect, it } from "vitest";
import { chooseThreshold, chooseThresholdPerLabel } from "../../../src/tuning/selection/choose-threshold.ts";
import { twoStageLog } from "../two-stage-log.ts";

const rows = Array.from({ length: 900 }, (_, row) => row);
const log = twoStageLog({
	confidence: rows.map((row) => row / 900),
	wrong: rows.map((row) => (row % 3 === 0 ? 0 : 1)),
	small: { label: rows.map((row) => (row % 3 === 0 ? "spam" : "ham")) },
});
const request = { risk: "selective", target: 0.1, delta: 0.1, seed: 1 } as const;

describe("a threshold for each label", () => {
	it("is chosen on the rows of that label with an equal share of delta", () => {
		const selections = chooseThresholdPerLabel(log, { ...request, labels: ["spam", "ham", "other"] });
		expect(selections.map(({ label, selection }) => [label, selection.certified])).toEqual([
			["spam", true],
			["ham", false],
			["other", false],
		]);
		for (const { label, delta, selection } of selections) {
			expect(delta).toBe(0.1 / 3);
			expect(selection).toEqual(chooseThreshold(log, { ...request, delta: 0.1 / 3, onLabel: label }));
		}
	});

	it("needs labels, each once", () => {
		expect(() => chooseThresholdPerLabel(log, { ...request, labels: [] })).toThrow(RangeError);
		expect(() => chooseThresholdPerLabel(log, { ...request, labels: ["spam", "spam"] })).toThrow(RangeError);
	});
});
