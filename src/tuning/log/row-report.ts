import type { RowFault } from "./log-row.ts";

/** Most faults that are kept with their lines; all are counted. */
export const MOST_LISTED = 20;

/** A line that gave no row. */
export interface RejectedLine extends RowFault {
	/** From 1. */
	readonly line: number;
}

/** What became of the lines of a log: each is a row, or counted here with its reason. */
export interface RowReport {
	/** Rows kept. */
	readonly rows: number;
	/** Lines that are no rows. */
	readonly rejected: number;
	readonly rejectedByReason: Readonly<Record<string, number>>;
	/** The first of them. */
	readonly firstRejected: readonly RejectedLine[];
	/** Rows whose id an earlier one had: a request that was retried, or answered from a cache. The first counts, wrong where labels differ. */
	readonly duplicates: number;
	readonly firstDuplicates: readonly number[];
	/** Records that are well and say nothing about the cascade, such as requests that a gate sent past it. */
	readonly setAside: number;
	readonly setAsideByReason: Readonly<Record<string, number>>;
	/** Answers that the labeller failed on, by model, the two kinds below included; they count as wrong. */
	readonly labellerFailed: Readonly<Record<string, number>>;
	/** Those of them of which it said what is neither right nor wrong. */
	readonly labellerUnreadable: Readonly<Record<string, number>>;
	/** Those of them that have two labels that differ, in a file of labels or in rows with one id. */
	readonly labelsDisputed: Readonly<Record<string, number>>;
	/** Answers that it was never asked about, by model. */
	readonly unlabelled: Readonly<Record<string, number>>;
}

/** Counts by reason and remembers the first. */
export class FaultCounter {
	readonly #byReason = new Map<string, number>();
	readonly first: RejectedLine[] = [];
	total = 0;

	add(line: number, { reason, value }: RowFault): void {
		this.total++;
		this.#byReason.set(reason, (this.#byReason.get(reason) ?? 0) + 1);
		if (this.first.length < MOST_LISTED) this.first.push({ line, reason, value });
	}

	/** Most frequent first. */
	byReason(): Record<string, number> {
		return Object.fromEntries([...this.#byReason].sort(([, left], [, right]) => right - left));
	}
}
