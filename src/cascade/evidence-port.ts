import type { Completion } from "../core/completion.ts";
import type { AuditedText } from "../core/evidence/audited-text.ts";
import type { AuditVerdict, EvidenceEntry } from "../core/evidence/evidence-entry.ts";
import type { EvidenceLease, GuaranteeTerms } from "../core/evidence/evidence-ports.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import type { TextEmbedder } from "./label-ports.ts";
import type { CascadeGuarantee } from "./ports.ts";

/**
 * The evidence on a cascade's guaranteed first stage, seen from one run. A cascade without a guarantee has no such port,
 * and nothing is computed for it. Nothing here throws or keeps an answer waiting, but for `lease` where an isolate
 * knows nothing yet.
 */
export interface Evidence {
	/** Which text of a batch; absent where there is one. */
	readonly item?: number | undefined;
	/** At arrival, in milliseconds since the Unix epoch. */
	readonly at: number;
	readonly policyRevision: number;
	readonly configHash: string;
	readonly terms: GuaranteeTerms;
	/** What the isolate holds; a promise where it has to look first. Never rejects: null is "nothing known". */
	readonly lease: () => EvidenceLease | null | Promise<EvidenceLease | null>;
	/** A new number in [0, 1) each time, of 53 random bits. */
	readonly random: () => number;
	/** Sends what a request says, when there is time. */
	readonly record: (entry: EvidenceEntry) => void;
	/** Sends that an audit has been drawn; true once that is on its way to the ledger, so that its outcome cannot hide it. */
	readonly draw: (entry: EvidenceEntry) => Promise<boolean>;
	/** Sends what became of a drawn audit. */
	readonly verdict: (verdict: AuditVerdict) => void;
	/**
	 * Does work once the answer is on its way. It outlives the client's connection; a throw is logged as a fault. `isBrief`: it
	 * takes some microseconds and waits for nothing, so that to be done just before the answer leaves is cheaper for everybody
	 * than a turn of the event loop of its own.
	 */
	readonly later: (work: () => Promise<void>, isBrief?: boolean) => void;
	/**
	 * Keeps what runs for this request alive until what is returned is called, although its client leaves: from when a label is due
	 * until it, or that it is missing, has been told.
	 */
	readonly hold: () => () => void;
	/** Whether the last stage has failed so lately that an audit would be asked in vain. */
	readonly isDown: (stage: StagePolicy) => boolean;
	/** Tells what came of asking the last stage; null: it answered. */
	readonly asked: (stage: StagePolicy, failure: StageFailure | null) => void;
	/** The answer that a whole stream of chat chunks holds; null where it is not whole, or none. */
	readonly readStream: (bytes: readonly Uint8Array[]) => Completion | null;
	readonly embedTexts: TextEmbedder;
	/**
	 * What takes the text of a row that is to be labelled; null where this one is not kept, which must not depend on its verdict.
	 * Absent: the policy keeps no text.
	 */
	readonly chooseText?: (served: AuditedText["served"]) => ((text: Omit<AuditedText, "expiresAt">) => void) | null;
}

/** One request for answers of a guaranteed cascade. */
export interface GuaranteedRequest extends CascadeGuarantee {
	readonly tenant: string;
	/** The cascade's alias. */
	readonly cascade: string;
	readonly policyRevision: number;
	/** That revision is a canary's, and was chosen by its share. */
	readonly isCanary: boolean;
	/** At arrival, in milliseconds since the Unix epoch. */
	readonly at: number;
}

/** The evidence of one request, of each of its texts. */
export interface EvidenceExchange {
	readonly of: (item?: number) => Evidence;
	/** The answer is on its way: what was to be done later is begun, and what comes from now on at once. */
	readonly answered: () => void;
}
