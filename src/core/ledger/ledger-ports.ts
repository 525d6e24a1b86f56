import type { EvidenceAddress } from "../evidence/evidence-entry.ts";
import type { Observation } from "../observation.ts";
import type { Result } from "../result.ts";
import type { PolicyProblem } from "../tenant-policy.ts";
import type { AuditCost } from "./audit-cost.ts";
import type { CanaryFigures } from "./canary-figures.ts";
import type { Feedback, FeedbackRecorded, FeedbackRefusal, FeedbackReport } from "./feedback.ts";
import type { RecentRequest, RecentRequestsPage, RecentRequestsQuery, RequestText } from "./recent-requests.ts";
import type { UsageReport, UsageQuery } from "./usage.ts";
import type { JsonObject } from "../json.ts";

/** Who did something: an operator's or an admin's key, or a person behind Cloudflare Access. Never a secret. */
export interface Actor {
	readonly kind: "operator-key" | "access" | "tenant-key" | "system";
	/** A key's identifier, or an e-mail address. */
	readonly name: string;
}

/** One act on record. */
export interface AuditEntry {
	/** Rises by one with each entry. */
	readonly sequence: number;
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	readonly actor: Actor;
	/** Such as `policy.put`, `key.revoke`, `tenant.suspend`. */
	readonly act: string;
	/** What was asked for and what came of it; no secret. */
	readonly outcome: "done" | "refused";
	readonly detail: JsonObject;
}

/** A policy as it was at one revision. The document is kept as it was written. */
export interface PolicyRevision {
	readonly revision: number;
	readonly document: JsonObject;
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	readonly author: Actor;
	readonly reason: string;
	/** `canary`: to be tried on a share of requests; it was never current. */
	readonly cause: "put" | "patch" | "rollback" | "promote" | "import" | "canary";
}

/** A revision without its document, for lists. */
export type RevisionSummary = Omit<PolicyRevision, "document">;

/** A share of requests on another revision. */
export interface CanaryState {
	readonly revision: number;
	/** Of requests, above 0 and below 1. */
	readonly share: number;
	/** Milliseconds since the Unix epoch. */
	readonly since: number;
	readonly author: Actor;
}

/** A canary, and what it and the current policy have served since it began. */
export interface CanaryReport extends CanaryState {
	readonly figures: CanaryFigures;
}

/** An API key as its tenant may see it. The key itself is shown once, where it is made. */
export interface KeySummary {
	readonly id: string;
	readonly name: string;
	readonly prefix: string;
	readonly lastFour: string;
	readonly scopes: readonly KeyScope[];
	/** All in milliseconds since the Unix epoch; null: not. */
	readonly createdAt: number;
	readonly expiresAt: number | null;
	readonly revokedAt: number | null;
}

/** What a key may do: ask, read what is configured and used, or change it. */
export type KeyScope = "inference" | "read" | "admin";

/** Why a ledger did not do what it was asked. */
export type LedgerRefusal =
	/** The revision that the caller had seen is not the current one. */
	| { readonly kind: "conflict"; readonly current: number }
	| { readonly kind: "invalid"; readonly problems: readonly PolicyProblem[] }
	| { readonly kind: "not-found"; readonly what: string }
	| { readonly kind: "already-exists"; readonly what: string }
	/** The act does not fit the state, such as promoting where there is no canary. */
	| { readonly kind: "not-applicable"; readonly message: string };

/** How far KV is behind. */
export interface PublicationState {
	/** Records that KV is not known to hold yet. */
	readonly pending: number;
	/** Milliseconds since the Unix epoch of the oldest of them; null where there is none. */
	readonly oldestAt: number | null;
}

/** What a write answers with. */
export interface RevisionWritten {
	readonly revision: number;
	/** False: the same policy was current already, and nothing was written. */
	readonly changed: boolean;
	readonly publication: PublicationState;
}

/** One page of a list, newest first. */
export interface Page<Item> {
	readonly items: readonly Item[];
	/** Give it as `before` for the next page; null at the end. */
	readonly next: number | null;
}

/** Where an export goes on. */
export interface ExportPlace {
	readonly part: "revisions" | "keys" | "audit" | "usage" | "feedback" | "evidence";
	/** What has been read of the part ends here. */
	readonly after: number;
	/** Nothing of the part has been read yet. */
	readonly isEmpty: boolean;
	/** Of the tenant. */
	readonly createdAt: number;
}

/** One page of an export. */
export interface ExportPage {
	readonly text: string;
	/** Null at the end. */
	readonly next: ExportPlace | null;
}

