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
	const labels = meanTrials({ boundary: alpha, level, chance: badRisk, size: labelsPerStep });
	return labels === null ? null : { labels, accepted: labels / auditShare };
}

/** How long the alarm takes on average to notice, on traffic as it is. */
export interface AlarmDelay extends DetectionDelay {
	/** All requests in that time: what the detector of a joint risk counts. */
	readonly requests: number;
}

/**
 * The delay of the alarm of a selective or a joint risk, from the moment at which the risk becomes `badRisk`; null where it need
 * not ever notice. A selective risk's detector steps with labels of accepted answers. A joint risk's steps with all requests, of
 * which one is accepted, drawn and wrong with chance `targetRisk · auditShare` at most while all is well. As exact as
 * `detectionDelay`, for steps of about `requestsPerStep`, the requests in a bucket.
 *
 * `coverage`: of requests that are accepted, and `auditShare`: of these that get a label, both above 0.
 */
export function alarmDelay(input: {
	readonly risk: "selective" | "joint";
	readonly targetRisk: number;
	readonly level: number;
	readonly badRisk: number;
	readonly auditShare: number;
	readonly coverage: number;
	readonly requestsPerStep: number;
}): AlarmDelay | null {
	const { risk, targetRisk, level, badRisk, auditShare, coverage, requestsPerStep } = input;
	if (!(coverage > 0 && coverage <= 1)) throw new RangeError("coverage is a share above 0");
	if (!(auditShare > 0 && auditShare <= 1)) throw new RangeError("auditShare is a share above 0");
	if (risk === "selective") {
		const labels = requestsPerStep * coverage * auditShare;
		// A bucket without a label is no step, so those that are have more: of arrivals at random, this many.
		const labelsPerStep = labels / -Math.expm1(-labels) || 1;
		const delay = detectionDelay({ alpha: targetRisk, level, badRisk, auditShare, labelsPerStep });
		return delay === null ? null : { ...delay, requests: delay.accepted / coverage };
	}
	const [boundary, chance] = [targetRisk * auditShare, badRisk * auditShare];
	const requests = meanTrials({ boundary, level, chance, size: requestsPerStep });
	if (requests === null) return null;
	const accepted = requests * coverage;
	return { labels: accepted * auditShare, accepted, requests };
}

/** Trials until the alarm, on average, where each fails with `chance` in place of `boundary`; null where it need never notice. */
function meanTrials(detector: {
	readonly boundary: number;
	readonly level: number;
	readonly chance: number;
	readonly size: number;
}): number | null {
	const { boundary, level, chance } = detector;
	const alternatives = alarmAlternatives(boundary);
	// The mean of a step: what is shown, trial by trial, by the best of the alternatives.
	if (!alternatives.some((risk) => logLikelihoodRatio(chance, 1, boundary, risk) > 0)) return null;
	const random = seededRandom(SEED);
	const size = Math.max(1, Math.round(detector.size));
	let trials = 0;
	for (let run = 0; run < RUNS; run++)
		trials += trialsUntilAlarm({ boundary, level, chance, size, alternatives, random });
	return trials / RUNS;
}

/** One run, from wrong answer to wrong answer: what right ones do between them is known in closed form. */
function trialsUntilAlarm(run: {
	readonly boundary: number;
	readonly level: number;
	readonly chance: number;
	readonly size: number;
	readonly alternatives: readonly number[];
	readonly random: () => number;
}): number {
	const { boundary, level, chance, size, alternatives, random } = run;
	const detectors = alternatives.map((risk) => ({
		wrong: risk / boundary,
		right: (1 - risk) / (1 - boundary),
		value: 0,
		open: 1,
	}));
	let trials = 0;
	let inStep = 0;
	for (;;) {
		let rights = Math.floor(Math.log(1 - random()) / Math.log1p(-chance));
		while (rights > 0) {
			const steps = inStep === 0 ? Math.floor(rights / size) : 0;
			const taken = steps > 0 ? steps * size : Math.min(rights, size - inStep);
			for (const detector of detectors) {
				if (steps > 0) detector.value = afterRightSteps(detector.value, detector.right ** size, steps);
				else detector.open *= detector.right ** taken;
			}
			rights -= taken;
			trials += taken;
			inStep = steps > 0 ? 0 : inStep + taken;
			if (inStep === size && closeStep()) return trials;
		}
		for (const detector of detectors) detector.open *= detector.wrong;
		trials += 1;
		inStep += 1;
		if (inStep === size && closeStep()) return trials;
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
