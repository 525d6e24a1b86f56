import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseThreshold, type SelectionRequest } from "../../../src/tuning/selection/choose-threshold.ts";
import { countAcceptances } from "../../../src/tuning/selection/count-acceptances.ts";
import { fixedSequence } from "../../../src/tuning/selection/fixed-sequence.ts";
import { pValue } from "../../../src/tuning/selection/risk.ts";
import { thresholdPath } from "../../../src/tuning/selection/threshold-path.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { twoStageLog } from "../two-stage-log.ts";
import { countFalse, drawSeed, isMoreThan } from "./trials.ts";

const request = { risk: "selective", target: 0.1, delta: 0.1 } as const;
const TRIALS = 300;

/** Risk 0.102 everywhere, so whatever is certified is false. */
function drawUseless(random: () => number, rows = 500) {
	const confidence = Float64Array.from({ length: rows }, random);
	return { confidence, wrong: Uint8Array.from({ length: rows }, () => (random() < 0.102 ? 1 : 0)) };
}

describe("trap: thresholds or a start chosen with the labels that are tested", () => {
	it("certifies what is false if testing begins where the labels look best", () => {
		const count = countFalse(TRIALS, 1, (random) => {
			const { confidence, wrong } = drawUseless(random);
			const { thresholds } = thresholdPath(confidence);
			const counts = countAcceptances(confidence, wrong, new Uint8Array(500), thresholds);
			const pValues = counts.map((each) => pValue("selective", each, 0.1));
			const best = pValues.indexOf(Math.min(...pValues));
			return fixedSequence(pValues, { delta: 0.1, starts: [best] }).chosen !== null;
		});
		expect(isMoreThan(0.1, count, TRIALS)).toBe(true);
	});

	it("does not as thresholds are chosen", () => {
		const count = countFalse(
			TRIALS,
			2,
			(random) => chooseThreshold(twoStageLog(drawUseless(random)), { ...request, seed: drawSeed(random) }).certified,
		);
		expect(isMoreThan(0.1, count, TRIALS)).toBe(false);
	});
});

describe("the path and the start depend on no label and on no score that is tested", () => {
	const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 80 });
	const requests: SelectionRequest[] = (["selective", "joint", "regret"] as const).map((risk) => ({
		...request,
		risk,
		seed: 3,
	}));

	it.each(requests)("turning every label round changes neither: $risk", (each) => {
		fc.assert(
			fc.property(scores, fc.nat(), (confidence, seed) => {
				const random = seededRandom(seed % 2 ** 31);
				const wrong = confidence.map(() => (random() < 0.5 ? 1 : 0));
				const one = chooseThreshold(twoStageLog({ confidence, wrong, lastWrong: wrong }), each);
				const turned = wrong.map((mark) => 1 - mark);
				const other = chooseThreshold(twoStageLog({ confidence, wrong: turned }), each);
				expect(other.path).toEqual(one.path);
				expect(other.pathRows).toEqual(one.pathRows);
				expect(other.tested[0]?.index).toBe(one.tested[0]?.index);
			}),
		);
	});

	it.each(requests)("other scores of the tested rows change neither: $risk", (each) => {
		fc.assert(
			fc.property(scores, (confidence) => {
				const wrong = confidence.map(() => 0);
				const one = chooseThreshold(twoStageLog({ confidence, wrong }), each);
				const isTested = new Set(one.calibrationRows);
				const moved = confidence.map((score, row) => (isTested.has(row) ? 1 - score : score));
				const other = chooseThreshold(twoStageLog({ confidence: moved, wrong }), each);
				expect(other.path).toEqual(one.path);
				expect(other.tested[0]?.index).toBe(one.tested[0]?.index);
			}),
		);
	});

	it("no row lays the path and is tested too", () => {
		fc.assert(
			fc.property(scores, (confidence) => {
				const { pathRows, calibrationRows } = chooseThreshold(
					twoStageLog({ confidence, wrong: confidence.map(() => 0) }),
					{ ...request, seed: 9 },
				);
				const all = [...pathRows, ...calibrationRows];
				expect(new Set(all).size).toBe(all.length);
				expect(all.length).toBe(confidence.length);
			}),
		);
	});
});

describe("trap: starting at the first threshold that accepts thirty of the tested rows", () => {
	it("a start is a share of the path's rows, whatever the tested rows hold", () => {
		// All tested rows are below every threshold, so none has thirty of them: the start is where it was.
		const confidence = Array.from({ length: 400 }, (_, row) => (row + 1) / 400);
		const plain = chooseThreshold(twoStageLog({ confidence, wrong: confidence.map(() => 0) }), { ...request, seed: 4 });
		const isTested = new Set(plain.calibrationRows);
		const emptied = confidence.map((score, row) => (isTested.has(row) ? 0 : score));
		const selection = chooseThreshold(twoStageLog({ confidence: emptied, wrong: confidence.map(() => 0) }), {
			...request,
			seed: 4,
		});
		expect(selection.tested[0]?.index).toBe(plain.tested[0]?.index);
		expect(selection.certified).toBe(false);
	});
});
