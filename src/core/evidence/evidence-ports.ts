import type { Actor, LedgerRefusal } from "../ledger/ledger-ports.ts";
import type { JsonObject } from "../json.ts";
import type { Result } from "../result.ts";
import type { AnchorLedgerPort } from "./anchors.ts";
import type { AuditedTextLedgerPort, HumanCheck } from "./audited-text.ts";
import type { AuditVerdict, EvidenceAddress, EvidenceEntry } from "./evidence-entry.ts";
import type { Guarantee, PartsPerMillion } from "./guarantee.ts";
import type { PacedChoice } from "./pacing.ts";

/**
 * What a ledger has to know of the policy. All of it is under the configuration's hash but `auditPropensity` and
 * `retainTextHours`, which may change between two askings, and of the guarantee `withoutCertificate`, which is the isolates'
 * business, and `pacing`.
 */
export interface GuaranteeTerms {
	readonly stage: string;
	readonly guarantee: Guarantee;
	/** Name and version of the labeller. */
	readonly labeller: string;
	/** Chance that an accepted answer is audited. */
	readonly auditPropensity: PartsPerMillion;
	/** For so long texts of audited answers are kept; null: none are. */
	readonly retainTextHours: number | null;
}

/**
 * - `audition`: nothing is accepted; every answer is labelled, until there is evidence
 * - `certified`: accept at `threshold`
 * - `alarm`: the evidence says that it has become worse; nothing is accepted until a new epoch has certified
 * - `closed`: an operator or the tenant has stopped it
 */
export type LeaseState = "audition" | "certified" | "alarm" | "closed";

/** What an isolate may rely on until it expires. */
export interface EvidenceLease {
	readonly version: 1;
	readonly configHash: string;
	readonly state: LeaseState;
	/** Null unless certified. */
	readonly threshold: number | null;
	readonly epoch: number;
	readonly phase: number;
	/** Of accepted answers in this phase; escalated ones are labelled with certainty. */
	readonly auditPropensity: PartsPerMillion;
	/** Rises with each change, so that an older copy never takes the place of a newer one. */
	readonly sequence: number;
	/** Milliseconds since the Unix epoch. */
	readonly issuedAt: number;
	readonly expiresAt: number;
}

/** How the evidence on one configuration is asked; every method is one transaction. */
export interface EvidenceLedgerPort extends AnchorLedgerPort, AuditedTextLedgerPort {
	/**
	 * The lease in force; the first to ask makes the ledger. `terms` must be those of the address's hash. Those of a canary
	 * make the ledger where it is not there, and change nothing where it is: two policies may not overwrite each other's. Nor do those
	 * of an older revision than the ledger knows, which are of an isolate that has not heard of the newer one.
	 */
	readonly lease: (input: {
		readonly address: EvidenceAddress;
		readonly terms: GuaranteeTerms;
		/** Of the policy that the terms are of; each change of a policy has a greater one, a rollback too. */
		readonly policyRevision: number;
		/** The terms are of a canary's policy, which serves a share of requests beside the current one. */
		readonly isCanary?: boolean;
	}) => Promise<Result<EvidenceLease, LedgerRefusal>>;
	/** Adds what requests say, each once, however often it is delivered; verdicts may come before their draws. */
	readonly record: (input: {
		readonly address: EvidenceAddress;
		readonly entries: readonly EvidenceEntry[];
		readonly verdicts: readonly AuditVerdict[];
	}) => Promise<{ readonly added: number }>;
	/** Everything that is known, for people and dashboards. */
	readonly report: () => Promise<Result<EvidenceReport, LedgerRefusal>>;
	/** The table of counts with its epochs, phases and history: what anybody needs to compute a certificate again. */
	readonly exported: () => Promise<Result<JsonObject, LedgerRefusal>>;
	/**
	 * People's verdicts on rows whose text is kept, and on drawn rows of open buckets; others are refused. None changes what the
	 * labeller said, but "wrong" of a drawn row of an open bucket counts in the evidence.
	 */
	readonly addHumanLabels: (input: {
		readonly labels: readonly { readonly requestId: string; readonly item?: number; readonly wrong: boolean }[];
		readonly actor: Actor;
	}) => Promise<Result<{ readonly taken: number; readonly refused: readonly string[] }, LedgerRefusal>>;
	/** Opens a new epoch: after an alarm has been looked into, or to begin anew. A tenant's key may not where an operator has closed it. */
	readonly restart: (input: {
		readonly reason: string;
		readonly actor: Actor;
	}) => Promise<Result<EvidenceLease, LedgerRefusal>>;
	/** Accepts nothing from now on, until it is restarted. */
	readonly close: (input: {
		readonly reason: string;
		readonly actor: Actor;
	}) => Promise<Result<EvidenceLease, LedgerRefusal>>;
	/** Forgets everything and withdraws the lease from KV. */
	readonly destroy: () => Promise<void>;
}

