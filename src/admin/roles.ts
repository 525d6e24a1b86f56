import type { Actor } from "../core/ledger/ledger-ports.ts";

/** Who may call a route: operators of the deployment, and keys of the tenant that the path names. */
export type AdminRole = "operator" | "tenant-admin" | "tenant-reader";

/** Who calls, as far as proved. */
export interface Requester {
	readonly actor: Actor;
	/** The strongest role that the credentials give; null: a valid key that has no part in administration. */
	readonly role: AdminRole | null;
}

/** Whether this role is among those of a route, which names each. */
export function isAmong(role: AdminRole | null, roles: readonly AdminRole[]): boolean {
	return role !== null && roles.includes(role);
}
