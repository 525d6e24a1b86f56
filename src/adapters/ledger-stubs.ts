import type { EvidenceAddress } from "../core/evidence/evidence-entry.ts";
import type { EvidenceLedgerPort } from "../core/evidence/evidence-ports.ts";
import { evidenceLedgerName } from "../core/published-records.ts";
import type { BudgetLedgerPort } from "../core/ledger/lease-ports.ts";
import type { TenantLedgerPort } from "../core/ledger/ledger-ports.ts";
import type { MetricShardPort } from "../core/metrics/metric-report.ts";
import type { SharedOutagePort } from "../core/resilience/shared-outage.ts";
import type { OperatorRegistryPort } from "../core/ledger/registry-ports.ts";

/** A namespace of Durable Objects, as far as ports are made of it; the classes stay unknown here. */
export interface ObjectNamespace {
	readonly getByName: (name: string) => unknown;
}

/** The one registry's name. */
const REGISTRY_NAME = "registry";

/**
 * The ledger of the tenant of this name. The stub of a Durable Object has its methods, each a call over RPC; that the
 * class behind the binding implements the port is checked where the class is.
 */
export function ledgerOf(namespace: ObjectNamespace, tenant: string): TenantLedgerPort & BudgetLedgerPort {
	return namespace.getByName(tenant) as TenantLedgerPort & BudgetLedgerPort;
}

/** A shard of the metrics, by its name. */
export function metricShard(namespace: ObjectNamespace, name: string): MetricShardPort {
	return namespace.getByName(name) as MetricShardPort;
}

/** What isolates know together of an upstream. */
export function sharedOutage(namespace: ObjectNamespace, upstream: string): SharedOutagePort {
	return namespace.getByName(upstream) as SharedOutagePort;
}

/** The operator's registry. */
export function registryOf(namespace: ObjectNamespace): OperatorRegistryPort {
	return namespace.getByName(REGISTRY_NAME) as OperatorRegistryPort;
}

/** The ledger of the evidence on one configuration of one cascade. */
export function evidenceLedgerOf(namespace: ObjectNamespace, address: EvidenceAddress): EvidenceLedgerPort {
	return namespace.getByName(evidenceLedgerName(address)) as EvidenceLedgerPort;
}
