import type { JsonObject } from "../../../src/core/json.ts";
import type {
	Actor,
	AuditEntry,
	CanaryState,
	KeySummary,
	LedgerRefusal,
	Page,
	PolicyRevision,
	PublicationState,
	RevisionWritten,
	TenantLedgerPort,
	TenantState,
} from "../../../src/core/ledger/ledger-ports.ts";
import { diffPolicies } from "../../../src/core/ledger/policy-diff.ts";
import type { UsageRow } from "../../../src/core/ledger/usage.ts";
import { parseTenantPolicy } from "../../../src/core/parse-tenant-policy.ts";
import { err, ok, type Result } from "../../../src/core/result.ts";

/** A ledger that keeps what it is told for as long as the test runs; its clock rises by a second with each act. */
export interface InMemoryLedger extends TenantLedgerPort {
	/** What a test may set. */
	readonly given: { usage: UsageRow[]; publication: PublicationState; beforeWrite: (() => Promise<void>) | null };
}

export const PUBLISHED: PublicationState = { pending: 0, oldestAt: null };
export const BEGINNING = Date.parse("2026-11-01T09:00:00Z");

/** One page of a list that is kept oldest first. */
export function pageOf<Item>(
	items: readonly Item[],
	numberOf: (item: Item) => number,
	{ before, limit }: { readonly before: number | null; readonly limit: number },
): Page<Item> {
	const wanted = items.filter((item) => before === null || numberOf(item) < before).toReversed();
	const page = wanted.slice(0, limit);
	const last = page.at(-1);
	return { items: page, next: wanted.length > limit && last !== undefined ? numberOf(last) : null };
}