/** How the ledger of one tenant is asked; every method is one transaction. Times are the ledger's own. */
export interface TenantLedgerPort {
	/** Makes the ledger belong to this tenant. */
	readonly create: (input: {
		readonly tenant: string;
		readonly name: string;
		readonly actor: Actor;
	}) => Promise<Result<TenantState, LedgerRefusal>>;
	readonly state: () => Promise<Result<TenantState, LedgerRefusal>>;
	readonly setSuspended: (input: {
		readonly suspended: boolean;
		readonly reason: string;
		readonly actor: Actor;
	}) => Promise<Result<TenantState, LedgerRefusal>>;
	/** `expected`: the revision that the writer has seen; null: it has seen none. */
	readonly putPolicy: (input: {
		readonly document: JsonObject;
		readonly expected: number | null;
		readonly reason: string;
		readonly cause: "put" | "patch" | "import";
		readonly actor: Actor;
	}) => Promise<Result<RevisionWritten, LedgerRefusal>>;
	readonly rollback: (input: {
		readonly to: number;
		readonly expected: number | null;
		readonly reason: string;
		readonly actor: Actor;
	}) => Promise<Result<RevisionWritten, LedgerRefusal>>;
	readonly revision: (revision: number | "current") => Promise<Result<PolicyRevision, LedgerRefusal>>;
	readonly revisions: (input: {
		readonly before: number | null;
		readonly limit: number;
	}) => Promise<Page<RevisionSummary>>;
	/** Refused as not found where there is none. */
	readonly canary: () => Promise<Result<CanaryReport, LedgerRefusal>>;
	/**
	 * In place of the canary there, and with figures that begin anew, also where the share alone is another; the same
	 * revision at the same share goes on as it is. `expected`: the revision that the writer has seen; absent: whichever
	 * is current.
	 */
	readonly startCanary: (input: {
		readonly revision: number;
		readonly expected?: number;
		readonly share: number;
		readonly reason: string;
		readonly actor: Actor;
	}) => Promise<Result<CanaryState, LedgerRefusal>>;
	/**
	 * The same with a policy that was never current: it becomes the next revision, and the policy in force, which stays in
	 * force, the one after it. `expected`: the current revision.
	 */
	readonly startCanaryOf: (input: {
		readonly document: JsonObject;
		readonly expected: number;
		readonly share: number;
		readonly reason: string;
		readonly actor: Actor;
	}) => Promise<Result<CanaryState, LedgerRefusal>>;
	readonly endCanary: (input: {
		readonly promote: boolean;
		readonly reason: string;
		readonly actor: Actor;
	}) => Promise<Result<RevisionWritten, LedgerRefusal>>;
	/** Stores the hash of a key that the caller has made. */
	readonly addKey: (input: {
		readonly sha256: string;
		readonly prefix: string;
		readonly lastFour: string;
		readonly name: string;
		readonly scopes: readonly KeyScope[];
		readonly expiresAt: number | null;
		/** The key that this one takes the place of, which goes on working for so long. */
		readonly replaces?: { readonly id: string; readonly overlapMs: number };
		readonly actor: Actor;
	}) => Promise<Result<KeySummary, LedgerRefusal>>;
	readonly keys: () => Promise<readonly KeySummary[]>;
	readonly revokeKey: (input: {
		readonly id: string;
		readonly actor: Actor;
	}) => Promise<Result<KeySummary, LedgerRefusal>>;
	/** The holder of a key right now, for admin routes, where a minute's lag would be too long; null: no such key. */
	readonly keyBySha256: (sha256: string) => Promise<KeySummary | null>;
	readonly audit: (input: { readonly before: number | null; readonly limit: number }) => Promise<Page<AuditEntry>>;
	/** Puts an act that was refused elsewhere, such as for a missing right, on record. */
	readonly recordRefusal: (input: {
		readonly actor: Actor;
		readonly act: string;
		readonly detail: JsonObject;
	}) => Promise<void>;
	readonly publication: () => Promise<PublicationState>;
	/**
	 * Adds observations, and what audits cost, to the usage; each counts once, however often it is delivered. Returns how
	 * many were new.
	 */
	readonly recordObservations: (
		observations: readonly Observation[],
		audits?: readonly AuditCost[],
	) => Promise<{ readonly added: number }>;
	readonly usage: (query: UsageQuery) => Promise<UsageReport>;
	/** The last requests, none older than a day. */
	readonly recentRequests: (query: RecentRequestsQuery) => Promise<RecentRequestsPage>;
	readonly recentRequest: (text: RequestText) => Promise<Result<RecentRequest, LedgerRefusal>>;
	/** Keeps what is said of an answer, in place of what was said of it before; each request counts once. */
	readonly recordFeedback: (feedback: Feedback) => Promise<Result<FeedbackRecorded, FeedbackRefusal>>;
	readonly feedback: () => Promise<FeedbackReport>;
	/**
	 * Everything but key hashes, page by page from `null` on. The texts of all pages, one after the other, are one JSON
	 * document; what changes meanwhile may be in it or not.
	 */
	readonly export: (from: ExportPlace | null) => Promise<Result<ExportPage, LedgerRefusal>>;
	/** Withdraws the tenant from KV, then empties the ledger. */
	readonly destroy: (input: { readonly actor: Actor }) => Promise<Result<PublicationState, LedgerRefusal>>;
}

/** The part of a tenant's ledger that knows the ledgers of the evidence on its cascades. */
export interface EvidenceListPort {
	/**
	 * Puts a ledger of evidence on the tenant's list, to be destroyed and exported with it; to be called before it stores
	 * anything. Repeating is harmless. Answers with when the tenant was created, by which a later tenant of the same name
	 * is told from it.
	 */
	readonly noteEvidenceLedger: (
		address: EvidenceAddress,
	) => Promise<Result<{ readonly createdAt: number }, LedgerRefusal>>;
	/** The list, oldest first. */
	readonly evidenceLedgers: () => Promise<readonly EvidenceAddress[]>;
}

/** What a tenant is at the moment. */
export interface TenantState {
	readonly tenant: string;
	readonly name: string;
	readonly suspended: boolean;
	/** Null before the first policy. */
	readonly revision: number | null;
	readonly canary: CanaryState | null;
	readonly createdAt: number;
}
