import type { JsonObject } from "../../src/core/json.ts";
import { canaryFigures, type RevisionTotals } from "../../src/core/ledger/canary-figures.ts";
import type {
	Actor,
	AuditEntry,
	KeySummary,
	LedgerRefusal,
	PolicyRevision,
	PublicationState,
	RevisionWritten,
	TenantLedgerPort,
	TenantState,
} from "../../src/core/ledger/ledger-ports.ts";
import { diffPolicies } from "../../src/core/ledger/policy-diff.ts";
import type { Feedback, FeedbackReport } from "../../src/core/ledger/feedback.ts";
import { findRequest, recentPage, recentRequestOf, type RecentRequest } from "../../src/core/ledger/recent-requests.ts";
import type { UsageRow } from "../../src/core/ledger/usage.ts";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { err, ok, type Result } from "../../src/core/result.ts";
import { pageOf } from "./in-memory-page.ts";

const DAY_MS = 86_400_000;

/** Nothing waits for KV. */
export const PUBLISHED: PublicationState = { pending: 0, oldestAt: null };

/** A tenant's ledger that keeps what it is told for as long as the test runs; the real one has its tests beside it. */
export interface InMemoryLedger extends TenantLedgerPort {
	/** What a test may set. */
	readonly given: {
		usage: UsageRow[];
		/** What was said of answers, and what is told of it. */
		feedback: Feedback[];
		feedbackReport: FeedbackReport;
		recentRequests: RecentRequest[];
		canaryTotals: RevisionTotals[];
		publication: PublicationState;
		/** Comes between the reading of a writer and its writing. */
		beforeWrite: (() => Promise<void>) | null;
	};
}

/** A clock that begins on 2026-11-01 and rises by a second each time it is asked. */
export function createRisingClock(): () => number {
	let at = Date.parse("2026-11-01T09:00:00Z");
	return () => (at += 1_000);
}

