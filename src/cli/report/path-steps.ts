import { clopperPearsonLower } from "../../tuning/bounds/clopper-pearson.ts";
import type { CascadeLog } from "../../tuning/log/cascade-log.ts";
import { countAcceptances, countVector } from "../../tuning/selection/count-acceptances.ts";
import {
	empiricalRisk,
	pValue,
	upperBound,
	type AcceptanceCounts,
	type RiskKind,
} from "../../tuning/selection/risk.ts";
import type { TuningOutcome, TuningQuestion } from "../tune/tuning-question.ts";
import type { PathStep, StepVerdict } from "./report-model.ts";

/**
 * Counts the tested rows again at every step of the path, tested or not, and says what became of each. Verdicts are of the
 * sequence that led to the choice; of other starts nothing is said.
 */
export function pathSteps(
	outcome: TuningOutcome,
	{ risk, target, delta, onLabel }: Pick<TuningQuestion, "risk" | "target" | "delta" | "onLabel">,
): PathStep[] {
	const { path, start, thresholds, tested } = outcome;
	if (tested.rows === 0) return [];
	const counts = countPath(tested, path, onLabel);
	const chosen = thresholds === null ? null : path.findIndex((vector) => isSame(vector, thresholds));
	return counts.map((counted, index) => {
		const observed = empiricalRisk(risk, counted);
		return {
			index,
			thresholds: path[index] ?? [],
			accepted: counted.accepted,
			wrong: counted.wrong,
			escalation: 1 - counted.accepted / counted.rows,
			risk: Number.isNaN(observed) ? null : observed,
			lower: lowerBound(risk, counted, delta),
			upper: upperBound(risk, counted, delta),
			pValue: pValue(risk, counted, target),
			verdict: verdictOf(index, start, chosen),
		};
	});
}

function countPath(log: CascadeLog, path: TuningOutcome["path"], onLabel: string | null): AcceptanceCounts[] {
	const [small, last] = log.stages;
	if (log.stages.length === 2 && small !== undefined && last !== undefined) {
		const thresholds = Float64Array.from(path, ([threshold]) => threshold as number);
		return countAcceptances(small.confidence, small.wrong, last.wrong, thresholds);
	}
	return path.map((vector) =>
		countVector(log, vector, onLabel === null ? undefined : (row) => labelOf(log, vector, row) === onLabel),
	);
}

/** Of an accepted answer the label that it has, of any other request the first model's. */
function labelOf(log: CascadeLog, vector: readonly number[], row: number): string | null | undefined {
	const answering = vector.findIndex((threshold, stage) => (log.stages[stage]?.confidence[row] as number) >= threshold);
	return log.stages[Math.max(0, answering)]?.label?.[row];
}

function verdictOf(index: number, start: number, chosen: number | null): StepVerdict {
	const failing = chosen === null ? start : chosen + 1;
	if (index === chosen) return "chosen";
	if (index === failing) return "failed";
	return index >= start && index < failing ? "passed" : "untested";
}

/** Mirrors `upperBound`: regret turned round is regret again. */
function lowerBound(risk: RiskKind, counts: AcceptanceCounts, delta: number): number {
	if (risk === "regret") return -upperBound(risk, { ...counts, worse: counts.better, better: counts.worse }, delta);
	return clopperPearsonLower(counts.wrong, risk === "selective" ? counts.accepted : counts.rows, delta);
}

function isSame(left: readonly number[], right: readonly number[]): boolean {
	return left.length === right.length && left.every((value, index) => value === right[index]);
}
