import { DurableObject } from "cloudflare:workers";
import type { BudgetLedgerPort, LeaseGrant } from "../core/ledger/lease-ports.ts";
import type {
	EvidenceListPort,
	ExportPage,
	KeySummary,
	LedgerRefusal,
	PolicyRevision,
	PublicationState,
	RevisionWritten,
	TenantLedgerPort,
	TenantState,
} from "../core/ledger/ledger-ports.ts";
import type { FeedbackRecorded, FeedbackRefusal, FeedbackReport } from "../core/ledger/feedback.ts";
import type { UsageQuery, UsageReport } from "../core/ledger/usage.ts";
import type { EvidenceAddress } from "../core/evidence/evidence-entry.ts";
import type { AuditCost } from "../core/ledger/audit-cost.ts";
import { evidenceLedgerName } from "../core/published-records.ts";
import type { Observation } from "../core/observation.ts";
import { err, ok, type Result } from "../core/result.ts";
import { keptReason } from "./acts.ts";
import { emptyLedger } from "./empty-ledger.ts";
import { addKey, revokeKey } from "./key-acts.ts";
import { isUsable } from "./key-store.ts";
import { grantLease } from "./lease-acts.ts";
import { createLeaseStore, LEASE_MIGRATIONS, type LeaseStore } from "./lease-store.ts";
import { ledgerRuntime, type LedgerBindings, type LedgerRuntime } from "./ledger-runtime.ts";
import { createLedgerTransactions, notCreated, type LedgerTransactions } from "./ledger-transactions.ts";
import { policyRequests } from "./policy-requests.ts";
import { quotaRefusal } from "./quotas.ts";
import { migrate, schemaVersion } from "./sql-migrations.ts";
import { exportPage } from "./export-pages.ts";
import { createTenant, destroyTenant, setSuspended } from "./tenant-acts.ts";
import { withEvidenceLedgers } from "./tenant-evidence.ts";
import { createTenantActivity, type TenantActivity } from "./tenant-activity.ts";
import { canaryReport, exportHead, revisionOf, tenantState } from "./tenant-state.ts";
import { TENANT_MIGRATIONS } from "./tenant-schema.ts";
import { createTenantStores, type TenantStores } from "./tenant-stores.ts";

type Port = TenantLedgerPort & BudgetLedgerPort & EvidenceListPort;

/** The input of a method of the port. */
type Input<Method extends keyof Port> = Parameters<Port[Method]>[0];

/**
 * The source of all that belongs to one tenant: its policy's revisions, its keys, its canary, who changed what, its
 * usage. One instance a tenant, at `idFromName(tenant)`; KV holds the published copy, which this alone writes. A name
 * at which no tenant was ever created stores nothing, however often it is asked for.
 */
export class TenantLedger extends DurableObject<LedgerBindings> implements Port {
	/** For tests to set before an instance is made; the runtime makes instances itself, with two arguments. */
	static runtime: LedgerRuntime = ledgerRuntime;

	readonly #runtime = TenantLedger.runtime;
	readonly #stores: TenantStores;
	readonly #activity: TenantActivity;
	readonly #leases: LeaseStore;
	readonly #transactions: LedgerTransactions;
	/** Whether the tables are there. */
	#isOpen = false;

