import type { AuditEntry } from "../../../src/core/ledger/ledger-ports.ts";
import type {
	NamedPage,
	OperatorKeySummary,
	OperatorRegistryPort,
	OriginEntry,
	TenantEntry,
} from "../../../src/core/ledger/registry-ports.ts";
import { err, ok } from "../../../src/core/result.ts";
import { BEGINNING, pageOf, PUBLISHED } from "./in-memory-ledger.ts";

/** A registry that keeps what it is told for as long as the test runs. */
export function createInMemoryRegistry(): OperatorRegistryPort {
	const tenants = new Map<string, TenantEntry>();
	const origins = new Map<string, OriginEntry>();
	const audit: AuditEntry[] = [];
	let operatorKeys: OperatorKeySummary[] = [];
	const holders = new Map<string, string>();
	const record = (actor: AuditEntry["actor"], act: string, name: string) =>
		void audit.push({
			sequence: audit.length + 1,
			at: BEGINNING + audit.length,
			actor,
			act,
			outcome: "done",
			detail: { name },
		});

	return {
		addTenant: async ({ tenant, name, actor }) => {
			const entry = tenants.get(tenant) ?? { tenant, name, createdAt: BEGINNING };
			tenants.set(tenant, entry);
			record(actor, "tenant.add", tenant);
			return entry;
		},
		removeTenant: async ({ tenant, actor }) => {
			record(actor, "tenant.remove", tenant);
			return tenants.delete(tenant);
		},
		tenants: async (page) => namedPageOf([...tenants.values()], ({ tenant }) => tenant, page),
		origin: async (name) => {
			const entry = origins.get(name);
			return entry === undefined ? err({ kind: "not-found", what: `origin ${name}` }) : ok(entry);
		},
		origins: async (page) => namedPageOf([...origins.values()], ({ name }) => name, page),
		putOrigin: async ({ name, baseUrl, secret, expected, actor }) => {
			const before = origins.get(name);
			if (expected !== undefined && (before?.revision ?? null) !== expected)
				return err({ kind: "conflict", current: before?.revision ?? 0 });
			if (before?.baseUrl === baseUrl && before.secret === secret)
				return ok({ origin: before, changed: false, publication: PUBLISHED });
			record(actor, "origin.put", name);
			const revision = (before?.revision ?? 0) + 1;
			const origin = { name, baseUrl, secret, revision, updatedAt: BEGINNING };
			origins.set(name, origin);
			return ok({ origin, changed: true, publication: PUBLISHED });
		},
		removeOrigin: async ({ name, actor }) => {
			const origin = origins.get(name);
			if (origin === undefined) return err({ kind: "not-found", what: `origin ${name}` });
			record(actor, "origin.remove", name);
			origins.delete(name);
			return ok({ origin, changed: true, publication: PUBLISHED });
		},
		addOperatorKey: async ({ actor, sha256, ...key }) => {
			record(actor, "operator-key.create", key.name);
			const made = { ...key, id: `operator_${operatorKeys.length + 1}`, createdAt: BEGINNING, revokedAt: null };
			operatorKeys.push(made);
			holders.set(sha256, made.id);
			return ok(made);
		},
		operatorKeys: async () => operatorKeys,
		operatorKeyBySha256: async (sha256) => {
			const id = holders.get(sha256);
			return operatorKeys.find((key) => key.id === id && key.revokedAt === null) ?? null;
		},
		revokeOperatorKey: async ({ id }) => {
			operatorKeys = operatorKeys.map((key) => (key.id === id ? { ...key, revokedAt: BEGINNING + 1 } : key));
			const revoked = operatorKeys.find((key) => key.id === id);
			return revoked === undefined ? err({ kind: "not-found", what: `key ${id}` }) : ok(revoked);
		},
		audit: async (page) => pageOf(audit, ({ sequence }) => sequence, page),
		publication: async () => PUBLISHED,
	};
}

function namedPageOf<Item>(
	items: readonly Item[],
	nameOf: (item: Item) => string,
	{ after, limit }: { readonly after: string | null; readonly limit: number },
): NamedPage<Item> {
	const sorted = items.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
	const wanted = sorted.filter((item) => after === null || nameOf(item) > after);
	const page = wanted.slice(0, limit);
	const last = page.at(-1);
	return { items: page, next: wanted.length > limit && last !== undefined ? nameOf(last) : null };
}
