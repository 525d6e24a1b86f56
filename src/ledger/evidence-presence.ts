import type { LedgerRefusal } from "../core/ledger/ledger-ports.ts";
import { err } from "../core/result.ts";
import type { EvidenceIdentity } from "./evidence-record-store.ts";
import type { EvidenceStores } from "./evidence-stores.ts";
import type { LedgerRuntime } from "./ledger-runtime.ts";

/** So long after its tenant was seen a ledger relies on its being there. A new tenant of the name has its own evidence by then. */
const TENANT_SURE_MS = 300_000;

/** A tenant's ledger that could not be reached is left alone for so long. */
const RETRY_MS = 60_000;

/** What the transactions ask of a ledger: whether there is one. */
export function tenantOf(identity: EvidenceIdentity | null) {
	if (identity === null) return null;
	const { address, createdAt } = identity;
	return { tenant: address.tenant, name: address.cascade, suspended: false, createdAt };
}

/** What is answered where there is none. */
export function notBegun(): { readonly ok: false; readonly error: LedgerRefusal } {
	return err({ kind: "not-found", what: "evidence" });
}

/** Whether the tenant for which a ledger was made is still there, by asking the tenant's own ledger now and then. */
export interface TenantWatch {
	/**
	 * The creation of the tenant that is known to be over, gone or followed by another of its name; null where it is there, or where
	 * that cannot be found out. Asks only once the last answer is five minutes old, or `anyway`; calls at the same time share one.
	 */
	readonly over: (anyway?: boolean) => Promise<number | null>;
}

/** Watches the tenant of the ledger over these stores, whose tables must be there; `seen` puts on record that it is. */
export function watchTenant(watch: {
	readonly stores: Pick<EvidenceStores, "evidence" | "state">;
	readonly listOf: (tenant: string) => ReturnType<LedgerRuntime["evidenceListOf"]>;
	readonly seen: (now: number) => Promise<unknown>;
	readonly runtime: Pick<LedgerRuntime, "now" | "logFault">;
}): TenantWatch {
	const { stores, listOf, seen, runtime } = watch;
	let asking: Promise<number | null> | null = null;
	let failedAt = Number.NEGATIVE_INFINITY;

	const ask = async ({ address, tenantCreatedAt }: EvidenceIdentity): Promise<number | null> => {
		const now = runtime.now();
		try {
			const noted = await listOf(address.tenant).noteEvidenceLedger(address);
			if (!noted.ok) return noted.error.kind === "not-found" ? tenantCreatedAt : null;
			if (noted.value.createdAt !== tenantCreatedAt) return tenantCreatedAt;
			await seen(now);
		} catch (error) {
			failedAt = now;
			runtime.logFault("tenant-not-asked", { reason: String(error) });
		}
		return null;
	};

	return {
		async over(anyway = false) {
			const identity = stores.evidence.read();
			if (identity === null) return null;
			const now = runtime.now();
			const isSure = now - stores.state.read().tenantSeenAt < TENANT_SURE_MS || now - failedAt < RETRY_MS;
			if (isSure && !anyway) return null;
			asking ??= ask(identity).finally(() => {
				asking = null;
			});
			return asking;
		},
	};
}