	constructor(ctx: DurableObjectState, env: LedgerBindings) {
		super(ctx, env);
		const { storage } = ctx;
		this.#stores = createTenantStores(storage.sql, this.#runtime.quotas);
		this.#activity = createTenantActivity(ctx, env, this.#stores, this.#runtime);
		this.#leases = createLeaseStore(storage);
		this.#transactions = createLedgerTransactions({
			storage,
			stores: this.#stores,
			records: withEvidenceLedgers(this.#runtime.records(env), this.#runtime, env),
			runtime: this.#runtime,
			wakeAt: () => this.#activity.recent.nextEnd(),
		});
		void ctx.blockConcurrencyWhile(async () => {
			if (schemaVersion(storage.sql) === 0) return;
			this.#open();
			await this.#transactions.resume();
		});
	}

	#open(): void {
		const { now } = this.#runtime;
		migrate(this.ctx.storage, TENANT_MIGRATIONS, { now });
		this.#activity.open();
		migrate(this.ctx.storage, LEASE_MIGRATIONS, { component: "leases", now });
		this.#isOpen = true;
	}

	/** Whether there is a tenant, neither never created nor destroyed. */
	#hasTenant(): boolean {
		return this.#isOpen && this.#stores.tenant.read() !== null;
	}

	readonly #act: LedgerTransactions["act"] = async (act, needs) =>
		this.#isOpen ? this.#transactions.act(act, needs) : notCreated();

	async #written(
		act: Promise<Result<Omit<RevisionWritten, "publication">, LedgerRefusal>>,
	): Promise<Result<RevisionWritten, LedgerRefusal>> {
		const result = await act;
		return result.ok ? ok({ ...result.value, publication: this.#stores.outbox.state() }) : result;
	}

	override async alarm(): Promise<void> {
		if (!this.#isOpen) return;
		this.#activity.recent.deleteEnded(this.#runtime.now());
		await this.#transactions.alarm();
	}

	async create({ tenant, name, actor }: Input<"create">): Promise<Result<TenantState, LedgerRefusal>> {
		const { name: ledger } = this.ctx.id;
		if (ledger !== undefined && ledger !== tenant) {
			return err({ kind: "not-applicable", message: `This is the ledger of ${ledger}.` });
		}
		if (!this.#isOpen) this.#open();
		const { sql } = this.ctx.storage;
		return this.#act(
			{
				name: "tenant.create",
				actor,
				asked: { tenant, name },
				work: (context) => createTenant(this.#stores, { tenant, name, empty: () => emptyLedger(sql) }, context),
			},
			"nothing",
		);
	}

	async state(): Promise<Result<TenantState, LedgerRefusal>> {
		const state = this.#hasTenant() ? tenantState(this.#stores) : null;
		return state === null ? notCreated() : ok(state);
	}

	async setSuspended({ suspended, reason, actor }: Input<"setSuspended">): Promise<Result<TenantState, LedgerRefusal>> {
		return this.#act({
			name: suspended ? "tenant.suspend" : "tenant.resume",
			actor,
			asked: { reason: keptReason(reason) },
			work: (context) => setSuspended(this.#stores, suspended, context),
		});
	}

	async putPolicy(input: Input<"putPolicy">): Promise<Result<RevisionWritten, LedgerRefusal>> {
		return this.#written(this.#act(policyRequests.put(this.#stores, input)));
	}

	async rollback(input: Input<"rollback">): Promise<Result<RevisionWritten, LedgerRefusal>> {
		return this.#written(this.#act(policyRequests.rollback(this.#stores, input)));
	}

	async revision(revision: number | "current"): Promise<Result<PolicyRevision, LedgerRefusal>> {
		return this.#hasTenant() ? revisionOf(this.#stores, revision) : notCreated();
	}

	async revisions(input: Input<"revisions">) {
		return this.#hasTenant() ? this.#stores.revisions.page(input) : { items: [], next: null };
	}

	async startCanary(input: Input<"startCanary">) {
		return this.#act(policyRequests.startCanary(this.#stores, input));
	}

	async startCanaryOf(input: Input<"startCanaryOf">) {
		return this.#act(policyRequests.startCanaryOf(this.#stores, input));
	}

	async endCanary(input: Input<"endCanary">): Promise<Result<RevisionWritten, LedgerRefusal>> {
		return this.#written(this.#act(policyRequests.endCanary(this.#stores, input)));
	}

	async canary() {
		return this.#hasTenant() ? canaryReport(this.#stores) : notCreated();
	}

	async addKey({ actor, ...input }: Input<"addKey">): Promise<Result<KeySummary, LedgerRefusal>> {
		const { name, scopes, replaces } = input;
		const id = `key_${crypto.randomUUID().replaceAll("-", "")}`;
		return this.#act({
			name: replaces === undefined ? "key.create" : "key.rotate",
			actor,
			asked: { name, scopes, ...(replaces === undefined ? {} : { replaces }) },
			work: (context) =>
				quotaRefusal(this.#stores, context, replaces?.overlapMs === 0 ? "key-in-place" : "key") ??
				addKey(this.#stores, input, { ...context, id }),
		});
	}

	async keys(): Promise<readonly KeySummary[]> {
		return this.#hasTenant() ? this.#stores.keys.all().map(({ summary }) => summary) : [];
	}

	async revokeKey({ id, actor }: Input<"revokeKey">): Promise<Result<KeySummary, LedgerRefusal>> {
		return this.#act({
			name: "key.revoke",
			actor,
			asked: { key: id },
			work: (context) => revokeKey(this.#stores, { id }, context),
		});
	}

	/** Null for a key that is revoked or expired too: it opens nothing. */
	async keyBySha256(sha256: string): Promise<KeySummary | null> {
		const key = this.#hasTenant() ? this.#stores.keys.bySha256(sha256) : null;
		return key !== null && isUsable(key.summary, this.#runtime.now()) ? key.summary : null;
	}

	async audit(input: Input<"audit">) {
		return this.#hasTenant() ? this.#stores.audit.page(input) : { items: [], next: null };
	}

	async recordRefusal({ actor, act: name, detail }: Input<"recordRefusal">): Promise<void> {
		if (!this.#hasTenant()) return;
		this.#stores.audit.record({ at: this.#runtime.now(), actor, act: name, outcome: "refused", detail });
	}

	async publication(): Promise<PublicationState> {
		return this.#isOpen ? this.#stores.outbox.state() : { pending: 0, oldestAt: null };
	}

	/** Those of a tenant that is gone, or of a former one of the name, are dropped; those too old to count are logged. */
	async recordObservations(
		observations: readonly Observation[],
		audits: readonly AuditCost[] = [],
	): Promise<{ readonly added: number }> {
		const tenant = this.#isOpen ? this.#stores.tenant.read() : null;
		if (tenant === null) return { added: 0 };
		const recorded = this.#activity.record(tenant, observations, audits);
		this.#transactions.keepAlarm();
		return recorded;
	}

	async noteEvidenceLedger(address: EvidenceAddress): Promise<Result<{ readonly createdAt: number }, LedgerRefusal>> {
		const tenant = this.#isOpen ? this.#stores.tenant.read() : null;
		if (tenant === null || tenant.tenant !== address.tenant) return notCreated();
		this.#stores.evidence.note(address, this.#runtime.now());
		return ok({ createdAt: tenant.createdAt });
	}

	async evidenceLedgers(): Promise<readonly EvidenceAddress[]> {
		return this.#hasTenant() ? this.#stores.evidence.all(this.#stores.tenant.read()?.tenant ?? "") : [];
	}

	async usage(query: UsageQuery): Promise<UsageReport> {
		return this.#hasTenant() ? this.#activity.usage.report(query) : { ...query, rows: [] };
	}

	async recentRequests(query: Input<"recentRequests">) {
		return this.#hasTenant() ? this.#activity.recent.page(query, this.#runtime.now()) : { items: [], next: null };
	}

	async recentRequest(text: Input<"recentRequest">) {
		return this.#hasTenant() ? this.#activity.recent.find(text, this.#runtime.now()) : notCreated();
	}

	async recordFeedback(feedback: Input<"recordFeedback">): Promise<Result<FeedbackRecorded, FeedbackRefusal>> {
		return this.#hasTenant() ? this.#activity.feedback.record(feedback, this.#runtime.now()) : err("no-tenant");
	}

	async feedback(): Promise<FeedbackReport> {
		return this.#hasTenant() ? this.#activity.feedback.report(this.#runtime.now()) : { rows: [], unjoined: 0 };
	}

	async grantLease(input: Input<"grantLease">): Promise<Result<LeaseGrant, LedgerRefusal>> {
		if (!this.#hasTenant()) return notCreated();
		const id = `lease_${crypto.randomUUID().replaceAll("-", "")}`;
		const stores = { revisions: this.#stores.revisions, leases: this.#leases };
		return grantLease(stores, input, { id, now: this.#runtime.now() });
	}

	async returnLease(returned: Input<"returnLease">): Promise<void> {
		if (this.#hasTenant()) this.#leases.giveBack(returned);
	}

	async export(from: Input<"export">): Promise<Result<ExportPage, LedgerRefusal>> {
		const tenant = this.#isOpen ? this.#stores.tenant.read() : null;
		// An export of a tenant that is gone does not go on with a later one of the same name.
		if (tenant === null || (from !== null && from.createdAt !== tenant.createdAt)) return notCreated();
		const { createdAt } = tenant;
		const head = () => exportHead(this.#stores);
		const usage = (begin: number, end: number) => this.#activity.usage.report({ from: begin, to: end, by: "day" }).rows;
		const feedback = (count: number) => this.#activity.feedback.after(count);
		const source = { stores: this.#stores, head, usage, feedback, createdAt, now: this.#runtime.now() };
		const ledgers = this.#stores.evidence
			.all(tenant.tenant)
			.map((address) => () => this.#runtime.evidenceLedgerOf(this.env, evidenceLedgerName(address)));
		return ok(await exportPage(source, ledgers, from, this.#runtime.exportPageCharacters));
	}

	async destroy({ actor }: Input<"destroy">): Promise<Result<PublicationState, LedgerRefusal>> {
		const destroyed = await this.#act({
			name: "tenant.destroy",
			actor,
			asked: {},
			work: (context) => destroyTenant(this.#stores, context),
		});
		return destroyed.ok ? ok(this.#stores.outbox.state()) : destroyed;
	}
}
