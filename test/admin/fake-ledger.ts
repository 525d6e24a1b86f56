import type {
	Actor,
	AuditEntry,
	CanaryState,
	KeySummary,
	LedgerRefusal,
	PolicyRevision,
	TenantLedgerPort,
} from "../../src/core/ledger/ledger-ports.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { diffPolicies } from "../../src/core/ledger/policy-diff.ts";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { err, ok, type Result } from "../../src/core/result.ts";

const PUBLISHED = { pending: 0, oldestAt: null } as const;

/** A tenant's ledger in memory, for the routes' own tests; the real one has its tests beside it. */
export function createFakeLedger(now: () => number): TenantLedgerPort {
	let tenant: {
		readonly tenant: string;
		readonly name: string;
		suspended: boolean;
		readonly createdAt: number;
	} | null = null;
	let revisions: PolicyRevision[] = [];
	let canary: CanaryState | null = null;
	let keys: { readonly sha256: string; summary: KeySummary }[] = [];
	let audit: AuditEntry[] = [];

	const missing = (what: string) => err<LedgerRefusal>({ kind: "not-found", what });
	const current = () => revisions.at(-1)?.revision ?? null;
	const record = (actor: Actor, act: string, outcome: AuditEntry["outcome"], detail: JsonObject) =>
		audit.push({ sequence: audit.length + 1, at: now(), actor, act, outcome, detail });
	const state = () => (tenant === null ? missing("tenant") : ok({ ...tenant, revision: current(), canary }));
	const usable = ({ expiresAt, revokedAt }: KeySummary) =>
		revokedAt === null && (expiresAt === null || expiresAt > now());
	const page = <Item>(
		items: readonly Item[],
		numberOf: (item: Item) => number,
		before: number | null,
		limit: number,
	) => {
		const rest = items.filter((item) => before === null || numberOf(item) < before).toReversed();
		const shown = rest.slice(0, limit);
		const last = shown.at(-1);
		return { items: shown, next: rest.length > limit && last !== undefined ? numberOf(last) : null };
	};
	const append = (document: JsonObject, cause: PolicyRevision["cause"], reason: string, author: Actor) => {
		const parsed = parseTenantPolicy(document);
		if (!parsed.ok) return err<LedgerRefusal>({ kind: "invalid", problems: parsed.error });
		const latest = revisions.at(-1);
		const changed = latest === undefined || diffPolicies(latest.document, document).length > 0;
		if (changed) revisions.push({ revision: revisions.length + 1, document, at: now(), author, reason, cause });
		record(author, `policy.${cause}`, "done", { reason });
		return ok({ revision: revisions.length, changed, publication: PUBLISHED });
	};
	const guarded = async <Value>(work: () => Result<Value, LedgerRefusal>): Promise<Result<Value, LedgerRefusal>> =>
		tenant === null ? missing("tenant") : work();

	return {
		async create({ tenant: id, name, actor }) {
			if (tenant !== null) return err({ kind: "already-exists", what: "tenant" });
			tenant = { tenant: id, name, suspended: false, createdAt: now() };
			record(actor, "tenant.create", "done", {});
			return state();
		},
		state: async () => state(),
		setSuspended: ({ suspended, reason, actor }) =>
			guarded(() => {
				if (tenant !== null) tenant.suspended = suspended;
				record(actor, suspended ? "tenant.suspend" : "tenant.resume", "done", { reason });
				return state();
			}),
		putPolicy: ({ document, expected, reason, cause, actor }) =>
			guarded(() =>
				expected === current()
					? append(document, cause, reason, actor)
					: err({ kind: "conflict", current: current() ?? 0 }),
			),
		rollback: ({ to, expected, reason, actor }) =>
			guarded(() => {
				if (expected !== null && expected !== current()) return err({ kind: "conflict", current: current() ?? 0 });
				const earlier = revisions[to - 1];
				return earlier === undefined ? missing(`revision ${to}`) : append(earlier.document, "rollback", reason, actor);
			}),
		revision: (number) =>
			guarded(() => {
				const found = revisions[(number === "current" ? revisions.length : number) - 1];
				return found === undefined ? missing(`revision ${number}`) : ok(found);
			}),
		revisions: async ({ before, limit }) => {
			const { items, next } = page(revisions, ({ revision }) => revision, before, limit);
			return { items: items.map(({ document: _document, ...summary }) => summary), next };
		},
		startCanary: ({ revision, share, actor }) =>
			guarded(() => {
				if (revisions[revision - 1] === undefined) return missing(`revision ${revision}`);
				if (revision === current()) return err({ kind: "not-applicable", message: "That is the current policy." });
				canary = { revision, share, since: now(), author: actor };
				return ok(canary);
			}),
		endCanary: ({ promote, reason, actor }) =>
			guarded(() => {
				const candidate = canary === null ? undefined : revisions[canary.revision - 1];
				if (candidate === undefined) return err({ kind: "not-applicable", message: "There is no canary." });
				canary = null;
				if (promote) return append(candidate.document, "promote", reason, actor);
				return ok({ revision: revisions.length, changed: false, publication: PUBLISHED });
			}),
		addKey: ({ sha256, replaces, actor, ...rest }) =>
			guarded(() => {
				if (rest.expiresAt !== null && rest.expiresAt <= now())
					return err({ kind: "invalid", problems: [{ path: "expiresAt", message: "must be a time to come" }] });
				if (replaces !== undefined) {
					const old = keys.find(({ summary }) => summary.id === replaces.id);
					if (old === undefined) return missing(`key ${replaces.id}`);
					if (!usable(old.summary)) return err({ kind: "not-applicable", message: "The key opens nothing." });
					old.summary = { ...old.summary, expiresAt: now() + replaces.overlapMs };
				}
				const summary = { id: `key_${keys.length + 1}`, ...rest, createdAt: now(), revokedAt: null };
				keys.push({ sha256, summary });
				record(actor, "key.create", "done", { key: summary.id });
				return ok(summary);
			}),
		keys: async () => keys.map(({ summary }) => summary),
		revokeKey: ({ id, actor }) =>
			guarded(() => {
				const key = keys.find(({ summary }) => summary.id === id);
				if (key === undefined) return missing(`key ${id}`);
				key.summary = { ...key.summary, revokedAt: now() };
				record(actor, "key.revoke", "done", { key: id });
				return ok(key.summary);
			}),
		keyBySha256: async (sha256) => {
			const key = keys.find((each) => each.sha256 === sha256);
			return key !== undefined && usable(key.summary) ? key.summary : null;
		},
		audit: async ({ before, limit }) => page(audit, ({ sequence }) => sequence, before, limit),
		recordRefusal: async ({ actor, act, detail }) => void record(actor, act, "refused", detail),
		publication: async () => PUBLISHED,
		recordObservations: async () => ({ added: 0 }),
		usage: async ({ from, to, by }) => ({ from, to, by, rows: [] }),
		export: () => guarded(() => ok({ version: 1, ...tenant, revisions, keys: keys.map(({ summary }) => summary) })),
		destroy: () =>
			guarded(() => {
				tenant = null;
				canary = null;
				revisions = [];
				keys = [];
				audit = [];
				return ok(PUBLISHED);
			}),
	};
}
