/** What is asked of a tenant's usage. */
export interface UsageQuery {
	/** Milliseconds since the Unix epoch; whole hours are reported, from the one that holds `from` to the one before `to`. */
	readonly from: number;
	readonly to: number;
	readonly by: "hour" | "day";
}

/** Usage of one cascade at one policy revision in one hour or day (UTC). */
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
	/** By the reason of the answer. */
	readonly reasons: Readonly<Record<string, number>>;
	/** US dollars over the requests whose cost is known; `unknown` counts the others. */
	readonly cost: { readonly usd: number; readonly unknown: number; readonly estimated: number };
	readonly saved: { readonly usd: number; readonly unknown: number };
	readonly inputTokens: number;
	readonly outputTokens: number;
	/** Milliseconds to the last byte. */
	readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number };
}

/** A tenant's usage over a time. */
export interface UsageReport {
	readonly from: number;
	readonly to: number;
	readonly by: "hour" | "day";
	readonly rows: readonly UsageRow[];
}
