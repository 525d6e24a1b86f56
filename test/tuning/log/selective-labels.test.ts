import { describe, expect, it } from "vitest";
import { labelSelection } from "../../../src/tuning/log/selective-labels.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";

/** Confidences that are uniform, and labels by a rule. */
function labels(rows: number, seed: number, isLabelled: (confidence: number, random: () => number) => boolean) {
	const random = seededRandom(seed);
	const confidence = Float64Array.from({ length: rows }, random);
	return labelSelection(
		confidence,
		Uint8Array.from(confidence, (value) => (isLabelled(value, random) ? 1 : 0)),
	);
}

describe("labels", () => {
	it("that were drawn at random are taken as such", () => {
		let refused = 0;
		for (let seed = 0; seed < 200; seed++) if (labels(400, seed, (_, random) => random() < 0.2).isSelective) refused++;
		expect(refused).toBeLessThanOrEqual(2);
	});

	it("of escalated requests alone are told from a random draw, in few rows too", () => {
		const selection = labels(60, 1, (confidence) => confidence < 0.5);
		expect(selection.isSelective).toBe(true);
		expect(selection.labelledMean).toBeLessThan(selection.unlabelledMean);
		expect(selection.distance).toBe(1);
	});

	it("of escalated requests and a few accepted ones are too: pooling them is the same trap", () => {
		expect(labels(2_000, 2, (confidence, random) => confidence < 0.5 || random() < 0.05).isSelective).toBe(true);
	});

	it("are not selective where all rows have one, and a row without a confidence counts for neither", () => {
		expect(labels(50, 3, () => true)).toMatchObject({ isSelective: false, labelled: 50, unlabelled: 0 });
		const confidence = Float64Array.of(Number.NaN, Number.NaN, 0.4, 0.6);
		expect(labelSelection(confidence, Uint8Array.of(0, 0, 1, 1))).toMatchObject({ labelled: 2, unlabelled: 0 });
	});

	it("may be drawn among ties", () => {
		const confidence = Float64Array.from({ length: 200 }, (_, row) => row % 2);
		const labelled = Uint8Array.from({ length: 200 }, (_, row) => (row % 4 < 2 ? 1 : 0));
		expect(labelSelection(confidence, labelled)).toMatchObject({ isSelective: false, distance: 0 });
	});
});