export function createInMemoryLedger(): InMemoryLedger {
	const given: InMemoryLedger["given"] = { usage: [], publication: PUBLISHED, beforeWrite: null };
	let tenant: TenantState | null = null;
	let revisions: PolicyRevision[] = [];
	let keys: KeySummary[] = [];
	const holders = new Map<string, string>();
	let audit: AuditEntry[] = [];
	let clock = BEGINNING;

	const missing = (what: string) => err<LedgerRefusal>({ kind: "not-found", what });
	const record = (actor: Actor, act: string, detail: JsonObject, outcome: AuditEntry["outcome"] = "done") => {
		clock += 1_000;
		audit.push({ sequence: audit.length + 1, at: clock, actor, act, outcome, detail });
	};
	const written = (revision: number, changed: boolean) => ok({ revision, changed, publication: given.publication });
	const append = (
		document: JsonObject,
		{ author, reason, cause }: Pick<PolicyRevision, "author" | "reason" | "cause">,
	): Result<RevisionWritten, LedgerRefusal> => {
		if (tenant === null) return missing("tenant");
		const parsed = parseTenantPolicy(document);
		if (!parsed.ok) return err({ kind: "invalid", problems: parsed.error });
		const current = revisions.at(-1);
		if (current !== undefined && diffPolicies(current.document, document).length === 0)
			return written(current.revision, false);
		record(author, `policy.${cause}`, { reason });
		const revision = revisions.length + 1;
		revisions.push({ revision, document, at: clock, author, reason, cause });
		tenant = { ...tenant, revision };
		return written(revision, true);
	};
	const found = async (revision: number | "current"): Promise<Result<PolicyRevision, LedgerRefusal>> => {
		if (tenant === null) return missing("tenant");
		const one = revision === "current" ? revisions.at(-1) : revisions[revision - 1];
		return one === undefined ? missing(`revision ${revision}`) : ok(one);
	};

	return {
		given,
		create: async ({ tenant: name, name: displayName, actor }) => {
			if (tenant !== null) return err({ kind: "already-exists", what: "tenant" });
			record(actor, "tenant.create", {});
			const createdAt = clock;
			tenant = { tenant: name, name: displayName, suspended: false, revision: null, canary: null, createdAt };
			return ok(tenant);
		},
		state: async () => (tenant === null ? missing("tenant") : ok(tenant)),
		setSuspended: async ({ suspended, reason, actor }) => {
			if (tenant === null) return missing("tenant");
			record(actor, suspended ? "tenant.suspend" : "tenant.resume", { reason });
			tenant = { ...tenant, suspended };
			return ok(tenant);
		},
		putPolicy: async ({ document, expected, reason, cause, actor }) => {
			if (tenant === null) return missing("tenant");
			await given.beforeWrite?.();
			const current = revisions.at(-1)?.revision ?? null;
			if (current !== expected) return err({ kind: "conflict", current: current ?? 0 });
			return append(document, { author: actor, reason, cause });
		},
		rollback: async ({ to, expected, reason, actor }) => {
			const revision = await found(to);
			if (!revision.ok) return revision;
			if (expected !== null && expected !== revisions.length)
				return err({ kind: "conflict", current: revisions.length });
			return append(revision.value.document, { author: actor, reason, cause: "rollback" });
		},
		revision: found,
		revisions: async (page) => {
			const summaries = revisions.map(({ revision, at, author, reason, cause }) => ({
				revision,
				at,
				author,
				reason,
				cause,
			}));
			return pageOf(summaries, ({ revision }) => revision, page);
		},
		startCanary: async ({ revision, share, reason, actor }) => {
			const there = await found(revision);
			if (!there.ok) return there;
			if (tenant === null) return missing("tenant");
			if (revision === tenant.revision) return err({ kind: "not-applicable", message: "That revision is current." });
			record(actor, "canary.start", { revision, share, reason });
			const canary: CanaryState = { revision, share, since: clock, author: actor };
			tenant = { ...tenant, canary };
			return ok(canary);
		},
		endCanary: async ({ promote, reason, actor }) => {
			if (tenant === null) return missing("tenant");
			const { canary } = tenant;
			if (canary === null) return err({ kind: "not-applicable", message: "There is no canary." });
			tenant = { ...tenant, canary: null };
			record(actor, promote ? "canary.promote" : "canary.drop", { reason });
			if (!promote) return written(revisions.length, false);
			const there = await found(canary.revision);
			return there.ok ? append(there.value.document, { author: actor, reason, cause: "promote" }) : there;
		},
		addKey: async ({ sha256, replaces, actor, ...key }) => {
			record(actor, replaces === undefined ? "key.create" : "key.rotate", { name: key.name });
			if (replaces !== undefined) {
				const expiresAt = clock + replaces.overlapMs;
				keys = keys.map((each) => (each.id === replaces.id ? { ...each, expiresAt } : each));
			}
			const made = { ...key, id: `key_${keys.length + 1}`, createdAt: clock, revokedAt: null };
			keys.push(made);
			holders.set(sha256, made.id);
			return ok(made);
		},
		keys: async () => keys,
		revokeKey: async ({ id, actor }) => {
			if (!keys.some((key) => key.id === id)) return missing(`key ${id}`);
			record(actor, "key.revoke", { id });
			keys = keys.map((key) => (key.id === id ? { ...key, revokedAt: clock } : key));
			const revoked = keys.find((key) => key.id === id);
			return revoked === undefined ? missing(`key ${id}`) : ok(revoked);
		},
		keyBySha256: async (sha256) => {
			const id = holders.get(sha256);
			return keys.find((key) => key.id === id && key.revokedAt === null) ?? null;
		},
		audit: async (page) => pageOf(audit, ({ sequence }) => sequence, page),
		recordRefusal: async ({ actor, act, detail }) => record(actor, act, detail, "refused"),
		publication: async () => given.publication,
		recordObservations: async () => ({ added: 0 }),
		usage: async (query) => ({
			...query,
			rows: given.usage.filter(({ start }) => start + 86_400_000 > query.from && start < query.to),
		}),
		export: async () =>
			tenant === null ? missing("tenant") : ok({ version: 1, ...tenant, revisions, keys: keys, audit }),
		destroy: async () => {
			if (tenant === null) return missing("tenant");
			tenant = null;
			revisions = [];
			keys = [];
			audit = [];
			return ok(PUBLISHED);
		},
	};
}
