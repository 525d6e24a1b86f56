import { CERTAIN, type PartsPerMillion } from "../../core/evidence/guarantee.ts";
import { err, ok, type Result } from "../../core/result.ts";

/**
 * How often rows of one kind occurred. Counts add, whatever the order and the shard, so a table is the sum of its parts.
 */
export interface EvidenceCount {
	readonly epoch: number;
	readonly phase: number;
	/** Of the policy. */
	readonly revision: number;
	/** Position of the strictest threshold of the epoch's path that accepts the row; the path's length where none does. */
	readonly cell: number;
	/** Chance of a label. */
	readonly propensity: PartsPerMillion;
	/** Rows with a label. */
	readonly n: number;
	/** The wrong ones among them. */
	readonly wrong: number;
	/** Rows of which the coin said that there would be no label. Joint risk and coverage need them, selective risk does not. */
	readonly unlabelled: number;
}

/** What one claim of risk is about, and what it may spend; fixed before the first label counts. */
export interface EpochRecord {
	/** From 1. */
	readonly epoch: number;
	readonly configHash: string;
	/** Name and version. */
	readonly labeller: string;
	readonly risk: "selective" | "joint";
	readonly targetRisk: number;
	/** The epoch's own share of the delta that was asked for. */
	readonly delta: number;
	/** Thresholds, strict to loose, chosen without labels; candidate j accepts cells 0 to j. */
	readonly path: readonly number[];
	/** The first candidate that is tested. */
	readonly start: number;
	/** Milliseconds since the Unix epoch. */
	readonly openedAt: number;
	readonly cause: string;
}

/** A regime of propensities within an epoch; fixed before its first row. */
export interface PhaseRecord {
	readonly epoch: number;
	readonly phase: number;
	/**
	 * Rows of cells up to this one may have been accepted; null: nothing was, in an audition. Where a threshold beside the
	 * path is in force, it is the cell of that threshold.
	 */
	readonly deployed: number | null;
	/** Least propensity of accepted rows. */
	readonly auditPropensity: PartsPerMillion;
	/** Least propensity of all others; certainty where absent. */
	readonly escalatedPropensity?: PartsPerMillion;
	/** Milliseconds since the Unix epoch. */
	readonly openedAt: number;
}

/** A request, as evidence sees it. */
export interface EvidenceRow {
	readonly epoch: number;
	readonly phase: number;
	readonly revision: number;
	/** Null: no reading. */
	readonly confidence: number | null;
	/** Whether the promise is about it at all; a row that is not stands outside of every candidate's region. */
	readonly inScope: boolean;
	readonly propensity: PartsPerMillion;
	/**
	 * `unobserved`: accepted in a moment in which no coin was tossed for any, unless `wasDrawn`. A row that a coin did draw and that
	 * could not be audited is labelled, wrong; where not even its draw could be told it is one that `wasDrawn`.
	 */
	readonly draw: "labelled" | "not-drawn" | "unobserved";
	/** Of an unobserved row: a coin had drawn it, so it counts at its own propensity, or it would weigh too little. */
	readonly wasDrawn?: true;
	/** Null unless labelled. */
	readonly wrong: boolean | null;
}

/** Why a row is left out of the evidence: by what was known before its label, never by the label. */
export type RowRefusal = "other-regime" | "bad-propensity" | "under-propensity" | "no-verdict";

/** The cell of a score: the position of the first threshold that it reaches, the path's length where it reaches none or is missing. */
export function cellOf(path: readonly number[], score: number | null): number {
	if (score === null) return path.length;
	const cell = path.findIndex((threshold) => score >= threshold);
	return cell === -1 ? path.length : cell;
}

/** Whether rows of this cell may have been accepted. */
export function cellIsAccepted({ deployed }: PhaseRecord, cell: number): boolean {
	return deployed !== null && cell <= deployed;
}

/** Least propensity that a row of this cell has in this phase; what bets are sized by. */
export function floorOf(phase: PhaseRecord, cell: number): PartsPerMillion {
	if (cellIsAccepted(phase, cell)) return phase.auditPropensity;
	return phase.escalatedPropensity ?? CERTAIN;
}

/**
 * A row as a count of one, or why it must be left out. Of an unobserved row the worst is assumed, that it is wrong: leaving it out would
 * make the evidence one about moments in which the last stage is well. It is so for certain where no coin was tossed; one that was drawn
 * stands, like any drawn one, for those beside it that were not, which were counted without a label.
 */
export function countOf(row: EvidenceRow, epoch: EpochRecord, phase: PhaseRecord): Result<EvidenceCount, RowRefusal> {
	if (row.epoch !== epoch.epoch || row.epoch !== phase.epoch || row.phase !== phase.phase) return err("other-regime");
	const cell = cellOf(epoch.path, row.inScope ? row.confidence : null);
	const key = { epoch: row.epoch, phase: row.phase, revision: row.revision, cell };
	const isUnobserved = row.draw === "unobserved";
	if (isUnobserved && row.wasDrawn !== true) return ok({ ...key, propensity: CERTAIN, n: 1, wrong: 1, unlabelled: 0 });
	const { propensity } = row;
	if (!(Number.isSafeInteger(propensity) && propensity >= 1 && propensity <= CERTAIN)) return err("bad-propensity");
	// No bet looks at the label of a row outside of every region, so its chance may be any.
	if (cell < epoch.path.length && propensity < floorOf(phase, cell)) return err("under-propensity");
	if (row.draw === "not-drawn") return ok({ ...key, propensity, n: 0, wrong: 0, unlabelled: 1 });
	if (isUnobserved) return ok({ ...key, propensity, n: 1, wrong: 1, unlabelled: 0 });
	if (row.wrong === null) return err("no-verdict");
	return ok({ ...key, propensity, n: 1, wrong: row.wrong ? 1 : 0, unlabelled: 0 });
}

/** A table with more counts in it: one entry a key, sorted, so that equal evidence is the same table. */
export function addCounts(table: readonly EvidenceCount[], more: readonly EvidenceCount[]): EvidenceCount[] {
	return mergeTables([table, more]);
}

/** The sum of tables. */
export function mergeTables(tables: readonly (readonly EvidenceCount[])[]): EvidenceCount[] {
	const sums = new Map<string, { -readonly [Key in keyof EvidenceCount]: EvidenceCount[Key] }>();
	for (const table of tables)
		for (const count of table) {
			const key = `${count.epoch} ${count.phase} ${count.revision} ${count.cell} ${count.propensity}`;
			const sum = sums.get(key);
			if (sum === undefined) {
				sums.set(key, { ...count });
				continue;
			}
			sum.n += count.n;
			sum.wrong += count.wrong;
			sum.unlabelled += count.unlabelled;
		}
	return [...sums.values()].sort(byKey);
}

function byKey(left: EvidenceCount, right: EvidenceCount): number {
	return (
		left.epoch - right.epoch ||
		left.phase - right.phase ||
		left.revision - right.revision ||
		left.cell - right.cell ||
		left.propensity - right.propensity
	);
}
