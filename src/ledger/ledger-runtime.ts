import { TENANT_QUOTAS, type TenantQuotas } from "./quotas.ts";

/** Where a ledger publishes to. */
export type RecordWriter = Pick<KVNamespace, "put" | "delete">;

/** The bindings that ledgers need. */
export interface LedgerBindings {
	readonly CONFIG: KVNamespace;
}

/** What a ledger takes from outside beside its storage. */
export interface LedgerRuntime {
	/** Milliseconds since the Unix epoch. */
	readonly now: () => number;
	/** Uniform in [0, 1); spreads retries. */
	readonly random: () => number;
	readonly records: (bindings: LedgerBindings) => RecordWriter;
	/** Milliseconds for which a write waits for KV before it answers that publication is pending. */
	readonly publishWaitMs: number;
	readonly quotas: TenantQuotas;
	/** About how long the text of one page of an export is; a message between objects holds 32 MiB. */
	readonly exportPageCharacters: number;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string | number>>) => void;
}

/** Production's. */
export const ledgerRuntime: LedgerRuntime = {
	now: () => Date.now(),
	random: () => Math.random(),
	records: ({ CONFIG }) => CONFIG,
	publishWaitMs: 2_000,
	quotas: TENANT_QUOTAS,
	exportPageCharacters: 4 * 1024 * 1024,
	logFault: (fault, facts) => console.warn(JSON.stringify({ event: "fault", fault, ...facts })),
};
