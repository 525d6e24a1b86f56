import type { BudgetLedgerPort } from "../core/ledger/lease-ports.ts";
import type { TenantLedgerPort } from "../core/ledger/ledger-ports.ts";
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

/** The operator's registry. */
export function registryOf(namespace: ObjectNamespace): OperatorRegistryPort {
	return namespace.getByName(REGISTRY_NAME) as OperatorRegistryPort;
}
