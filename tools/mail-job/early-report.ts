import type { WorkerAnswer } from "./ask-worker.ts";
import { formatTable, percent } from "./table.ts";

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
		"samples asked for",
		"stopped before their end",
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
		];
	});
	return formatTable([head, ...rows]);
}
