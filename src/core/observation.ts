import type { CallRecord, Reason, TrailEntry } from "./trail.ts";

/** One record a request, written after its last byte. Holds no prompt, no answer, no key. */
export interface Observation {
	readonly version: 1;
	readonly requestId: string;
	readonly tenant: string;
	readonly cascade: string;
	readonly policyRevision: number;
	/** Milliseconds since the Unix epoch, at arrival. */
	readonly at: number;
	readonly stream: boolean;
	readonly outcome: "answered" | "failed" | "client-left";
	/** The stage that answered; null where none did. */
	readonly stage: string | null;
	readonly reason: Reason | null;
	/** The failure's kind where there is one. */
	readonly failure: string | null;
	readonly trail: readonly TrailEntry[];
	readonly calls: readonly CallRecord[];
	readonly costUsd: number | null;
	readonly savedUsd: number | null;
	/** To the last byte. */
	readonly durationMs: number;
}
