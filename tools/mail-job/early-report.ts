import type { WorkerAnswer } from "./ask-worker.ts";
import { formatTable, percent, sum } from "./table.ts";

/** The same mails under `stopEarly` at one threshold. */
export interface EarlyRun {
	readonly threshold: number;
	readonly answers: readonly WorkerAnswer[];
}

/** What stopping early left as it was, and what it spared. `full` are the readings of all samples. */
export function earlyTable(full: readonly WorkerAnswer[], runs: readonly EarlyRun[]): string {
	const head = [
		"threshold",
		"accepted",
		"same decisions as all samples",
		"samples begun",
		"stopped before their end",
		"that would do, of 4",
	];
	const rows = runs.map(({ threshold, answers }) => {
		const accepted = answers.map(({ facts }) => facts.stage === "edge");
		const same = accepted.filter((isAccepted, index) => {
			const reading = full[index]?.facts.confidence;
			return typeof reading === "number" && reading >= threshold === isAccepted;
		}).length;
		const samples = answers.flatMap(({ facts }) => facts.calls.filter(({ purpose }) => purpose === "sample"));
		const stopped = samples.filter(({ estimated }) => estimated === true).length;
		return [
			String(threshold),
			percent(accepted.filter(Boolean).length / answers.length),
			`${same} of ${answers.length}`,
			String(samples.length),
			`${stopped} (${percent(stopped / samples.length)})`,
			(sum(full.map(({ facts }) => samplesThatSettle(facts.confidence ?? 0, threshold))) / full.length).toFixed(2),
		];
	});
	return formatTable([head, ...rows]);
}

/** Of five answers the served one agrees with itself. */
const SAMPLES = 4;

/**
 * How many samples settle the outcome on average, if those that make up this reading come in any order, each as likely
 * as the other: those begun besides can be stopped when they are slower.
 */
function samplesThatSettle(reading: number, threshold: number): number {
	const agreeing = Math.round(reading * (SAMPLES + 1)) - 1;
	const needed = Math.ceil(threshold * (SAMPLES + 1) - 1e-9) - 1;
	const from = (agreeingLeft: number, othersLeft: number): number => {
		const left = agreeingLeft + othersLeft;
		const agreed = agreeing - agreeingLeft;
		if (agreed >= needed || agreed + left < needed) return 0;
		const afterAgreeing = agreeingLeft === 0 ? 0 : (agreeingLeft / left) * from(agreeingLeft - 1, othersLeft);
		const afterOther = othersLeft === 0 ? 0 : (othersLeft / left) * from(agreeingLeft, othersLeft - 1);
		return 1 + afterAgreeing + afterOther;
	};
	return from(agreeing, SAMPLES - agreeing);
}
