import { seededRandom } from "../seeded-random.ts";
import { alarmAlternatives } from "./alarm.ts";
import { logLikelihoodRatio } from "./e-detectors.ts";

const RUNS = 400;
const SEED = 90;

/** How long the alarm takes on average to notice. */
export interface DetectionDelay {
	readonly labels: number;
	/** Accepted requests in that time. */
	readonly accepted: number;
}

/**
 * How many labels, and accepted requests, pass on average from the moment at which the risk becomes `badRisk` until the alarm of
 * risk `alpha` at `level`, if nothing was suspected before (the worst case: what was seen before only helps). Null where the
 * risk is so little above `alpha` that the alarm need not ever notice. The mean of 400 simulated runs with a fixed seed,
 * so the same question has the same answer; about 3% off.
 *
 * `auditShare`: of accepted requests that get a label, above 0. `labelsPerStep`: labels in a bucket, on average.
 */
export function detectionDelay(input: {
	readonly alpha: number;
	readonly level: number;
	readonly badRisk: number;
	readonly auditShare: number;
	readonly labelsPerStep?: number;
}): DetectionDelay | null {
	const { alpha, level, badRisk, auditShare, labelsPerStep = 1 } = input;
	if (!(alpha > 0 && alpha < 1)) throw new RangeError("alpha must lie between 0 and 1");
	if (!(badRisk >= 0 && badRisk <= 1)) throw new RangeError("badRisk is a share");
	if (!(auditShare > 0 && auditShare <= 1)) throw new RangeError("auditShare is a share above 0");
	const alternatives = alarmAlternatives(alpha);
	// The mean of a step: what is shown, label by label, by the best of the alternatives.
	if (!alternatives.some((risk) => logLikelihoodRatio(badRisk, 1, alpha, risk) > 0)) return null;
	const random = seededRandom(SEED);
	const size = Math.max(1, Math.round(labelsPerStep));
	let labels = 0;
	for (let run = 0; run < RUNS; run++)
		labels += labelsUntilAlarm({ alpha, level, badRisk, size, alternatives, random });
	return { labels: labels / RUNS, accepted: labels / RUNS / auditShare };
}

/** One run, from wrong answer to wrong answer: what right ones do between them is known in closed form. */
function labelsUntilAlarm(run: {
	readonly alpha: number;
	readonly level: number;
	readonly badRisk: number;
	readonly size: number;
	readonly alternatives: readonly number[];
	readonly random: () => number;
}): number {
	const { alpha, level, badRisk, size, alternatives, random } = run;
	const detectors = alternatives.map((risk) => ({
		wrong: risk / alpha,
		right: (1 - risk) / (1 - alpha),
		value: 0,
		open: 1,
	}));
	let labels = 0;
	let inStep = 0;
	for (;;) {
		let rights = Math.floor(Math.log(1 - random()) / Math.log1p(-badRisk));
		while (rights > 0) {
			const steps = inStep === 0 ? Math.floor(rights / size) : 0;
			const taken = steps > 0 ? steps * size : Math.min(rights, size - inStep);
			for (const detector of detectors) {
				if (steps > 0) detector.value = afterRightSteps(detector.value, detector.right ** size, steps);
				else detector.open *= detector.right ** taken;
			}
			rights -= taken;
			labels += taken;
			inStep = steps > 0 ? 0 : inStep + taken;
			if (inStep === size && closeStep()) return labels;
		}
		for (const detector of detectors) detector.open *= detector.wrong;
		labels += 1;
		inStep += 1;
		if (inStep === size && closeStep()) return labels;
	}

	function closeStep(): boolean {
		let sum = 0;
		for (const detector of detectors) {
			detector.value = detector.open * (1 + detector.value);
			detector.open = 1;
			sum += detector.value;
		}
		inStep = 0;
		return sum / detectors.length >= level;
	}
}

/** S ← R (1 + S), so many times. */
function afterRightSteps(value: number, ratio: number, steps: number): number {
	const power = ratio ** steps;
	return power * value + (ratio * (1 - power)) / (1 - ratio);
}
