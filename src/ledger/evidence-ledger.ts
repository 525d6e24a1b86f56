import { DurableObject } from "cloudflare:workers";
import type { AnchorReport } from "../core/evidence/anchors.ts";
import type { EvidenceLease, EvidenceLedgerPort, EvidenceReport } from "../core/evidence/evidence-ports.ts";
import type { JsonObject } from "../core/json.ts";
import type { Actor, LedgerRefusal } from "../core/ledger/ledger-ports.ts";
import { evidenceLedgerName } from "../core/published-records.ts";
import { err, ok, type Result } from "../core/result.ts";
import { keptReason } from "./acts.ts";
import { anchorReport, checkAnchors, putAnchors } from "./anchor-acts.ts";
import { ANCHOR_MIGRATIONS } from "./anchor-store.ts";
import { addHumanLabels, deleteEndedTexts, keepText, keptTexts } from "./audited-text-acts.ts";
import { AUDITED_TEXT_MIGRATIONS } from "./audited-text-store.ts";
import { emptyLedger } from "./empty-ledger.ts";
import { closeEvidence, createEvidence, destroyEvidence, restartEvidence, type EvidenceAct } from "./evidence-acts.ts";
import { advance } from "./evidence-advance.ts";
import { evidenceMetricReport } from "./evidence-metric-report.ts";
import { evidenceExport } from "./evidence-export.ts";
import { notBegun, tenantOf, watchTenant, type TenantWatch } from "./evidence-presence.ts";
import { recordEvidence } from "./evidence-record.ts";
import { workOn, type EvidenceWork } from "./evidence-work.ts";
import { evidenceReport } from "./evidence-report.ts";
import { EVIDENCE_MIGRATIONS } from "./evidence-schema.ts";
import { createEvidenceStores, type EvidenceStores } from "./evidence-stores.ts";
import { fallsAsleep, leaseOf, lookAfter, noteTraffic, wakeAt } from "./evidence-upkeep.ts";
import { ledgerRuntime, type LedgerBindings, type LedgerRuntime } from "./ledger-runtime.ts";
import { createLedgerTransactions, type LedgerTransactions } from "./ledger-transactions.ts";
import { createMetricReporter, type MetricReporter } from "./metric-reporter.ts";
import { migrate, schemaVersion } from "./sql-migrations.ts";

/** The input of a method of the port. */
type Input<Method extends keyof EvidenceLedgerPort> = Parameters<EvidenceLedgerPort[Method]>[0];

const COMPONENT = "evidence";

/**
 * The source of the evidence on one configuration of one cascade: what was counted, what it has shown, what may be accepted. One
 * instance a configuration, at its `evidenceLedgerName`, so two configurations never mix. It is made by the first isolate that
 * asks for its lease; then it looks after itself once a minute while there is traffic: closes what is due, draws the
 * conclusions, renews the lease. It alone writes the lease's copy to KV. `docs/storage.md` has its tables.
 */
export class EvidenceLedger extends DurableObject<LedgerBindings> implements EvidenceLedgerPort {
	/** For tests to set before an instance is made; the runtime makes instances itself, with two arguments. */
	static runtime: LedgerRuntime = ledgerRuntime;

	readonly #runtime = EvidenceLedger.runtime;
	readonly #stores: EvidenceStores;
	readonly #transactions: LedgerTransactions;
	readonly #metrics: MetricReporter;
	readonly #tenant: TenantWatch;
	/** Whether the tables are there. */
	#isOpen = false;

