import { describe, expect, it } from "vitest";
import { measureDesign } from "../../../src/tuning/design/measure-design.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { twoStageLog } from "../two-stage-log.ts";

const log = twoStageLog({ confidence: [0.9, 0.5, 0.5, Number.NaN], wrong: [1, 0, 1, 0], lastWrong: [0, 0, 0, 1] });
const costs = [Float64Array.of(1, 1, 2, 2), Float64Array.of(10, 20, 30, 40)];
const rows = Int32Array.of(0, 1, 2, 3);
const options = { costs, replicates: 500, random: seededRandom(1) };

describe("a measured cascade", () => {
	it("pays every model that it asked and is judged by the one that answered, a tie accepted", () => {
		const measured = measureDesign(log, rows, { design: [0, 1], thresholds: [0.5] }, options);
		expect(measured).toMatchObject({
			rows: 4,
			cost: (1 + 1 + 2 + 42) / 4,
			referenceCost: 25,
			relativeCost: { value: 46 / 100 },
			quality: 1 / 4,
			referenceQuality: 3 / 4,
			qualityDifference: { value: -1 / 2 },
			answeredShares: [3 / 4, 1 / 4],
		});
	});

	it("is the last model's answer whatever its confidence where nothing else is accepted", () => {
		const measured = measureDesign(log, rows, { design: [0], thresholds: [] }, options);
		expect(measured).toMatchObject({ cost: 1.5, quality: 1 / 2, answeredShares: [1] });
	});

	it("looks at the given rows alone", () => {
		const measured = measureDesign(log, Int32Array.of(2), { design: [1], thresholds: [] }, options);
		expect(measured).toMatchObject({
			rows: 1,
			cost: 30,
			quality: 1,
			relativeCost: { value: 1, interval: { lower: 1, upper: 1 } },
		});
	});

	it("has intervals that hold the value and pair each row's design with its reference", () => {
		const { relativeCost, qualityDifference } = measureDesign(
			log,
			rows,
			{ design: [0, 1], thresholds: [0.5] },
			options,
		);
		expect(relativeCost.interval.lower).toBeLessThan(relativeCost.value);
		expect(relativeCost.interval.upper).toBeGreaterThan(relativeCost.value);
		expect(qualityDifference.interval.lower).toBeGreaterThanOrEqual(-1);
		const same = measureDesign(log, rows, { design: [1], thresholds: [] }, options);
		expect(same.qualityDifference.interval).toEqual({ lower: 0, upper: 0 });
	});
});
