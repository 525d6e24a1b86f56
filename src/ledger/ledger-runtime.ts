import type { EvidenceLedgerPort } from "../core/evidence/evidence-ports.ts";
import type { EvidenceListPort } from "../core/ledger/ledger-ports.ts";
import { EVIDENCE_TIMES, type EvidenceTimes } from "./evidence-times.ts";
import { TENANT_QUOTAS, type TenantQuotas } from "./quotas.ts";

/** Where a ledger publishes to. */
export type RecordWriter = Pick<KVNamespace, "put" | "delete">;

/** The bindings that ledgers need. */
export interface LedgerBindings {
	readonly CONFIG: KVNamespace;
	/** Each is missing only where the Worker was deployed without it. */
	readonly TENANT_LEDGER?: OtherLedgers;
	readonly EVIDENCE_LEDGER?: OtherLedgers;
	/** Without it nothing is counted for `/metrics`. */
	readonly METRIC_SHARD?: OtherLedgers;
}

/** Ledgers of another class, by name. */
interface OtherLedgers {
	readonly getByName: (name: string) => unknown;
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
	/** Another ledger, by its name. Throws where its binding is missing. */
	readonly evidenceLedgerOf: (
		bindings: LedgerBindings,
		name: string,
	) => Pick<EvidenceLedgerPort, "destroy" | "exported">;
	readonly evidenceListOf: (bindings: LedgerBindings, tenant: string) => EvidenceListPort;
	readonly evidenceTimes: EvidenceTimes;
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
	evidenceLedgerOf: ({ EVIDENCE_LEDGER }, name) =>
		required(EVIDENCE_LEDGER, "EVIDENCE_LEDGER").getByName(name) as EvidenceLedgerPort,
	evidenceListOf: ({ TENANT_LEDGER }, tenant) =>
		required(TENANT_LEDGER, "TENANT_LEDGER").getByName(tenant) as EvidenceListPort,
	evidenceTimes: EVIDENCE_TIMES,
	logFault: (fault, facts) => console.warn(JSON.stringify({ event: "fault", fault, ...facts })),
};

function required(ledgers: OtherLedgers | undefined, binding: string): OtherLedgers {
	if (ledgers === undefined) throw new Error(`the binding ${binding} is missing`);
	return ledgers;
}