	constructor(ctx: DurableObjectState, env: LedgerBindings) {
		super(ctx, env);
		const { storage } = ctx;
		this.#stores = createEvidenceStores(storage.sql, this.#runtime.quotas, this.#runtime.evidenceTimes);
		this.#metrics = createMetricReporter({
			shards: env.METRIC_SHARD,
			waitUntil: (promise) => ctx.waitUntil(promise),
			logFault: this.#runtime.logFault,
		});
		const { audit, outbox, evidence } = this.#stores;
		this.#transactions = createLedgerTransactions({
			storage,
			stores: { audit, outbox, tenant: { read: () => tenantOf(evidence.read()), isDestroyed: evidence.isDestroyed } },
			records: this.#runtime.records(env),
			runtime: this.#runtime,
			wakeAt: () => wakeAt(this.#stores),
		});
		this.#tenant = watchTenant({
			stores: this.#stores,
			listOf: (tenant) => this.#runtime.evidenceListOf(env, tenant),
			seen: (now) => this.#change(({ state }) => void (state.tenantSeenAt = now)),
			runtime: this.#runtime,
		});
		void ctx.blockConcurrencyWhile(async () => {
			if (schemaVersion(storage.sql, COMPONENT) === 0) return;
			this.#open();
			await this.#transactions.resume();
		});
	}

	#open(): void {
		const { now } = this.#runtime;
		migrate(this.ctx.storage, EVIDENCE_MIGRATIONS, { component: COMPONENT, now });
		migrate(this.ctx.storage, ANCHOR_MIGRATIONS, { component: "anchors", now });
		migrate(this.ctx.storage, AUDITED_TEXT_MIGRATIONS, { component: "audited_texts", now });
		this.#isOpen = true;
	}

	/** One transaction over the ledger; undefined where there is none. Its state is written at the end, if it has changed. */
	#change<Value>(work: (work: EvidenceWork) => Value): Promise<Value | undefined> {
		if (!this.#isOpen) return Promise.resolve(undefined);
		return this.#transactions.change((now) => workOn(this.#stores, now, work));
	}

	async #act<Value>(name: string, actor: Actor, asked: JsonObject, act: EvidenceAct<Value>) {
		if (!this.#isOpen) return notBegun();
		const acted = await this.#transactions.act({
			name,
			actor,
			asked,
			work: (context) =>
				workOn(this.#stores, context.now, (work) => {
					advance(work);
					return act(work, context);
				}) ?? notBegun(),
		});
		return !acted.ok && acted.error.kind === "not-found" ? notBegun() : acted;
	}

	async lease({ address, ...asked }: Input<"lease">): Promise<Result<EvidenceLease, LedgerRefusal>> {
		const { name } = this.ctx.id;
		if (name !== undefined && name !== evidenceLedgerName(address))
			return err({ kind: "not-applicable", message: `This is the ledger of ${name}.` });
		await this.#endWithTenant();
		const known = await this.#change((work) => leaseOf(work, asked));
		if (known !== undefined) return known;
		// First on the tenant's list, then made: so whatever there is goes with the tenant.
		const noted = await this.#runtime.evidenceListOf(this.env, address.tenant).noteEvidenceLedger(address);
		if (!noted.ok) return noted;
		if (!this.#isOpen) this.#open();
		await this.#transactions.change((now) => {
			// Another call may have made it meanwhile.
			if (this.#stores.evidence.read() !== null) return;
			emptyLedger(this.ctx.storage.sql);
			createEvidence(this.#stores, { address, terms: asked.terms, tenantCreatedAt: noted.value.createdAt }, now);
		});
		// Once more: a tenant that ended meanwhile could not end a ledger that was not there yet.
		await this.#endWithTenant(true);
		return (await this.#change((work) => leaseOf(work, asked))) ?? notBegun();
	}

	async record({ address, entries, verdicts }: Input<"record">): Promise<{ readonly added: number }> {
		const recorded = await this.#change((work) => {
			const { createdAt, tenantCreatedAt, address: own } = work.identity;
			if (evidenceLedgerName(own) !== evidenceLedgerName(address)) return undefined;
			advance(work);
			noteTraffic(work);
			// What is older is of a former tenant or ledger of the name, whose identities are forgotten.
			const from = Math.max(tenantCreatedAt, createdAt - work.stores.times.closesAfterMs);
			const isOwn = ({ at }: { readonly at: number }) => at >= from;
			return recordEvidence(work, entries.filter(isOwn), verdicts.filter(isOwn));
		});
		const outOfTime = recorded?.outOfTime ?? 0;
		if (outOfTime > 0) this.#runtime.logFault("evidence-out-of-time", { count: outOfTime });
		const forgotten = recorded?.forgotten ?? null;
		if (forgotten !== null) this.#runtime.logFault("identities-forgotten", { ...forgotten });
		return { added: recorded?.added ?? 0 };
	}

	async report(): Promise<Result<EvidenceReport, LedgerRefusal>> {
		const report = await this.#change((work) => {
			advance(work);
			return evidenceReport(work);
		});
		return report === undefined ? notBegun() : ok(report);
	}

	async exported(): Promise<Result<JsonObject, LedgerRefusal>> {
		const exporting = await this.#change((work) => {
			advance(work);
			return evidenceExport(work);
		});
		return exporting === undefined ? notBegun() : ok(exporting);
	}

	async addHumanLabels({ labels, actor }: Input<"addHumanLabels">) {
		return this.#act("evidence.label", actor, { labels: labels.length }, addHumanLabels(labels));
	}

	async putAnchors({ actor, ...input }: Input<"putAnchors">): Promise<Result<AnchorReport, LedgerRefusal>> {
		return this.#act("evidence.anchors", actor, {}, putAnchors(input));
	}

	async anchors() {
		const known = await this.#change((work) => ({
			report: anchorReport(work),
			anchors: work.stores.anchors.anchors(),
		}));
		return known === undefined ? notBegun() : ok(known);
	}

	async checkAnchors({ actor, ...input }: Input<"checkAnchors">): Promise<Result<AnchorReport, LedgerRefusal>> {
		return this.#act("evidence.anchor-check", actor, {}, checkAnchors(input));
	}

	async keepText({ address, text }: Input<"keepText">): Promise<{ readonly kept: boolean }> {
		const kept = await this.#change(
			(work) => evidenceLedgerName(work.identity.address) === evidenceLedgerName(address) && keepText(work, text),
		);
		return { kept: kept ?? false };
	}

	async keptTexts(page: Input<"keptTexts">) {
		const read = await this.#change((work) => keptTexts(work, page));
		return read === undefined ? notBegun() : ok(read);
	}

	async restart({ reason, actor }: Input<"restart">): Promise<Result<EvidenceLease, LedgerRefusal>> {
		return this.#act("evidence.restart", actor, { reason: keptReason(reason) }, restartEvidence);
	}

	async close({ reason, actor }: Input<"close">): Promise<Result<EvidenceLease, LedgerRefusal>> {
		return this.#act("evidence.close", actor, { reason: keptReason(reason) }, closeEvidence);
	}

	async destroy(): Promise<void> {
		await this.#change(destroyEvidence);
	}

	override async alarm(): Promise<void> {
		if (!this.#isOpen) return;
		await this.#endWithTenant(fallsAsleep(this.#stores, this.#runtime.now()));
		await this.#change((work) => {
			deleteEndedTexts(work);
			lookAfter(work);
		});
		this.#reportMetrics();
		await this.#transactions.alarm();
	}

	/** In the background, by what the last look after the ledger has left. */
	#reportMetrics(): void {
		const identity = this.#metrics.isOn ? this.#stores.evidence.read() : null;
		if (identity === null) return;
		const state = this.#stores.state.read();
		const work = { stores: this.#stores, identity, state, now: this.#runtime.now() };
		this.#metrics.report(identity.address.tenant, evidenceMetricReport(work));
	}

	/** Ends the ledger where its tenant has ended. */
	async #endWithTenant(anyway?: boolean): Promise<void> {
		if (!this.#isOpen) return;
		const over = await this.#tenant.over(anyway);
		if (over === null) return;
		// Another call may have made it anew meanwhile, for the tenant of today.
		await this.#change((work) => (work.identity.tenantCreatedAt === over ? destroyEvidence(work) : undefined));
	}
}
