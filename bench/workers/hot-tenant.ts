import { consumeObservations } from "../../src/adapters/consume-observations.ts";
import { systemClock } from "../../src/adapters/system-clock.ts";
import type { EvidenceAddress } from "../../src/core/evidence/evidence-entry.ts";
import type { EvidenceLedgerPort, GuaranteeTerms } from "../../src/core/evidence/evidence-ports.ts";
import type { TenantLedgerPort } from "../../src/core/ledger/ledger-ports.ts";
import { evidenceLedgerName } from "../../src/core/published-records.ts";
import { EvidenceLedger as ProductEvidenceLedger } from "../../src/ledger/evidence-ledger.ts";
import { ledgerRuntime, type LedgerBindings, type RecordWriter } from "../../src/ledger/ledger-runtime.ts";
import { TenantLedger as ProductTenantLedger } from "../../src/ledger/tenant-ledger.ts";
import type { EpochRecord, PhaseRecord } from "../../src/tuning/evidence/evidence-table.ts";

/**
 * The product's consumer and its two ledgers under the clock of a simulation, with what each object took on record. One
 * command is one POST of JSON; see `bench/hot-tenant/runtime.ts`.
 */

/** What one object took. */
interface Meter {
	calls: number;
	/** Within its calls, by the isolate's clock. */
	ms: number;
	/** Of its longest call. */
	longestMs: number;
	rowsWritten: number;
	rowsRead: number;
	databaseBytes: number;
}

let now = 0;
const meters = new Map<string, Meter>();
const faults = new Map<string, number>();
let published = 0;

const records = {
	put: async () => void published++,
	delete: async () => {},
} as unknown as RecordWriter;
ProductEvidenceLedger.runtime = {
	...ledgerRuntime,
	now: () => now,
	records: () => records,
	logFault: (fault) => void faults.set(fault, (faults.get(fault) ?? 0) + 1),
};
ProductTenantLedger.runtime = ProductEvidenceLedger.runtime;

/** Counts what an object's statements read and write, and how long its calls take. */
function metered({ id, storage }: DurableObjectState) {
	const name = id.name ?? id.toString();
	const meter: Meter = { calls: 0, ms: 0, longestMs: 0, rowsWritten: 0, rowsRead: 0, databaseBytes: 0 };
	meters.set(name, meter);
	const { sql } = storage;
	const exec = sql.exec.bind(sql);
	/** Of the call; a cursor knows what it cost once it is read to its end. */
	let cursors: Pick<SqlStorageCursor<never>, "rowsRead" | "rowsWritten">[] = [];
	sql.exec = ((query: string, ...bindings: SqlStorageValue[]) => {
		const cursor = exec(query, ...bindings);
		cursors.push(cursor as never);
		return cursor;
	}) as typeof sql.exec;
	return async <Value>(call: () => Promise<Value>): Promise<Value> => {
		cursors = [];
		const begun = performance.now();
		const value = await call();
		const ms = performance.now() - begun;
		meter.calls += 1;
		meter.ms += ms;
		meter.longestMs = Math.max(meter.longestMs, ms);
		for (const { rowsRead, rowsWritten } of cursors) {
			meter.rowsRead += rowsRead;
			meter.rowsWritten += rowsWritten;
		}
		meter.databaseBytes = sql.databaseSize;
		return value;
	};
}

export class EvidenceLedger extends ProductEvidenceLedger {
	readonly #metered: ReturnType<typeof metered>;

	constructor(context: DurableObjectState, bindings: LedgerBindings) {
		const meter = metered(context);
		super(context, bindings);
		this.#metered = meter;
	}

	override lease(input: Parameters<EvidenceLedgerPort["lease"]>[0]) {
		return this.#metered(() => super.lease(input));
	}

	override record(input: Parameters<EvidenceLedgerPort["record"]>[0]) {
		return this.#metered(() => super.record(input));
	}

	/**
	 * Makes this ledger one that only counts, by regimes that another decides: what it would be where one tenant's evidence
	 * is divided over several objects. A ledger whose labeller has drifted certifies and loosens nothing.
	 */
	async followRegimes({ epoch, phases }: { readonly epoch: EpochRecord; readonly phases: readonly PhaseRecord[] }) {
		const { sql } = this.ctx.storage;
		sql.exec(
			"UPDATE epochs SET path = ?, start = ? WHERE epoch = ?",
			JSON.stringify(epoch.path),
			epoch.start,
			epoch.epoch,
		);
		for (const { phase, deployed, auditPropensity, openedAt } of phases)
			sql.exec(
				"INSERT INTO phases (epoch, phase, deployed, audit_propensity, opened_at) VALUES (?, ?, ?, ?, ?)",
				epoch.epoch,
				phase,
				deployed,
				auditPropensity,
				openedAt,
			);
		const { document } = sql.exec<{ document: string }>("SELECT document FROM state").one();
		const state = {
			...JSON.parse(document),
			phase: phases.length,
			laying: null,
			certified: epoch.path.map(() => false),
			judgeDriftAt: now,
		};
		sql.exec("UPDATE state SET document = ?", JSON.stringify(state));
	}

