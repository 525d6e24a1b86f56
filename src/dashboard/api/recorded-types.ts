import type { AdminReply } from "../../admin/client-types.ts";
import type { Observation } from "../../core/observation.ts";

/** A request as it was recorded: no prompt, no answer. */
export type RecentRequest = Omit<Observation, "tenant" | "version">;

/** Newest first; `next` is the `before` of the page that follows. */
export interface RecentRequests {
	readonly items: readonly RecentRequest[];
	readonly next: string | null;
}

export interface Quantiles {
	readonly p50: number;
	readonly p95: number;
	readonly p99: number;
}

/** How many readings of confidence fell into each of 20 bins of width 0.05, the last one closed. */
export interface ConfidenceBins {
	readonly all: readonly number[];
	readonly accepted: readonly number[];
}

/** One cascade and policy revision in one hour or day. Rows from before these were recorded lack the optional ones. */
export type UsageRow = Omit<AdminReply<"usage.get">["rows"][number], "confidence" | "stageLatency" | "firstToken"> & {
	readonly confidence?: Readonly<Record<string, ConfidenceBins>>;
	readonly stageLatency?: Readonly<Record<string, Quantiles>>;
	readonly firstToken?: Quantiles | null;
};

export type EvidenceReport = AdminReply<"evidence.get">;
