import type { Actor, AuditEntry, LedgerRefusal } from "../../src/core/ledger/ledger-ports.ts";
import type {
	OperatorKeySummary,
	OperatorRegistryPort,
	OriginEntry,
	TenantEntry,
} from "../../src/core/ledger/registry-ports.ts";
import { err, ok } from "../../src/core/result.ts";

const PUBLISHED = { pending: 0, oldestAt: null } as const;

/** The registry in memory, for the routes' own tests; the real one has its tests beside it. */
export function createFakeRegistry(now: () => number): OperatorRegistryPort {
	const tenants = new Map<string, TenantEntry>();
	const origins = new Map<string, OriginEntry>();
	const keys = new Map<string, OperatorKeySummary>();
	const audit: AuditEntry[] = [];
	let revision = 0;

	const record = (actor: Actor, act: string) =>
		audit.push({ sequence: audit.length + 1, at: now(), actor, act, outcome: "done", detail: {} });
	const named = <Item>(items: ReadonlyMap<string, Item>, after: string | null, limit: number) => {
		const names = [...items.keys()].toSorted().filter((name) => after === null || name > after);
		const shown = names.slice(0, limit);
		return {
			items: shown.flatMap((name) => items.get(name) ?? []),
			next: names.length > limit ? (shown.at(-1) ?? null) : null,
		};
	};
	const missing = (what: string) => err<LedgerRefusal>({ kind: "not-found", what });

	return {
		async addTenant({ tenant, name, actor }) {
			const entry = tenants.get(tenant) ?? { tenant, name, createdAt: now() };
			if (!tenants.has(tenant)) record(actor, "tenant.add");
			tenants.set(tenant, entry);
			return entry;
		},
		removeTenant: async ({ tenant, actor }) => {
			record(actor, "tenant.remove");
			return tenants.delete(tenant);
		},
		tenants: async ({ after, limit }) => named(tenants, after, limit),
		origin: async (name) => {
			const found = origins.get(name);
			return found === undefined ? missing(`origin ${name}`) : ok(found);
		},
		origins: async ({ after, limit }) => named(origins, after, limit),
		async putOrigin({ name, baseUrl, secret, expected, actor }) {
			const known = origins.get(name);
			if (expected !== undefined && expected !== (known?.revision ?? null))
				return err({ kind: "conflict", current: known?.revision ?? 0 });
			record(actor, "origin.put");
			if (known !== undefined && known.baseUrl === baseUrl && known.secret === secret)
				return ok({ origin: known, changed: false, publication: PUBLISHED });
			revision += 1;
			const origin = { name, baseUrl, secret, revision, updatedAt: now() };
			origins.set(name, origin);
			return ok({ origin, changed: true, publication: PUBLISHED });
		},
		async removeOrigin({ name, expected, actor }) {
			const origin = origins.get(name);
			if (origin === undefined) return missing(`origin ${name}`);
			if (expected !== undefined && expected !== origin.revision)
				return err({ kind: "conflict", current: origin.revision });
			origins.delete(name);
			record(actor, "origin.remove");
			return ok({ origin, changed: true, publication: PUBLISHED });
		},
		async addOperatorKey({ sha256, actor, ...rest }) {
			if (rest.expiresAt !== null && rest.expiresAt <= now())
				return err({ kind: "invalid", problems: [{ path: "expiresAt", message: "must be a time to come" }] });
			const summary = { id: `opkey_${keys.size + 1}`, ...rest, createdAt: now(), revokedAt: null };
			keys.set(sha256, summary);
			record(actor, "operator-key.create");
			return ok(summary);
		},
		operatorKeys: async () => [...keys.values()],
		async operatorKeyBySha256(sha256) {
			const key = keys.get(sha256);
			return key === undefined || key.revokedAt !== null || (key.expiresAt ?? Number.POSITIVE_INFINITY) <= now()
				? null
				: key;
		},
		async revokeOperatorKey({ id, actor }) {
			for (const [sha256, key] of keys) {
				if (key.id !== id) continue;
				const revoked = { ...key, revokedAt: now() };
				keys.set(sha256, revoked);
				record(actor, "operator-key.revoke");
				return ok(revoked);
			}
			return missing(`key ${id}`);
		},
		audit: async ({ before, limit }) => {
			const rest = audit.filter(({ sequence }) => before === null || sequence < before).toReversed();
			const items = rest.slice(0, limit);
			return { items, next: rest.length > limit ? (items.at(-1)?.sequence ?? null) : null };
		},
		publication: async () => PUBLISHED,
	};
}