	/** Identities of so many others of this day, evenly over all that there may be, as a day of traffic leaves them. */
	async remember({ from, to, of }: { readonly from: number; readonly to: number; readonly of: number }): Promise<void> {
		const table = `evidence_seen_${Math.floor(now / 86_400_000)}`;
		// A step that is odd in the last place, so that none is the beginning of another.
		const step = Math.floor(Number.MAX_SAFE_INTEGER / of);
		this.ctx.storage.sql.exec(
			`WITH RECURSIVE numbers (n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?2)
			INSERT INTO ${table} (id, subject) SELECT unhex(printf('%014x%018x', n * ?3 * 8, 1)), NULL FROM numbers`,
			from,
			to,
			step,
		);
	}
}

export class TenantLedger extends ProductTenantLedger {
	readonly #metered: ReturnType<typeof metered>;

	constructor(context: DurableObjectState, bindings: LedgerBindings) {
		const meter = metered(context);
		super(context, bindings);
		this.#metered = meter;
	}

	override recordObservations(...input: Parameters<TenantLedgerPort["recordObservations"]>) {
		return this.#metered(() => super.recordObservations(...input));
	}
}

interface Env extends LedgerBindings {
	readonly TENANT_LEDGER: DurableObjectNamespace;
	readonly EVIDENCE_LEDGER: DurableObjectNamespace;
}

/** What a command brings; each needs some of it. */
interface Command {
	readonly now: number;
	readonly tenant: string;
	readonly address: EvidenceAddress;
	readonly terms: GuaranteeTerms;
	readonly messages: readonly { readonly id: string; readonly body: unknown }[];
	readonly regimes: Parameters<EvidenceLedger["followRegimes"]>[0];
	readonly identities: Parameters<EvidenceLedger["remember"]>[0];
}

const COMMANDS: Readonly<Record<string, (command: Command, env: Env) => Promise<unknown>>> = {
	create: ({ tenant }, env) =>
		tenantOf(env, tenant).create({ tenant, name: tenant, actor: { kind: "operator-key", name: "bench" } }),
	lease: ({ address, terms }, env) => evidenceOf(env, address).lease({ address, terms, policyRevision: 1 }),
	exported: ({ address }, env) => evidenceOf(env, address).exported(),
	report: ({ address }, env) => evidenceOf(env, address).report(),
	usage: ({ tenant, now: at }, env) => tenantOf(env, tenant).usage({ from: at - 86_400_000, to: at, by: "day" }),
	follow: ({ address, regimes }, env) => evidenceOf(env, address).followRegimes(regimes),
	remember: ({ address, identities }, env) => evidenceOf(env, address).remember(identities),
	meters: async () => ({ meters: Object.fromEntries(meters), faults: Object.fromEntries(faults), published }),
	async deliver({ messages }, env) {
		const asked = { again: 0 };
		await consumeObservations(
			{
				messages: messages.map(({ id, body }) => ({
					id,
					timestamp: new Date(now),
					attempts: 1,
					body,
					ack() {},
					retry: () => void asked.again++,
				})),
			} as unknown as MessageBatch,
			{
				ledgerOf: (tenant) => tenantOf(env, tenant),
				evidenceLedgerOf: (address) => evidenceOf(env, address),
				clock: systemClock,
				logFault: (fault, facts) => console.error(fault, JSON.stringify(facts)),
			},
		);
		return asked;
	},
};

export default {
	async fetch(request: Request, env: Env): Promise<Response> {
		const command = COMMANDS[new URL(request.url).pathname.slice(1)];
		if (command === undefined) return new Response(null, { status: 404 });
		const input = await request.json<Command>();
		now = input.now;
		return Response.json((await command(input, env)) ?? null);
	},
};

function tenantOf(env: Env, tenant: string): TenantLedger {
	return env.TENANT_LEDGER.getByName(tenant) as unknown as TenantLedger;
}

function evidenceOf(env: Env, address: EvidenceAddress): EvidenceLedger {
	return env.EVIDENCE_LEDGER.getByName(evidenceLedgerName(address)) as unknown as EvidenceLedger;
}
