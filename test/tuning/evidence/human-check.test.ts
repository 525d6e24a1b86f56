import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clopperPearsonUpper } from "../../../src/tuning/bounds/clopper-pearson.ts";
import { humanCheck, type CheckedRow } from "../../../src/tuning/evidence/human-check.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";

const DELTA = 0.1;
const row = (foundRight: boolean, wrong: boolean | null): CheckedRow => ({ foundRight, wrong });

describe("how people find the labeller", () => {
	it("is nothing until a person has said something", () => {
		expect(humanCheck([], DELTA)).toBeNull();
		expect(humanCheck([row(true, null), row(false, null)], DELTA)).toBeNull();
	});

	it("counts what both said, each in its place", () => {
		const rows = [row(true, false), row(true, true), row(false, true), row(false, false), row(true, false)];
		expect(humanCheck(rows, DELTA)).toEqual({
			n: 5,
			labelled: 5,
			unlabelled: 0,
			agreements: 3,
			missed: 1,
			overturned: 1,
			atMost: clopperPearsonUpper(1, 5, DELTA),
			delta: DELTA,
		});
	});

	it("counts what was passed over as missed where the labeller found it right, and not where it found it wrong", () => {
		const rows = [row(true, null), row(false, null), row(true, false)];
		expect(humanCheck(rows, DELTA)).toMatchObject({ n: 3, labelled: 1, unlabelled: 2, agreements: 1, missed: 1 });
	});

	it("ends with the newest that a person has judged, since nobody has come to the rest", () => {
		const rows = [row(true, false), row(true, null), row(true, null)];
		expect(humanCheck(rows, DELTA)).toMatchObject({ n: 1, missed: 0, atMost: clopperPearsonUpper(0, 1, DELTA) });
		expect(humanCheck([...rows, row(false, true)], DELTA)).toMatchObject({ n: 4, missed: 2 });
	});

	it("knows nothing where all that was found right was missed", () => {
		expect(humanCheck([row(true, true)], DELTA)?.atMost).toBe(1);
	});

	const rows = fc.array(
		fc.record({ foundRight: fc.boolean(), wrong: fc.constantFrom<boolean | null>(true, false, null) }),
		{ maxLength: 60 },
	);

	it("adds up, whatever was said", () => {
		fc.assert(
			fc.property(rows, (given) => {
				const check = humanCheck(given, DELTA);
				if (check === null) return given.every(({ wrong }) => wrong === null);
				const { n, labelled, unlabelled, agreements, missed, overturned, atMost } = check;
				const passedOverRight = given.slice(0, n).filter((each) => each.foundRight && each.wrong === null).length;
				expect(labelled + unlabelled).toBe(n);
				expect(agreements + overturned + missed - passedOverRight).toBe(labelled);
				expect(atMost).toBe(clopperPearsonUpper(missed, n, DELTA));
				return true;
			}),
		);
	});

	it("is never the better for leaving a verdict out that is not the last", () => {
		fc.assert(
			fc.property(rows, fc.nat(), (given, at) => {
				const whole = [...given, row(true, false)];
				const position = at % whole.length;
				if (position === whole.length - 1) return;
				const without = whole.map((each, index) => (index === position ? { ...each, wrong: null } : each));
				expect(humanCheck(without, DELTA)?.atMost).toBeGreaterThanOrEqual(humanCheck(whole, DELTA)?.atMost ?? 1);
			}),
		);
	});

	it("bounds what the labeller misses, in at least as many checks as it says", () => {
		const random = seededRandom(11);
		const MISSES = 0.06;
		let tooLow = 0;
		for (let check = 0; check < 1_000; check++) {
			const drawn = Array.from({ length: 80 }, () => row(random() < 0.9, random() < MISSES / 0.9));
			if ((humanCheck(drawn, DELTA)?.atMost ?? 1) < MISSES) tooLow += 1;
		}
		expect(tooLow).toBeLessThanOrEqual(120);
		expect(tooLow).toBeGreaterThan(0);
	});
});
