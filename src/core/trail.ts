import type { TokenUsage } from "./completion.ts";

/** Why a stage's answer was or was not the one served. A closed list: dashboards and alerts count these. */
export type Reason =
	| "accepted"
	| "low-confidence"
	| "confidence-unavailable"
	| "rejected-by-check"
	/** The policy's gate sent the request past this stage. */
	| "gated"
	/** A parameter is outside the ranges that the policy declares, so the request went past the small models. */
	| "outside-declared-ranges"
	| "forced"
	| "unsupported-by-edge"
	| "edge-failed"
	| "edge-timeout"
	| "edge-unavailable"
	/** A guaranteed stage accepts nothing: every answer is being labelled, until there is evidence. */
	| "audition"
	/** Likewise: no certificate is known for this configuration, or an operator has stopped it. */
	| "no-certificate"
	/** Likewise: the last certificate known has run out. */
	| "certificate-stale"
	/** Likewise: the evidence says that answers have become worse. */
	| "drift-alarm"
	/** The last stage failed, and its failure is the answer. */
	| "origin-failed"
	/** The last stage failed, and the last answer held was served instead. */
	| "origin-failed-served-edge"
	/** What is left of the tenant's budget does not cover the stage. */
	| "budget-exhausted"
	/** It does not cover the last stage, and the last answer held was served instead. */
	| "budget-exhausted-served-edge";

/** What became of one stage, in the order the stages were considered. */
export interface TrailEntry {
	readonly stage: string;
	readonly outcome: "accepted" | "deferred" | "skipped" | "failed";
	readonly reason: Reason;
	/** Null where none was measured. */
	readonly confidence: number | null;
	/** Null for the last stage, which has none, and for a guaranteed one that accepts nothing. */
	readonly threshold: number | null;
	/** Of a guaranteed stage's threshold: whether it follows from evidence, or was set by hand and is promised by nobody. */
	readonly thresholdSource?: "certified" | "manual";
	/**
	 * What exactly was unsupported, failed or unavailable, or why a manual threshold stands in for a certified one; in at
	 * most 100 characters, no prompt or answer text.
	 */
	readonly detail?: string;
}

/** One call to a model, whatever its purpose; rejected drafts and confidence calls are paid for too. */
export interface CallRecord {
	readonly stage: string;
	readonly model: string;
	readonly purpose: "answer" | "sample" | "verify";
	/** Null where the upstream reported none, or the call failed. */
	readonly usage: TokenUsage | null;
	/** US dollars; null where the usage is unknown, since an unknown cost is not zero. */
	readonly costUsd: number | null;
	/** The call was stopped before its end, or its model counts no tokens: `costUsd` is the most that is likely. */
	readonly estimated?: true;
	readonly ms: number;
	/** When it began, in ms after the request's arrival; absent where that is not known. */
	readonly startMs?: number;
	/** From its beginning to its first event, in ms; of a stream that has begun alone. */
	readonly firstTokenMs?: number;
}
