import { DurableObject } from "cloudflare:workers";
import type { AnchorReport } from "../core/evidence/anchors.ts";
import type {
	EvidenceLease,
	EvidenceLedgerPort,
	EvidenceReport,
	GuaranteeTerms,
} from "../core/evidence/evidence-ports.ts";
import type { JsonObject } from "../core/json.ts";
import type { Actor, LedgerRefusal } from "../core/ledger/ledger-ports.ts";
import { evidenceLedgerName } from "../core/published-records.ts";
import { err, ok, type Result } from "../core/result.ts";
import { keptReason } from "./acts.ts";
import { anchorReport, checkAnchors, putAnchors } from "./anchor-acts.ts";
import { ANCHOR_MIGRATIONS } from "./anchor-store.ts";
import { emptyLedger } from "./empty-ledger.ts";
import {
	addHumanLabels,
	closeEvidence,
	createEvidence,
	destroyEvidence,
	restartEvidence,
	type EvidenceAct,
} from "./evidence-acts.ts";
import { advance } from "./evidence-advance.ts";
import { evidenceMetricReport } from "./evidence-metric-report.ts";
import { evidenceExport } from "./evidence-export.ts";
import { recordEvidence } from "./evidence-record.ts";
import { areSameTerms, followAuditRate, isExpired, openEpoch, renewLease } from "./evidence-regimes.ts";
import { workOn, type EvidenceWork } from "./evidence-work.ts";
import { evidenceReport } from "./evidence-report.ts";
import { EVIDENCE_MIGRATIONS } from "./evidence-schema.ts";
import { createEvidenceStores, type EvidenceStores } from "./evidence-stores.ts";
import { ledgerRuntime, type LedgerBindings, type LedgerRuntime } from "./ledger-runtime.ts";
import { createLedgerTransactions, type LedgerTransactions } from "./ledger-transactions.ts";
import { createMetricReporter, type MetricReporter } from "./metric-reporter.ts";
import { migrate, schemaVersion } from "./sql-migrations.ts";

/** The input of a method of the port. */
type Input<Method extends keyof EvidenceLedgerPort> = Parameters<EvidenceLedgerPort[Method]>[0];

const COMPONENT = "evidence";
/** A tenant is asked so often whether it is still there. */
const TENANT_CHECK_MS = 3_600_000;
/** Traffic is put on record at most so often. */
const TRAFFIC_MS = 60_000;

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
			wakeAt: () => (evidence.read() === null ? null : this.#stores.state.read().tickAt),
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

	async lease({ address, terms }: Input<"lease">): Promise<Result<EvidenceLease, LedgerRefusal>> {
		const { name } = this.ctx.id;
		if (name !== undefined && name !== evidenceLedgerName(address))
			return err({ kind: "not-applicable", message: `This is the ledger of ${name}.` });
		const known = await this.#change((work) => leaseOf(work, terms));
		if (known !== undefined) return known;
		// First on the tenant's list, then made: so whatever there is goes with the tenant.
		const noted = await this.#runtime.evidenceListOf(this.env, address.tenant).noteEvidenceLedger(address);
		if (!noted.ok) return noted;
		if (!this.#isOpen) this.#open();
		await this.#transactions.change((now) => {
			// Another call may have made it meanwhile.
			if (this.#stores.evidence.read() !== null) return;
			emptyLedger(this.ctx.storage.sql);
			createEvidence(this.#stores, { address, terms, tenantCreatedAt: noted.value.createdAt }, now);
		});
		return (await this.#change((work) => leaseOf(work, terms))) ?? notBegun();
	}

	async record({ address, entries, verdicts }: Input<"record">): Promise<{ readonly added: number }> {
		const recorded = await this.#change((work) => {
			const { createdAt, address: own } = work.identity;
			if (evidenceLedgerName(own) !== evidenceLedgerName(address)) return undefined;
			advance(work);
			noteTraffic(work);
			// What is older is of a former ledger of the name, whose identities are forgotten.
			const isOwn = ({ at }: { readonly at: number }) => at >= createdAt - work.stores.times.closesAfterMs;
			return recordEvidence(work, entries.filter(isOwn), verdicts.filter(isOwn));
		});
		const outOfTime = recorded?.outOfTime ?? 0;
		if (outOfTime > 0) this.#runtime.logFault("evidence-out-of-time", { count: outOfTime });
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
		const isOver = await this.#isTenantOver();
		await this.#change((work) => {
			if (isOver) destroyEvidence(work);
			else lookAfter(work);
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

	/** Whether the tenant is known to be gone; asked once an hour, and again when the ledger falls asleep. */
	async #isTenantOver(): Promise<boolean> {
		const identity = this.#stores.evidence.read();
		if (identity === null) return false;
		const { tenantSeenAt, trafficAt } = this.#stores.state.read();
		const now = this.#runtime.now();
		const { idleMs } = this.#stores.times;
		if (now - tenantSeenAt < TENANT_CHECK_MS && now - trafficAt < idleMs) return false;
		try {
			const { address, tenantCreatedAt } = identity;
			const noted = await this.#runtime.evidenceListOf(this.env, address.tenant).noteEvidenceLedger(address);
			if (!noted.ok) return noted.error.kind === "not-found";
			if (noted.value.createdAt !== tenantCreatedAt) return true;
			await this.#change(({ state }) => {
				state.tenantSeenAt = now;
			});
			return false;
		} catch (error) {
			// It is asked again with the next alarm.
			this.#runtime.logFault("tenant-not-asked", { reason: String(error) });
			return false;
		}
	}
}

/** The lease in force, renewed and made to follow the terms where that is due. */
function leaseOf(work: EvidenceWork, terms: GuaranteeTerms): Result<EvidenceLease, LedgerRefusal> {
	const { stores, identity, state } = work;
	if (!areSameTerms(identity.terms, terms))
		return err({ kind: "not-applicable", message: "The terms are not those of this configuration." });
	advance(work);
	noteTraffic(work);
	if (JSON.stringify(identity.terms) !== JSON.stringify(terms)) stores.evidence.setTerms(terms);
	const asked = { ...work, identity: { ...identity, terms } };
	if (isExpired(asked)) openEpoch(asked, "expired", { newestLabelAt: state.newestLabelAt });
	followAuditRate(asked);
	renewLease(asked);
	return ok(stores.evidence.lease());
}

/** What is done once a minute while there is traffic. */
function lookAfter(work: EvidenceWork): void {
	const { stores, state, now } = work;
	advance(work);
	if (now - state.trafficAt >= stores.times.idleMs) {
		// The lease runs out, and the first who asks after that gets another.
		state.tickAt = null;
		return;
	}
	if (state.tickAt !== null && now < state.tickAt) return;
	state.tickAt = now + stores.times.tickMs;
	renewLease(work);
}

function noteTraffic({ stores, state, now }: EvidenceWork): void {
	if (now - state.trafficAt >= TRAFFIC_MS) state.trafficAt = now;
	state.tickAt ??= now + stores.times.tickMs;
}

/** What the transactions ask of a ledger: whether there is one. */
function tenantOf(identity: EvidenceWork["identity"] | null) {
	if (identity === null) return null;
	const { address, createdAt } = identity;
	return { tenant: address.tenant, name: address.cascade, suspended: false, createdAt };
}

function notBegun(): { readonly ok: false; readonly error: LedgerRefusal } {
	return err({ kind: "not-found", what: "evidence" });
}
