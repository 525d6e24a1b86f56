import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betaMixtureUpper } from "../../../src/tuning/bounds/beta-mixture.ts";
import { humanCheck, type CheckedRows } from "../../../src/tuning/evidence/human-check.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";

const DELTA = 0.1;
const row = (foundRight: boolean, wrong: boolean | null, rows = 1): CheckedRows => ({ foundRight, wrong, rows });

describe("how people find the labeller", () => {
	it("is nothing until a person has said something", () => {
		expect(humanCheck([], DELTA)).toBeNull();
		expect(humanCheck([row(true, null), row(false, null)], DELTA)).toBeNull();
	});

	it("counts what both said, each in its place", () => {
		const rows = [row(true, false, 2), row(true, true, 3), row(false, true, 4), row(false, false, 5), row(true, false)];
		expect(humanCheck(rows, DELTA)).toEqual({
			n: 15,
			labelled: 15,
			unlabelled: 0,
			agreements: 7,
			missed: 3,
			overturned: 5,
			atMost: betaMixtureUpper(3, 15, DELTA),
			delta: DELTA,
		});
	});

	it("counts what has no verdict as missed where the labeller found it right, and not where it found it wrong", () => {
		const rows = [row(true, null), row(false, null), row(true, false)];
		expect(humanCheck(rows, DELTA)).toMatchObject({ n: 3, labelled: 1, unlabelled: 2, agreements: 1, missed: 1 });
	});

	it("counts what was given to somebody after the last that has a verdict, or who ends before a miss would choose", () => {
		const rows = [row(true, false), row(true, null), row(true, null)];
		expect(humanCheck(rows, DELTA)).toMatchObject({ n: 3, missed: 2, atMost: betaMixtureUpper(2, 3, DELTA) });
	});

	it("knows nothing where all that was found right was missed", () => {
		expect(humanCheck([row(true, true)], DELTA)?.atMost).toBe(1);
	});

	const rows = fc.array(
		fc.record({
			foundRight: fc.boolean(),
			wrong: fc.constantFrom<boolean | null>(true, false, null),
			rows: fc.integer({ min: 1, max: 5 }),
		}),
		{ maxLength: 60 },
	);

	it("adds up, whatever was said", () => {
		fc.assert(
			fc.property(rows, (given) => {
				const check = humanCheck(given, DELTA);
				if (check === null) return given.every(({ wrong }) => wrong === null);
				const { n, labelled, unlabelled, agreements, missed, overturned, atMost } = check;
				const unjudgedRight = given.reduce(
					(sum, each) => (each.foundRight && each.wrong === null ? sum + each.rows : sum),
					0,
				);
				expect(labelled + unlabelled).toBe(n);
				expect(n).toBe(given.reduce((sum, each) => sum + each.rows, 0));
				expect(agreements + overturned + missed - unjudgedRight).toBe(labelled);
				expect(atMost).toBe(betaMixtureUpper(missed, n, DELTA));
				return true;
			}),
		);
	});

	it("is never the better for leaving a verdict out", () => {
		fc.assert(
			fc.property(rows, fc.nat(), (given, at) => {
				const whole = [...given, row(true, false)];
				const position = at % whole.length;
				const without = whole.map((each, index) => (index === position ? { ...each, wrong: null } : each));
				const left = humanCheck(without, DELTA);
				if (left !== null) expect(left.atMost).toBeGreaterThanOrEqual(humanCheck(whole, DELTA)?.atMost ?? 1);
			}),
		);
	});

	it("bounds what the labeller misses at every look of those who may stop on whatever they see", () => {
		const random = seededRandom(11);
		const [MISSES, FOUND_RIGHT, RUNS] = [0.03, 0.9, 300];
		const known = new Map<string, number>();
		let everTooLow = 0;
		for (let run = 0; run < RUNS; run++) {
			let [right, missed, foundWrong, isTooLow] = [0, 0, 0, false];
			for (let page = 0; page < 60 && !isTooLow; page++)
				for (let each = 0; each < 5; each++) {
					if (random() >= FOUND_RIGHT) foundWrong += 1;
					else if (random() < MISSES / FOUND_RIGHT) missed += 1;
					else right += 1;
					// What is left of the page was given out with the rest of it.
					const unjudged = 4 - each;
					const key = `${missed} ${right} ${foundWrong} ${unjudged}`;
					const atMost =
						known.get(key) ??
						humanCheck(
							[
								row(true, false, right),
								row(true, true, missed),
								row(false, true, foundWrong),
								row(true, null, unjudged),
							],
							DELTA,
						)?.atMost ??
						1;
					known.set(key, atMost);
					isTooLow ||= atMost < MISSES;
				}
			if (isTooLow) everTooLow += 1;
		}
		expect(everTooLow / RUNS).toBeLessThanOrEqual(DELTA);
	});
});
