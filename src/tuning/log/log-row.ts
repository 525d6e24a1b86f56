/** Why a line is no row. The reason names no value, so that equal faults can be counted; the value stands beside it. */
export interface RowFault {
	readonly reason: string;
	readonly value?: string | undefined;
}

/**
 * What a labeller said of an answer; `failed` where it was asked and gave nothing, `unreadable` where it gave what is neither
 * right nor wrong, which is a failure too, `disputed` where it said different things, `none` where it was not asked.
 */
export type Verdict = "right" | "wrong" | "failed" | "unreadable" | "disputed" | "none";

/** One question as a line of a log has it. */
export interface LogRow {
	readonly id: string;
	readonly group?: string | undefined;
	readonly features?: Readonly<Record<string, number>> | undefined;
	readonly stages: readonly StageRow[];
}

/** What one model did with it. */
export interface StageRow {
	/** Position of the model among the log's, as `LogBuilder.stage` gave it. */
	readonly stage: number;
	/** In [0, 1], or NaN where there was no reading. */
	readonly confidence: number;
	readonly verdict: Verdict;
	/** US dollars; NaN where unknown. */
	readonly costUsd: number;
	/** NaN where unknown. */
	readonly latencyMs: number;
	readonly label?: string | null | undefined;
	readonly features?: Readonly<Record<string, number>> | undefined;
}
