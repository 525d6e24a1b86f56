import type { Result } from "../result.ts";
import type { Actor, AuditEntry, LedgerRefusal, Page, PublicationState } from "./ledger-ports.ts";

/** A tenant as the registry lists it; what it is at the moment, its own ledger knows. */
export interface TenantEntry {
	readonly tenant: string;
	readonly name: string;
	/** Milliseconds since the Unix epoch. */
	readonly createdAt: number;
}

/** An upstream that policies may name. */
export interface OriginEntry {
	readonly name: string;
	/** Ends in the version, without a slash. */
	readonly baseUrl: string;
	/** The name of a Worker secret, never its value; null where the origin wants none. */
	readonly secret: string | null;
	/** Calls of one isolate that may wait for its answer at once; null: any number. */
	readonly maxConcurrent: number | null;
	/** Rises with each change of any origin, so that none comes again, also over a deletion. */
	readonly revision: number;
	/** Milliseconds since the Unix epoch. */
	readonly updatedAt: number;
}

/** An operator's key as operators may see it. The key itself is shown once, where it is made. */
export interface OperatorKeySummary {
	readonly id: string;
	readonly name: string;
	readonly prefix: string;
	readonly lastFour: string;
	/** All in milliseconds since the Unix epoch; null: not. */
	readonly createdAt: number;
	readonly expiresAt: number | null;
	readonly revokedAt: number | null;
}

/** One page of a list in the order of names. */
export interface NamedPage<Item> {
	readonly items: readonly Item[];
	/** Give it as `after` for the next page; null at the end. */
	readonly next: string | null;
}

/** A written or removed origin. */
export interface OriginWritten {
	readonly origin: OriginEntry;
	/** False: it was the same already, and nothing was written. */
	readonly changed: boolean;
	readonly publication: PublicationState;
}

/** How the operator's one registry is asked; every method is one transaction. Times are the registry's own. */
export interface OperatorRegistryPort {
	/** Lists a tenant whose ledger has been made; listing it again changes nothing, so a broken-off creation can be repeated. */
	readonly addTenant: (input: {
		readonly tenant: string;
		readonly name: string;
		readonly actor: Actor;
	}) => Promise<TenantEntry>;
	/** Takes a tenant whose ledger has been emptied off the list; false where it was not on it. */
	readonly removeTenant: (input: { readonly tenant: string; readonly actor: Actor }) => Promise<boolean>;
	readonly tenants: (input: {
		readonly after: string | null;
		readonly limit: number;
	}) => Promise<NamedPage<TenantEntry>>;
	readonly origin: (name: string) => Promise<Result<OriginEntry, LedgerRefusal>>;
	/** Those of these names that no origin has. */
	readonly missingOrigins: (names: readonly string[]) => Promise<readonly string[]>;
	readonly origins: (input: {
		readonly after: string | null;
		readonly limit: number;
	}) => Promise<NamedPage<OriginEntry>>;
	/**
	 * `expected`: the revision that the writer has seen, `null` that there is none; `undefined` writes over any. The whole
	 * origin is written: one without `maxConcurrent` has none from then on.
	 */
	readonly putOrigin: (input: {
		readonly name: string;
		readonly baseUrl: string;
		readonly secret: string | null;
		readonly maxConcurrent?: number | null;
		readonly expected?: number | null;
		readonly actor: Actor;
	}) => Promise<Result<OriginWritten, LedgerRefusal>>;
	/** Withdraws an origin; the stages that name it fail with `origin_config` from then on. */
	readonly removeOrigin: (input: {
		readonly name: string;
		readonly expected?: number | null;
		readonly actor: Actor;
	}) => Promise<Result<OriginWritten, LedgerRefusal>>;
	/** Stores the hash of a key that the caller has made. */
	readonly addOperatorKey: (input: {
		readonly sha256: string;
		readonly prefix: string;
		readonly lastFour: string;
		readonly name: string;
		readonly expiresAt: number | null;
		readonly actor: Actor;
	}) => Promise<Result<OperatorKeySummary, LedgerRefusal>>;
	readonly operatorKeys: () => Promise<readonly OperatorKeySummary[]>;
	/** The holder of an operator's key right now; null: no such key, or one that is revoked or expired. */
	readonly operatorKeyBySha256: (sha256: string) => Promise<OperatorKeySummary | null>;
	readonly revokeOperatorKey: (input: {
		readonly id: string;
		readonly actor: Actor;
	}) => Promise<Result<OperatorKeySummary, LedgerRefusal>>;
	readonly audit: (input: { readonly before: number | null; readonly limit: number }) => Promise<Page<AuditEntry>>;
	readonly publication: () => Promise<PublicationState>;
}
