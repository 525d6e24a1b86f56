import { err, ok, type Result } from "../../core/result.ts";
import type { CascadeLog } from "../../tuning/log/cascade-log.ts";
import { labelSelection } from "../../tuning/log/selective-labels.ts";
import type { RiskKind } from "../../tuning/selection/risk.ts";

/**
 * The log with `labelled` set: the rows that have every label that this risk counts. A stage without a reading is never
 * accepted there, so its label counts nowhere. Fails where labels depend on the confidence: risk measured on such rows is
 * not that of what a threshold accepts.
 */
export function withLabelledRows(log: CascadeLog, risk: RiskKind): Result<CascadeLog, string> {
	const cautious = risk === "regret" ? withFailuresOfReferenceRight(log) : log;
	const judged = cautious.stages.slice(0, -1);
	const last = cautious.stages.at(-1);
	const isDecided = (row: number): boolean =>
		judged.every((stage) => stage.labelled?.[row] !== 0 || Number.isNaN(stage.confidence[row])) &&
		(risk !== "regret" || last?.labelled?.[row] !== 0 || !isEverJudged(cautious, row));
	const rows = Array.from({ length: cautious.rows }, (_, row) => row);
	if (rows.every(isDecided)) return ok({ ...cautious, labelled: undefined });
	// Only a part was drawn to be labelled. A row without a reading needs no label, but counted whether it was drawn or not
	// it would be too many among the tested, and the joint risk and the regret of all rows would come out too low.
	const needed = risk === "regret" ? cautious.stages : judged;
	const labelled = Uint8Array.from(rows, (row) => (needed.every((stage) => stage.labelled?.[row] !== 0) ? 1 : 0));
	if (labelled.every((mark) => mark === 0)) return err(nothingLabelled(cautious, risk));
	for (const { model, confidence } of judged) {
		const selection = labelSelection(confidence, labelled);
		if (selection.isSelective) return err(selectiveLabels(model, selection));
	}
	return ok({ ...cautious, labelled });
}

/**
 * Where the labeller failed on the last stage, that answer is taken for right: regret compares with it, and "wrong", the
 * cautious reading of what is accepted, would make the small model look the better one there.
 */
function withFailuresOfReferenceRight(log: CascadeLog): CascadeLog {
	const last = log.stages.at(-1);
	if (last?.failed === undefined) return log;
	const { failed } = last;
	const wrong = last.wrong.map((mark, row) => (failed[row] === 1 ? 0 : mark));
	return { ...log, stages: [...log.stages.slice(0, -1), { ...last, wrong }] };
}

function isEverJudged({ stages }: CascadeLog, row: number): boolean {
	return stages.slice(0, -1).some(({ confidence }) => !Number.isNaN(confidence[row]));
}

function nothingLabelled({ stages }: CascadeLog, risk: RiskKind): string {
	const models = stages.slice(0, risk === "regret" ? undefined : -1).map(({ model }) => model);
	return `no row has the labels that the ${risk} risk needs, of ${models.join(" and ")}: give them as a column, or with --labels FILE`;
}

function selectiveLabels(model: string, selection: ReturnType<typeof labelSelection>): string {
	const { labelled, unlabelled, labelledMean, unlabelledMean } = selection;
	return (
		`the labels were not drawn at random: the ${labelled} labelled answers of ${model} have a mean confidence of ` +
		`${labelledMean.toFixed(3)}, the ${unlabelled} unlabelled ones of ${unlabelledMean.toFixed(3)}.\n` +
		"A cascade gets labels for free only where it escalates, and how often a model is wrong there says nothing about " +
		"the answers that are accepted; a threshold chosen from such labels misses its target.\n" +
		"Draw requests at random before looking at their confidence, accepted ones too, have all of those labelled, and " +
		"give those labels alone. See docs/tuning.md, Labels."
	);
}
