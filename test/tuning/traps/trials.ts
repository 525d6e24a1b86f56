import { violationPValue } from "../../../tools/guarantee/violation-test.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";

/** Of this many trials, those that ended with a false certificate. */
export function countFalse(trials: number, seed: number, isFalse: (random: () => number) => boolean): number {
	const random = seededRandom(seed);
	let count = 0;
	for (let trial = 0; trial < trials; trial++) if (isFalse(random)) count++;
	return count;
}

/** Whether so many false certificates are more than delta explains, at one in ten thousand. */
export function isMoreThan(delta: number, count: number, trials: number): boolean {
	return violationPValue(count, trials, delta) < 1e-4;
}

/** A seed for one draw of a procedure. */
export function drawSeed(random: () => number): number {
	return Math.floor(random() * 2 ** 31);
}
