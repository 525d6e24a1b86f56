import { DurableObject } from "cloudflare:workers";
import type { BudgetLedgerPort, LeaseGrant } from "../core/ledger/lease-ports.ts";
import type {
	CanaryReport,
	ExportPage,
	KeySummary,
	LedgerRefusal,
	PolicyRevision,
	PublicationState,
	RevisionWritten,
	TenantLedgerPort,
	TenantState,
} from "../core/ledger/ledger-ports.ts";
import type { UsageQuery, UsageReport } from "../core/ledger/usage.ts";
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
import { endCanary, putPolicy, rollback, startCanary } from "./policy-acts.ts";
import { quotaRefusal } from "./quotas.ts";
import { migrate, schemaVersion } from "./sql-migrations.ts";
import { exportPage } from "./export-pages.ts";
import { createTenant, destroyTenant, setSuspended } from "./tenant-acts.ts";
import { exportHead, figuresOf, tenantState } from "./tenant-state.ts";
import { TENANT_MIGRATIONS } from "./tenant-schema.ts";
import { createTenantStores, type TenantStores } from "./tenant-stores.ts";
import { createUsageStore, USAGE_MIGRATIONS, type UsageStore } from "./usage-store.ts";

type Port = TenantLedgerPort & BudgetLedgerPort;

/** The input of a method of the port. */
type Input<Method extends keyof Port> = Parameters<Port[Method]>[0];

/**
 * The source of all that belongs to one tenant: its policy's revisions, its keys, its canary, who changed what, its
 * usage. One instance a tenant, at `idFromName(tenant)`; KV holds the published copy, which this alone writes. A name
 * at which no tenant was ever created stores nothing, however often it is asked for.
 */
export class TenantLedger extends DurableObject<LedgerBindings> implements TenantLedgerPort, BudgetLedgerPort {
	/** For tests to set before an instance is made; the runtime makes instances itself, with two arguments. */
	static runtime: LedgerRuntime = ledgerRuntime;

	readonly #runtime = TenantLedger.runtime;
	readonly #stores: TenantStores;
	readonly #usage: UsageStore;
	readonly #leases: LeaseStore;
	readonly #transactions: LedgerTransactions;
	/** Whether the tables are there. */
	#isOpen = false;

	constructor(ctx: DurableObjectState, env: LedgerBindings) {
		super(ctx, env);
		const { storage } = ctx;
		this.#stores = createTenantStores(storage.sql, this.#runtime.quotas);
		this.#usage = createUsageStore(storage);
		this.#leases = createLeaseStore(storage);
		this.#transactions = createLedgerTransactions({
			storage,
			stores: this.#stores,
			records: this.#runtime.records(env),
			runtime: this.#runtime,
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
		migrate(this.ctx.storage, USAGE_MIGRATIONS, { component: "usage", now });
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
		if (this.#isOpen) await this.#transactions.alarm();
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

	async putPolicy({ actor, ...input }: Input<"putPolicy">): Promise<Result<RevisionWritten, LedgerRefusal>> {
		const { expected, reason, cause } = input;
		return this.#written(
			this.#act({
				name: `policy.${cause}`,
				actor,
				asked: { expected, reason: keptReason(reason) },
				work: (context) => quotaRefusal(this.#stores, context, "revision") ?? putPolicy(this.#stores, input, context),
			}),
		);
	}

	async rollback({ actor, ...input }: Input<"rollback">): Promise<Result<RevisionWritten, LedgerRefusal>> {
		const { to, expected, reason } = input;
		return this.#written(
			this.#act({
				name: "policy.rollback",
				actor,
				asked: { to, expected, reason: keptReason(reason) },
				work: (context) => quotaRefusal(this.#stores, context, "revision") ?? rollback(this.#stores, input, context),
			}),
		);
	}

	async revision(revision: number | "current"): Promise<Result<PolicyRevision, LedgerRefusal>> {
		if (!this.#hasTenant()) return notCreated();
		const { revisions } = this.#stores;
		const number = revision === "current" ? revisions.current() : revision;
		const found = number === null ? null : revisions.read(number);
		return found === null
			? err({ kind: "not-found", what: revision === "current" ? "policy" : `revision ${revision}` })
			: ok(found);
	}

	async revisions(input: Input<"revisions">) {
		return this.#hasTenant() ? this.#stores.revisions.page(input) : { items: [], next: null };
	}

	async startCanary({ actor, ...input }: Input<"startCanary">) {
		const { revision, share, reason } = input;
		return this.#act({
			name: "canary.start",
			actor,
			asked: { revision, share, reason: keptReason(reason) },
			work: (context) => quotaRefusal(this.#stores, context, "canary") ?? startCanary(this.#stores, input, context),
		});
	}

	async endCanary({ actor, ...input }: Input<"endCanary">): Promise<Result<RevisionWritten, LedgerRefusal>> {
		return this.#written(
			this.#act({
				name: input.promote ? "canary.promote" : "canary.drop",
				actor,
				asked: { reason: keptReason(input.reason) },
				// Dropping a canary adds nothing.
				work: (context) =>
					(input.promote ? quotaRefusal(this.#stores, context, "revision") : undefined) ??
					endCanary(this.#stores, input, context),
			}),
		);
	}

	async canary(): Promise<Result<CanaryReport, LedgerRefusal>> {
		if (!this.#hasTenant()) return notCreated();
		const canary = this.#stores.canary.read();
		return canary === null
			? err({ kind: "not-found", what: "canary" })
			: ok({ ...canary, figures: figuresOf(this.#stores, canary) });
	}

	async addKey({ actor, ...input }: Input<"addKey">): Promise<Result<KeySummary, LedgerRefusal>> {
		const { name, scopes, replaces } = input;
		const id = `key_${crypto.randomUUID().replaceAll("-", "")}`;
		return this.#act({
			name: replaces === undefined ? "key.create" : "key.rotate",
			actor,
			asked: { name, scopes, ...(replaces === undefined ? {} : { replaces }) },
			work: (context) => quotaRefusal(this.#stores, context, "key") ?? addKey(this.#stores, input, { ...context, id }),
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
	async recordObservations(observations: readonly Observation[]): Promise<{ readonly added: number }> {
		const tenant = this.#isOpen ? this.#stores.tenant.read() : null;
		if (tenant === null) return { added: 0 };
		const own = observations.filter(({ at }) => at >= tenant.createdAt);
		const canary = this.#stores.canary.read();
		const { added, tooOld } = this.#usage.record(own, this.#runtime.now(), (counted) => {
			if (canary !== null) this.#stores.canaryUsage.add(counted, canary);
		});
		if (tooOld > 0) this.#runtime.logFault("observations-too-old", { count: tooOld });
		return { added };
	}

	async usage(query: UsageQuery): Promise<UsageReport> {
		return this.#hasTenant() ? this.#usage.report(query) : { ...query, rows: [] };
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
		const createdAt = this.#isOpen ? this.#stores.tenant.read()?.createdAt : undefined;
		// An export of a tenant that is gone does not go on with a later one of the same name.
		if (createdAt === undefined || (from !== null && from.createdAt !== createdAt)) return notCreated();
		const head = () => exportHead(this.#stores);
		const usage = (begin: number, end: number) => this.#usage.report({ from: begin, to: end, by: "day" }).rows;
		const source = { stores: this.#stores, head, usage, createdAt, now: this.#runtime.now() };
		return ok(exportPage(source, from, this.#runtime.exportPageCharacters));
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
