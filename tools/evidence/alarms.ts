import { alarmLevel, alarmLogValue, createAlarm, stepAlarm } from "../../src/tuning/evidence/alarm.ts";
import { detectionDelay } from "../../src/tuning/evidence/detection-delay.ts";
import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { meanOf, medianOf, promised, type Finding, type Outcome } from "./finding.ts";
import { TARGET } from "./labels.ts";

const LEVEL = 1_000;

/** Steps until the alarm goes off, where the risk is `before` for `changeAt` labels without an alarm and `after` from then on. */
function stepsUntilAlarm(stream: {
	readonly before: number;
	readonly changeAt: number;
	readonly after: number;
	readonly labelsPerStep: number;
	readonly most: number;
	readonly random: () => number;
}): number {
	const { before, changeAt, after, labelsPerStep, most, random } = stream;
	let state = createAlarm();
	const step = (risk: number) => {
		let wrong = 0;
		for (let label = 0; label < labelsPerStep; label++) if (random() < risk) wrong++;
		state = stepAlarm(state, [{ boundary: TARGET, n: labelsPerStep, wrong }]);
		return alarmLogValue(state) >= Math.log(LEVEL);
	};
	for (let seen = 0; seen < changeAt; seen += labelsPerStep) if (step(before)) state = createAlarm();
	for (let steps = 1; steps <= most; steps++) if (step(after)) return steps;
	return most;
}

/** How long until a false alarm, and until a true one. */
export function alarmRuns(trials: number): Finding {
	const runs = (seed: number, given: Partial<Parameters<typeof stepsUntilAlarm>[0]>) => {
		const random = seededRandom(seed);
		const stream = { before: 0.05, changeAt: 0, after: TARGET, labelsPerStep: 1, most: 60_000, ...given, random };
		return Array.from({ length: trials }, () => stepsUntilAlarm(stream));
	};
	const boundary = runs(4, {});
	const buckets = runs(41, { labelsPerStep: 10 });
	const falseBy = (lengths: readonly number[], steps: number) => ({
		broken: lengths.filter((length) => length <= steps).length,
		trials,
		delta: steps / LEVEL,
	});
	const delays = [0.15, 0.2, 0.3].map((after, index): Outcome => {
		const lengths = runs(42 + index, { after, changeAt: 500 });
		const fresh = detectionDelay({ alpha: TARGET, level: LEVEL, badRisk: after, auditShare: 0.05 });
		const median = medianOf(lengths);
		return {
			name: `labels from 0.05 to an alarm at ${after}, median; accepted requests at 5% audited; \`detectionDelay\`, mean, if nothing was suspected before`,
			kind: "measurement",
			measured: `${median}; ${(median * 20).toLocaleString("en")}; ${fresh?.labels.toFixed(0)}`,
			recorded: ["142; 2,840", "62; 1,240", "26; 520"][index] ?? "",
		};
	});
	return {
		title: "The alarm",
		text: `Level ${LEVEL.toLocaleString("en")}. While the risk is the target, t steps hold at most t/${LEVEL} alarms on average, so the chance of one within 100 steps is at most 10%, within 500 at most 50%.`,
		outcomes: [
			{
				name: "steps to a false alarm at the boundary, mean: a label a step",
				kind: "measurement",
				measured: meanOf(boundary).toFixed(0),
				recorded: "1330",
			},
			promised("a false alarm within 100 steps", "cure", falseBy(boundary, 100)),
			promised("a false alarm within 500 steps", "cure", falseBy(boundary, 500)),
			{ name: "the same: ten labels a step", kind: "measurement", measured: meanOf(buckets).toFixed(0) },
			promised("a false alarm within 100 steps of ten", "cure", falseBy(buckets, 100)),
			promised("a false alarm within 500 steps of ten", "cure", falseBy(buckets, 500)),
			...delays,
			...creeping(),
		],
	};
}

/** Right answers alone, at a target so small that the detector creeps up to a level of 1,000. */
function creeping(): Outcome[] {
	const boundary = 0.0005;
	let state = createAlarm();
	for (let label = 0; label < 20_000; label++) state = stepAlarm(state, [{ boundary, n: 1, wrong: 0 }]);
	return [
		{
			name: "the detector after 20,000 right answers, target 0.0005; the level for 5 labels a day",
			kind: "measurement",
			measured: `${Math.exp(alarmLogValue(state)).toFixed(0)}; ${alarmLevel({ stepsPerDay: 5, boundary }).toLocaleString("en")}`,
		},
	];
}

/** An outage of the large model fails audits; what fails is counted as wrong. */
export function alarmsInOutages(trials: number): Finding {
	const count = (lateCounted: boolean) => {
		const random = seededRandom(43);
		let broken = 0;
		for (let trial = 0; trial < trials; trial++) {
			let state = createAlarm();
			for (let step = 1; step <= 100; step++) {
				// In one of a hundred buckets the queue is slow, and five rows come after their bucket was closed.
				const late = step === 50 && lateCounted ? 5 : 0;
				const wrong = random() < TARGET ? 1 : 0;
				state = stepAlarm(state, [{ boundary: TARGET, n: 1 + late, wrong: wrong + late }]);
				if (alarmLogValue(state) < Math.log(LEVEL)) continue;
				broken++;
				break;
			}
		}
		return { broken, trials, delta: 0.1 };
	};
	return {
		title: "Late rows and the alarm",
		text: "Rows that arrive after their bucket has been closed are counted as wrong, as certificates need it. To the alarm they are no draws of the present risk: one slow batch of five in 100 steps at the boundary.",
		outcomes: [
			promised("late rows given to the alarm as wrong", "trap", count(true)),
			promised("late rows kept from the alarm", "cure", count(false)),
		],
	};
}
