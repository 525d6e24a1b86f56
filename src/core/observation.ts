import type { CallRecord, Reason, TrailEntry } from "./trail.ts";

/** What a request came for. */
export type Endpoint = "chat.completions" | "responses" | "classifications" | "moderations" | "embeddings";

/** One record a request, written after its last byte. Holds no prompt, no answer, no key. */
export interface Observation {
	readonly version: 1;
	readonly requestId: string;
	readonly endpoint: Endpoint;
	/** Which text of a batch; each runs the cascade by itself. Absent where the request has one. */
	readonly item?: number;
	readonly tenant: string;
	readonly cascade: string;
	readonly policyRevision: number;
	/**
	 * The request fell to a canary's share, and `policyRevision` is the canary's; absent otherwise, also where that revision
	 * served as the current one.
	 */
	readonly canary?: true;
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
	/** Calls that were made once more after they had failed; absent: none. */
	readonly retries?: number;
	readonly costUsd: number | null;
	readonly savedUsd: number | null;
	/** To the last byte. */
	readonly durationMs: number;
	/** To the first event of the answer that the client was sent, comments aside; of streams that got so far alone. */
	readonly firstTokenMs?: number;
}