/** Creates one without a tenant. `now`: milliseconds since the Unix epoch. */
export function createInMemoryLedger(now: () => number): InMemoryLedger {
	const given: InMemoryLedger["given"] = {
		usage: [],
		feedback: [],
		feedbackReport: { rows: [], unjoined: 0 },
		recentRequests: [],
		canaryTotals: [],
		publication: PUBLISHED,
		beforeWrite: null,
	};
	let tenant: TenantState | null = null;
	let revisions: PolicyRevision[] = [];
	let keys: { readonly sha256: string; summary: KeySummary }[] = [];
	let audit: AuditEntry[] = [];

	const missing = (what: string) => err<LedgerRefusal>({ kind: "not-found", what });
	/** Puts an act on the trail; returns its time. */
	const record = (actor: Actor, act: string, detail: JsonObject, outcome: AuditEntry["outcome"] = "done") => {
		const at = now();
		audit.push({ sequence: audit.length + 1, at, actor, act, outcome, detail });
		return at;
	};
	/** Does what needs a tenant. */
	const ofTenant = async <Value>(
		work: (tenant: TenantState) => Result<Value, LedgerRefusal>,
	): Promise<Result<Value, LedgerRefusal>> => (tenant === null ? missing("tenant") : work(tenant));
	const become = (state: TenantState) => {
		tenant = state;
		return ok(state);
	};
	const written = (revision: number, changed: boolean) => ok({ revision, changed, publication: given.publication });
	const append = (
		state: TenantState,
		document: JsonObject,
		{ author, reason, cause }: Pick<PolicyRevision, "author" | "reason" | "cause">,
	): Result<RevisionWritten, LedgerRefusal> => {
		const parsed = parseTenantPolicy(document);
		if (!parsed.ok) return err({ kind: "invalid", problems: parsed.error });
		const latest = revisions.at(-1);
		const changed = latest === undefined || diffPolicies(latest.document, document).length > 0;
		const at = record(author, `policy.${cause}`, { reason, changed });
		if (!changed) return written(latest.revision, false);
		const revision = revisions.length + 1;
		revisions.push({ revision, document, at, author, reason, cause });
		become({ ...state, revision });
		return written(revision, true);
	};
	const isUsable = ({ expiresAt, revokedAt }: KeySummary) =>
		revokedAt === null && (expiresAt === null || expiresAt > now());

	return {
		given,
		async create({ tenant: name, name: displayName, actor }) {
			if (tenant !== null) return err({ kind: "already-exists", what: "tenant" });
			const createdAt = record(actor, "tenant.create", {});
			return become({
				tenant: name,
				name: displayName,
				suspended: false,
				revision: null,
				canary: null,
				createdAt,
			});
		},
		state: () => ofTenant(ok),
		setSuspended: ({ suspended, reason, actor }) =>
			ofTenant((state) => {
				record(actor, suspended ? "tenant.suspend" : "tenant.resume", { reason });
				return become({ ...state, suspended });
			}),
		async putPolicy({ document, expected, reason, cause, actor }) {
			await given.beforeWrite?.();
			return ofTenant((state) =>
				expected === state.revision
					? append(state, document, { author: actor, reason, cause })
					: err({ kind: "conflict", current: state.revision ?? 0 }),
			);
		},
		rollback: ({ to, expected, reason, actor }) =>
			ofTenant((state) => {
				if (expected !== null && expected !== state.revision)
					return err({ kind: "conflict", current: state.revision ?? 0 });
				const earlier = revisions[to - 1];
				return earlier === undefined
					? missing(`revision ${to}`)
					: append(state, earlier.document, { author: actor, reason, cause: "rollback" });
			}),
		revision: (number) =>
			ofTenant(() => {
				const found = revisions[(number === "current" ? revisions.length : number) - 1];
				return found === undefined ? missing(`revision ${number}`) : ok(found);
			}),
		revisions: async (asked) => {
			const { items, next } = pageOf(revisions, ({ revision }) => revision, asked);
			return { items: items.map(({ document: _document, ...summary }) => summary), next };
		},
		canary: () =>
			ofTenant(({ canary, revision: current }) => {
				if (canary === null) return missing("canary");
				const { since, revision } = canary;
				return ok({ ...canary, figures: canaryFigures({ since, current, revision }, given.canaryTotals) });
			}),
		startCanary: ({ revision, expected, share, reason, actor }) =>
			ofTenant((state) => {
				if (expected !== undefined && expected !== state.revision)
					return err({ kind: "conflict", current: state.revision ?? 0 });
				if (revisions[revision - 1] === undefined) return missing(`revision ${revision}`);
				if (revision === state.revision) return err({ kind: "not-applicable", message: "That revision is current." });
				const canary = {
					revision,
					share,
					since: record(actor, "canary.start", { revision, share, reason }),
					author: actor,
				};
				become({ ...state, canary });
				return ok(canary);
			}),
		startCanaryOf: ({ document, expected, share, reason, actor }) =>
			ofTenant((state) => {
				const current = revisions.at(-1);
				if (current === undefined || expected !== state.revision)
					return err({ kind: "conflict", current: state.revision ?? 0 });
				const parsed = parseTenantPolicy(document);
				if (!parsed.ok) return err({ kind: "invalid", problems: parsed.error });
				if (diffPolicies(current.document, document).length === 0)
					return err({ kind: "not-applicable", message: "That is the current policy." });
				const revision = expected + 1;
				const at = record(actor, "canary.start", { revision, share, reason });
				const kept = { at, author: actor, reason };
				revisions.push({ ...kept, revision, document, cause: "canary" });
				revisions.push({ ...kept, revision: revision + 1, document: current.document, cause: "rollback" });
				const canary = { revision, share, since: at, author: actor };
				become({ ...state, revision: revision + 1, canary });
				return ok(canary);
			}),
		endCanary: ({ promote, reason, actor }) =>
			ofTenant(({ canary, ...state }) => {
				const candidate = canary === null ? undefined : revisions[canary.revision - 1];
				if (candidate === undefined) return err({ kind: "not-applicable", message: "There is no canary." });
				record(actor, promote ? "canary.promote" : "canary.drop", { reason });
				const without = { ...state, canary: null };
				become(without);
				return promote
					? append(without, candidate.document, { author: actor, reason, cause: "promote" })
					: written(revisions.length, false);
			}),
		addKey: ({ sha256, replaces, actor, ...key }) =>
			ofTenant(() => {
				if (key.expiresAt !== null && key.expiresAt <= now())
					return err({ kind: "invalid", problems: [{ path: "expiresAt", message: "must be a time to come" }] });
				const old = keys.find(({ summary }) => summary.id === replaces?.id);
				if (replaces !== undefined && old === undefined) return missing(`key ${replaces.id}`);
				if (old !== undefined && !isUsable(old.summary))
					return err({ kind: "not-applicable", message: "The key opens nothing." });
				const createdAt = record(actor, replaces === undefined ? "key.create" : "key.rotate", { name: key.name });
				if (old !== undefined && replaces !== undefined)
					old.summary = { ...old.summary, expiresAt: createdAt + replaces.overlapMs };
				const summary = { ...key, id: `key_${keys.length + 1}`, createdAt, revokedAt: null };
				keys.push({ sha256, summary });
				return ok(summary);
			}),
		keys: async () => keys.map(({ summary }) => summary),
		revokeKey: ({ id, actor }) =>
			ofTenant(() => {
				const key = keys.find(({ summary }) => summary.id === id);
				if (key === undefined) return missing(`key ${id}`);
				key.summary = { ...key.summary, revokedAt: record(actor, "key.revoke", { key: id }) };
				return ok(key.summary);
			}),
		async keyBySha256(sha256) {
			const key = keys.find((each) => each.sha256 === sha256);
			return key !== undefined && isUsable(key.summary) ? key.summary : null;
		},
		audit: async (asked) => pageOf(audit, ({ sequence }) => sequence, asked),
		recordRefusal: async ({ actor, act, detail }) => void record(actor, act, detail, "refused"),
		publication: async () => given.publication,
		recordObservations: async (observations) => {
			given.recentRequests.push(...observations.map(recentRequestOf));
			return { added: observations.length };
		},
		recordFeedback: async (feedback) => {
			if (tenant === null) return err("no-tenant");
			given.feedback.push(feedback);
			return ok({ changed: true, joined: false });
		},
		feedback: async () => given.feedbackReport,
		recentRequests: async (query) => recentPage(given.recentRequests, query),
		recentRequest: (text) =>
			ofTenant(() => {
				const found = findRequest(given.recentRequests, text);
				return found === null ? missing("request") : ok(found);
			}),
		usage: async (query) => ({
			...query,
			rows: given.usage.filter(({ start }) => start + DAY_MS > query.from && start < query.to),
		}),
		export: () =>
			ofTenant((state) => {
				const document = { version: 1, ...state, revisions, keys: keys.map(({ summary }) => summary), audit };
				return ok({ text: JSON.stringify(document), next: null });
			}),
		destroy: () =>
			ofTenant(() => {
				tenant = null;
				revisions = [];
				keys = [];
				audit = [];
				return ok(PUBLISHED);
			}),
	};
}
