import type { CascadeLog } from "../../tuning/log/cascade-log.ts";
import type { AcceptanceCounts, RiskKind } from "../../tuning/selection/risk.ts";

/** Which number is compared with the threshold. `raw` is the log's confidence; the others are fitted. */
export const SCORES = ["raw", "learned", "gain", "reordered"] as const;
export type Score = (typeof SCORES)[number];

/** What is asked of some rows: everything that decides the answer, beside the rows. */
export interface TuningQuestion {
	readonly risk: RiskKind;
	readonly target: number;
	/** What the tests may spend. */
	readonly delta: number;
	/** The claim is about accepted answers with this label alone. */
	readonly onLabel: string | null;
	/** Shares of the rows that the first threshold of each start accepts; null: as the method chooses. */
	readonly startCoverages: readonly number[] | null;
	readonly seed: number;
	readonly score: Score;
	/** The share of rows that may be calibrated on; the rest is held out. */
	readonly calibrationShare: number;
}

/** Rows for calibration, and those that nothing is chosen on; null where all are for calibration. */
export interface Shares {
	readonly calibration: CascadeLog;
	readonly heldOut: CascadeLog | null;
}

/** What the rows say. */
export interface TuningOutcome {
	readonly certified: boolean;
	/** One for each stage but the last; null where nothing is certified. */
	readonly thresholds: readonly number[] | null;
	readonly counts: AcceptanceCounts | null;
	readonly pValue: number | null;
	/** At confidence 1 − delta of thresholds fixed beforehand; certified is the target (`Selection`). */
	readonly upperBound: number | null;
	/** Strict to loose; and where the chosen one's sequence began. */
	readonly path: readonly (readonly number[])[];
	readonly start: number;
	/** The test, such as `fixed-sequence-binomial`. */
	readonly method: string;
	/** The rows that were tested, with the score as confidence. */
	readonly tested: CascadeLog;
	/** The rows that nothing was chosen on, with the score as confidence; null where all were for calibration. */
	readonly heldOut: CascadeLog | null;
	/** Why nothing is certified. */
	readonly reason: string | null;
	/**
	 * About how many labelled rows would certify something, at 100 times the tested rows "more than so many"; null where no
	 * number would, or none is needed.
	 */
	readonly labelsNeeded: number | null;
	/** What was fitted, as JSON; null for `raw`. */
	readonly fitted: unknown;
}
