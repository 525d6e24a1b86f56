import type { Actor, AuditEntry, LedgerRefusal } from "../../src/core/ledger/ledger-ports.ts";
import type {
	OperatorKeySummary,
	OperatorRegistryPort,
	OriginEntry,
	TenantEntry,
} from "../../src/core/ledger/registry-ports.ts";
import { err, ok } from "../../src/core/result.ts";
import { PUBLISHED } from "./in-memory-ledger.ts";
import { namedPageOf, pageOf } from "./in-memory-page.ts";

/**
 * The operator's registry that keeps what it is told for as long as the test runs; the real one has its tests beside it.
 * `now`: milliseconds since the Unix epoch.
 */
export function createInMemoryRegistry(now: () => number): OperatorRegistryPort {
	const tenants = new Map<string, TenantEntry>();
	const origins = new Map<string, OriginEntry>();
	const keys = new Map<string, OperatorKeySummary>();
	const audit: AuditEntry[] = [];
	let revision = 0;

	/** Puts an act on the trail; returns its time. */
	const record = (actor: Actor, act: string, name: string) => {
		const at = now();
		audit.push({ sequence: audit.length + 1, at, actor, act, outcome: "done", detail: { name } });
		return at;
	};
	const missing = (what: string) => err<LedgerRefusal>({ kind: "not-found", what });

	return {
		async addTenant({ tenant, name, actor }) {
			const listed = tenants.get(tenant);
			if (listed !== undefined) return listed;
			const entry = { tenant, name, createdAt: record(actor, "tenant.add", tenant) };
			tenants.set(tenant, entry);
			return entry;
		},
		async removeTenant({ tenant, actor }) {
			record(actor, "tenant.remove", tenant);
			return tenants.delete(tenant);
		},
		tenants: async (asked) => namedPageOf([...tenants.values()], ({ tenant }) => tenant, asked),
		async origin(name) {
			const found = origins.get(name);
			return found === undefined ? missing(`origin ${name}`) : ok(found);
		},
		missingOrigins: async (names) => names.filter((name) => !origins.has(name)),
		origins: async (asked) => namedPageOf([...origins.values()], ({ name }) => name, asked),
		async putOrigin({ name, baseUrl, secret, maxConcurrent = null, expected, actor }) {
			const known = origins.get(name);
			if (expected !== undefined && expected !== (known?.revision ?? null))
				return err({ kind: "conflict", current: known?.revision ?? 0 });
			const updatedAt = record(actor, "origin.put", name);
			if (known?.baseUrl === baseUrl && known.secret === secret && known.maxConcurrent === maxConcurrent)
				return ok({ origin: known, changed: false, publication: PUBLISHED });
			revision += 1;
			const origin = { name, baseUrl, secret, maxConcurrent, revision, updatedAt };
			origins.set(name, origin);
			return ok({ origin, changed: true, publication: PUBLISHED });
		},
		async removeOrigin({ name, expected, actor }) {
			const origin = origins.get(name);
			if (origin === undefined) return missing(`origin ${name}`);
			if (expected !== undefined && expected !== origin.revision)
				return err({ kind: "conflict", current: origin.revision });
			origins.delete(name);
			record(actor, "origin.remove", name);
			return ok({ origin, changed: true, publication: PUBLISHED });
		},
		async addOperatorKey({ sha256, actor, ...key }) {
			if (key.expiresAt !== null && key.expiresAt <= now())
				return err({ kind: "invalid", problems: [{ path: "expiresAt", message: "must be a time to come" }] });
			const createdAt = record(actor, "operator-key.create", key.name);
			const summary = { ...key, id: `opkey_${keys.size + 1}`, createdAt, revokedAt: null };
			keys.set(sha256, summary);
			return ok(summary);
		},
		operatorKeys: async () => [...keys.values()],
		async operatorKeyBySha256(sha256) {
			const key = keys.get(sha256);
			if (key === undefined || key.revokedAt !== null) return null;
			return key.expiresAt === null || key.expiresAt > now() ? key : null;
		},
		async revokeOperatorKey({ id, actor }) {
			for (const [sha256, key] of keys) {
				if (key.id !== id) continue;
				const revoked = { ...key, revokedAt: record(actor, "operator-key.revoke", id) };
				keys.set(sha256, revoked);
				return ok(revoked);
			}
			return missing(`key ${id}`);
		},
		audit: async (asked) => pageOf(audit, ({ sequence }) => sequence, asked),
		publication: async () => PUBLISHED,
	};
}