/** The state of the evidence at one moment. All risks are of the labeller's verdict. */
export interface EvidenceReport {
	readonly address: EvidenceAddress;
	readonly terms: GuaranteeTerms;
	readonly lease: EvidenceLease;
	/** Strict to loose; empty until enough unlabelled readings are in. */
	readonly candidates: readonly {
		readonly threshold: number;
		/** Share of requests with at least this confidence, of this epoch. */
		readonly coverage: number;
		/** Natural logarithm of the e-value; certified where it has reached ln(1/delta) of the epoch. */
		readonly logEvidence: number;
		readonly certified: boolean;
		/** Labels in its region, and the wrong ones, unweighted. */
		readonly labels: number;
		readonly wrong: number;
	}[];
	/** Natural logarithm that certifies in this epoch. */
	readonly logNeeded: number;
	readonly epochs: readonly {
		readonly epoch: number;
		readonly cause: "first" | "alarm" | "expired" | "restart";
		readonly delta: number;
		readonly openedAt: number;
		readonly closedAt: number | null;
	}[];
	/** Of accepted answers since the present threshold is in force: an estimate and an anytime-valid interval; null without labels. */
	readonly risk: {
		readonly estimate: number;
		readonly lower: number;
		readonly upper: number;
		readonly labels: number;
	} | null;
	readonly alarm: {
		/** Natural logarithm of the detector's value; null: it has seen nothing. */
		readonly logValue: number | null;
		/** And of the level at which it alarms; null while nothing is accepted, as are the delays. */
		readonly logLevel: number | null;
		/**
		 * Labels of accepted answers that pass on average until twice the target risk is noticed, at the audits and the coverage of the
		 * present, and what that is in accepted requests, and in all. The detector of a joint risk counts all of them.
		 */
		readonly delayLabels: number | null;
		readonly delayAccepted: number | null;
		readonly delayRequests: number | null;
		/** When it last alarmed. */
		readonly at: number | null;
	};
	/** Since the ledger was made, over all epochs. */
	readonly counts: {
		readonly requests: number;
		readonly accepted: number;
		readonly escalated: number;
		readonly gated: number;
		readonly drawn: number;
		readonly labelled: number;
		readonly wrong: number;
		readonly unobserved: number;
		/** Came after their bucket was closed, and count as wrong; more than a day later, with each delivery. */
		readonly late: number;
		/** Drawn and unresolved at the watermark, and count as wrong. */
		readonly unresolved: number;
		/** Audits that failed, or their labeller did, and count as wrong. */
		readonly failed: number;
		/** Under their phase's propensity, and left out. */
		readonly underPropensity: number;
		/** Drawn up before the epoch's path was laid: their readings laid it, and their labels were discarded. */
		readonly beforePath: number;
		/** Of a lease of another epoch, or of none, and left out. */
		readonly otherEpoch: number;
		/** Labels of gated requests, and the wrong ones; they are in no candidate's region, nor in `wrong`. */
		readonly gatedLabelled: number;
		readonly gatedWrong: number;
	};
	/** Up to here everything is counted; milliseconds since the Unix epoch. */
	readonly watermark: number;
	/** No new certificate and no loosening while true. */
	readonly frozen: boolean;
	/**
	 * Null unless frozen. `unobserved`: of more than one in twenty requests of ten seconds no label could be had, in the ten
	 * minutes before; `late`: as many labels came when they could not be counted any more; `labeller-drift`: the labeller has
	 * drifted from its anchors, until there are new ones.
	 */
	readonly frozenBecause: "unobserved" | "late" | "labeller-drift" | null;
	/** Who has closed it; null while it is open. What an operator has closed only an operator restarts. */
	readonly closedBy: Actor["kind"] | null;
	/** Null where the guarantee has none. */
	readonly pacing: {
		/** As in `PacedChoice`. */
		readonly state: PacedChoice["state"] | "nothing-certified";
		readonly usdPerDay: number;
		/** The one chosen, which is in force as soon as the phase before has lasted ten minutes. */
		readonly threshold: number | null;
		readonly projectedUsdPerDay: number | null;
	} | null;
	/** How people find the labeller; null where they have said nothing of a kept text. */
	readonly humanCheck: HumanCheck | null;
}
