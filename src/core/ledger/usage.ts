import type { LatencyQuantiles } from "./latency-digest.ts";

/** What is asked of a tenant's usage. */
export interface UsageQuery {
	/**
	 * Milliseconds since the Unix epoch; whole hours or days (UTC) are reported, from the one that holds `from` to the
	 * last one that begins before `to`.
	 */
	readonly from: number;
	readonly to: number;
	readonly by: "hour" | "day";
}

/**
 * Usage of one cascade at one policy revision in one hour or day (UTC), by when requests arrived. Each text of a batch
 * is a request here, since each runs the cascade by itself. A day is exactly the sum of its hours.
 */
export interface UsageRow {
	/** Milliseconds since the Unix epoch of the beginning of the hour or day. */
	readonly start: number;
	readonly cascade: string;
	readonly policyRevision: number;
	readonly requests: number;
	/** By outcome: `answered`, `failed`, `client-left`. */
	readonly outcomes: Readonly<Record<string, number>>;
	/** By the stage that answered; `none` where none did. */
	readonly stages: Readonly<Record<string, number>>;
	/** By the reason of the answer; `none` where there is none. */
	readonly reasons: Readonly<Record<string, number>>;
	/**
	 * US dollars over the requests whose cost is known, each rounded to a billionth; `unknown` counts the others, and
	 * `estimated` those of the known that hold an estimate.
	 */
	readonly cost: { readonly usd: number; readonly unknown: number; readonly estimated: number };
	/** Against always asking the last stage, over the requests of which it is known; may be negative. */
	readonly saved: { readonly usd: number; readonly unknown: number };
	/**
	 * Audits whose verdict is in: their US dollars, which `cost` does not hold and `saved` is net of; `unknown` counts
	 * those of unknown cost. By when the requests arrived.
	 */
	readonly audits: { readonly count: number; readonly usd: number; readonly unknown: number };
	/** Of every call made for the requests that reported its tokens. */
	readonly inputTokens: number;
	readonly outputTokens: number;
	/** Milliseconds to the last byte, of every request whatever its outcome; within 1% (`latency-digest.ts`). */
	readonly latency: LatencyQuantiles;
	/** By judged stage. */
	readonly confidence: Readonly<Record<string, ConfidenceHistogram>>;
	/** Milliseconds of the calls for an answer, by stage; those that failed or were stopped too, by as long as they ran. */
	readonly stageLatency: Readonly<Record<string, LatencyQuantiles>>;
	/** Milliseconds to the first event of the answer that the client was sent, of streams; null where there was none. */
	readonly firstToken: LatencyQuantiles | null;
}

/** Readings of a stage's confidence in 20 bins of width 0.05 from 0 on; 1 is in the last. */
export interface ConfidenceHistogram {
	readonly all: readonly number[];
	/** Of answers that were accepted. */
	readonly accepted: readonly number[];
}

/** A tenant's usage over a time. */
export interface UsageReport {
	/** The beginning of the first hour or day reported, and the end of the last. */
	readonly from: number;
	readonly to: number;
	readonly by: "hour" | "day";
	/** By `start`, then cascade, then revision; hours without a request have none. */
	readonly rows: readonly UsageRow[];
}
