import type { PartsPerMillion } from "./guarantee.ts";

/**
 * What one request says about a guaranteed stage; no text. The chance of its label was fixed before anything of its
 * quality was known, and is written down with it.
 */
export interface EvidenceEntry {
	readonly requestId: string;
	/** Which text of a batch. */
	readonly item?: number;
	/** At arrival, in milliseconds since the Unix epoch. */
	readonly at: number;
	readonly policyRevision: number;
	/** The regime of the lease that the isolate decided by; 0 where it held none. */
	readonly epoch: number;
	readonly phase: number;
	/** Null: no reading, which is never accepted. */
	readonly confidence: number | null;
	/** `gated`: the gate sent the request past the stage; it is no part of any candidate's region, and for the gate's own figures. */
	readonly served: "accepted" | "escalated" | "gated";
	/** The answer carries the label that the guarantee is on; true where it is on all. */
	readonly inScope: boolean;
	/** Of getting a label. */
	readonly propensity: PartsPerMillion;
	/**
	 * `labelled`: the verdict is here; `drawn`: an audit is under way and its verdict follows; `not-drawn`: the coin fell
	 * otherwise; `unobserved`: no coin was tossed, since no audit could have been made, or one was whose draw could not be told.
	 */
	readonly draw: "labelled" | "drawn" | "not-drawn" | "unobserved";
	/** Of one `unobserved`: a coin had drawn it, so it stands for all that the coin passed over, and weighs as a drawn one does. */
	readonly wasDrawn?: true;
	/** Null unless `labelled`. A labeller that failed counts as wrong. */
	readonly wrong: boolean | null;
	/** US dollars of the request's calls to the stage and to later ones, without audits; null: not known. For pacing alone. */
	readonly cost?: { readonly stageUsd: number | null; readonly restUsd: number | null };
}

/** What became of a drawn audit. */
export interface AuditVerdict {
	readonly requestId: string;
	readonly item?: number;
	/** Of the request, at arrival. */
	readonly at: number;
	/** Of the request; usage counts what the audit cost there. Absent: at none that is known. */
	readonly policyRevision?: number;
	readonly wrong: boolean;
	/** The audit or its labeller failed, which counts as wrong. */
	readonly failed: boolean;
	/** US dollars of the audit's calls, the labeller's among them; null where unknown. */
	readonly costUsd: number | null;
	/** Of these, the labeller's. For pacing alone. */
	readonly labelUsd?: number | null;
	readonly ms: number;
}

/** Names the ledger of one configuration of one cascade. */
export interface EvidenceAddress {
	readonly tenant: string;
	readonly cascade: string;
	/** SHA-256, in hex, of `guaranteeConfigText`. */
	readonly configHash: string;
}
