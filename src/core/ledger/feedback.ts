/**
 * What somebody says of an answer afterwards. It is volunteered: who is asked, and who answers, depends on the answer. So
 * it is shown and may be fitted to, and is never evidence for a guarantee.
 */
export interface Feedback {
	readonly requestId: string;
	/** Which text of a batch; absent where there was one. */
	readonly item?: number;
	readonly verdict: FeedbackVerdict;
}

/** Right or wrong, or from 1, worst, to `MOST_RATING`, best. */
type FeedbackVerdict =
	| { readonly kind: "correct"; readonly correct: boolean }
	| { readonly kind: "rating"; readonly rating: number };

export const MOST_RATING = 5;

/** Days for which a ledger keeps feedback. */
export const FEEDBACK_DAYS = 30;

/** What a request was answered by, as far as feedback is counted by it. */
export interface AnswerSubject {
	readonly cascade: string;
	readonly policyRevision: number;
	/** Null where none answered. */
	readonly stage: string | null;
}

/** What became of feedback. */
export interface FeedbackRecorded {
	/** False: the same had been said before, and nothing was written. */
	readonly changed: boolean;
	/** False: the request's own record has not come yet, or it is older than records of requests are kept. */
	readonly joined: boolean;
}

/**
 * - `no-tenant`: there is no ledger to keep it
 * - `day-full`: the tenant has said as much as is kept of one day (UTC)
 */
export type FeedbackRefusal = "no-tenant" | "day-full";

/** Feedback on the answers of one stage of one cascade at one policy revision. */
export interface FeedbackRow extends AnswerSubject {
	readonly correct: number;
	readonly wrong: number;
	/** How many gave each rating, from 1 to `MOST_RATING`. */
	readonly ratings: readonly number[];
}

/** The feedback of the last `FEEDBACK_DAYS` days. */
export interface FeedbackReport {
	/** By cascade, revision and stage. */
	readonly rows: readonly FeedbackRow[];
	/** Feedback on requests of which no record has come; it is in no row. */
	readonly unjoined: number;
}

/** One piece of feedback as it is kept, for fitting. */
export interface FeedbackEntry {
	readonly requestId: string;
	readonly item: number | null;
	/** Milliseconds since the Unix epoch, when it was last changed. */
	readonly at: number;
	/** Null where the other was given. */
	readonly correct: boolean | null;
	readonly rating: number | null;
	/** Null where the request is not known. */
	readonly subject: AnswerSubject | null;
}
