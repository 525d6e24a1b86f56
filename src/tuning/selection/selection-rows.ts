import type { CascadeLog, StageColumns } from "../log/cascade-log.ts";
import type { RiskKind } from "./risk.ts";
import { drawRows, oneRowPerGroup } from "./sample-rows.ts";

/** Rows of a log by what they are for; positions in rising order, no row in both. */
export interface SelectionRows {
	/** Their scores lay the path; their labels are never looked at. */
	readonly path: Int32Array;
	/** Labelled, and tested. */
	readonly calibration: Int32Array;
}

/** What decides which rows are for what. */
export interface RowsRequest {
	readonly risk: RiskKind;
	readonly onLabel?: string | undefined;
	/** Share of the rows that lays the path, at most 1,000 of them; 0 where the path is given. */
	readonly pathShare: number;
	readonly random: () => number;
}

const MOST_PATH_ROWS = 1_000;

/**
 * Divides the rows of a cascade: one row of each group is drawn first, then rows whose first stage gave another label than
 * `onLabel` are left out, then the path's rows are drawn. Rows without a label lay the path before any labelled row is
 * spent on it (all of them up to 1,000, since they are of no other use) and are never tested. Labels decide nothing here
 * but whether they exist.
 */
export function divideRows(log: CascadeLog, { risk, onLabel, pathShare, random }: RowsRequest): SelectionRows {
	const first = log.stages[0];
	const last = log.stages.at(-1);
	const drawn = log.groups === undefined ? everyRow(log.rows) : oneRowPerGroup(log.groups, random);
	const rows = onLabel === undefined ? drawn : drawn.filter((row) => first?.label?.[row] === onLabel);
	const isTestable = (row: number): boolean =>
		log.labelled?.[row] !== 0 && hasLabel(first, row) && (risk !== "regret" || hasLabel(last, row));
	const labelled = rows.filter(isTestable);
	if (pathShare === 0) return { path: new Int32Array(0), calibration: labelled };
	const unlabelled = rows.filter((row) => !isTestable(row));
	const wanted = Math.min(Math.ceil(pathShare * rows.length), MOST_PATH_ROWS);
	const free = drawRows(unlabelled, MOST_PATH_ROWS, random).drawn;
	const spent = drawRows(labelled, Math.max(0, wanted - free.length), random);
	return { path: Int32Array.from([...free, ...spent.drawn]).sort(), calibration: spent.rest };
}

/** Filled and not mapped: a million rows are divided at each tuning. */
function everyRow(rows: number): Int32Array {
	const positions = new Int32Array(rows);
	for (let row = 0; row < rows; row++) positions[row] = row;
	return positions;
}

function hasLabel(stage: StageColumns | undefined, row: number): boolean {
	return stage?.labelled?.[row] !== 0;
}
