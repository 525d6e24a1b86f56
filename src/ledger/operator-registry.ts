import { DurableObject } from "cloudflare:workers";
import type { LedgerRefusal, PublicationState } from "../core/ledger/ledger-ports.ts";
import type {
	OperatorKeySummary,
	OperatorRegistryPort,
	OriginEntry,
	OriginWritten,
	TenantEntry,
} from "../core/ledger/registry-ports.ts";
import { originRecordName } from "../core/published-records.ts";
import { err, ok, type Result } from "../core/result.ts";
import { invalid } from "./acts.ts";
import { createAuditTrail, type AuditTrail } from "./audit-trail.ts";
import { ledgerRuntime, type LedgerBindings, type LedgerRuntime } from "./ledger-runtime.ts";
import { createLedgerTransactions, type LedgerTransactions } from "./ledger-transactions.ts";
import { REGISTRY_MIGRATIONS } from "./operator-registry-schema.ts";
import {
	createOperatorKeys,
	createOriginTable,
	createTenantList,
	type OperatorKeys,
	type OriginTable,
	type TenantList,
} from "./operator-registry-stores.ts";
import { createPublicationOutbox, type PublicationOutbox } from "./publication-outbox.ts";
import { migrate } from "./sql-migrations.ts";

/** The input of a method of the port. */
type Input<Method extends keyof OperatorRegistryPort> = Parameters<OperatorRegistryPort[Method]>[0];

/** A registry is no tenant's, and is never destroyed. */
const OF_NO_TENANT = { read: () => null, isDestroyed: () => false } as const;

/**
 * The source of what belongs to the operator: the list of tenants, the origins, the operators' keys, who changed what.
 * One instance, at `idFromName("registry")`. It alone writes `origin/<name>` to KV, with the same outbox as the
 * tenants' ledgers. No inference request reaches it.
 */
export class OperatorRegistry extends DurableObject<LedgerBindings> implements OperatorRegistryPort {
	/** For tests to set before an instance is made; the runtime makes instances itself, with two arguments. */
	static runtime: LedgerRuntime = ledgerRuntime;

	readonly #runtime = OperatorRegistry.runtime;
	readonly #tenants: TenantList;
	readonly #origins: OriginTable;
	readonly #keys: OperatorKeys;
	readonly #audit: AuditTrail;
	readonly #outbox: PublicationOutbox;
	readonly #transactions: LedgerTransactions;

	constructor(ctx: DurableObjectState, env: LedgerBindings) {
		super(ctx, env);
		const { storage } = ctx;
		const { sql } = storage;
		this.#tenants = createTenantList(sql);
		this.#origins = createOriginTable(sql);
		this.#keys = createOperatorKeys(sql);
		this.#audit = createAuditTrail(sql);
		this.#outbox = createPublicationOutbox(sql);
		this.#transactions = createLedgerTransactions({
			storage,
			stores: { audit: this.#audit, outbox: this.#outbox, tenant: OF_NO_TENANT },
			records: this.#runtime.records(env),
			runtime: this.#runtime,
		});
		void ctx.blockConcurrencyWhile(async () => {
			migrate(storage, REGISTRY_MIGRATIONS, { component: "registry", now: this.#runtime.now });
			await this.#transactions.resume();
		});
	}

	override async alarm(): Promise<void> {
		await this.#transactions.alarm();
	}

	readonly #act: LedgerTransactions["act"] = async (act) => this.#transactions.act(act, "nothing");

	async addTenant({ tenant, name, actor }: Input<"addTenant">): Promise<TenantEntry> {
		const listed = this.#tenants.read(tenant);
		if (listed !== null) return listed;
		const added = await this.#act({
			name: "tenant.add",
			actor,
			asked: { tenant, name },
			work: ({ now: createdAt }) => {
				const entry = { tenant, name, createdAt };
				this.#tenants.add(entry);
				return ok({ value: entry, detail: {} });
			},
		});
		if (!added.ok) throw new Error(`adding a tenant was refused: ${added.error.kind}`);
		return added.value;
	}

	async removeTenant({ tenant, actor }: Input<"removeTenant">): Promise<boolean> {
		if (this.#tenants.read(tenant) === null) return false;
		await this.#act({
			name: "tenant.remove",
			actor,
			asked: { tenant },
			work: () => {
				this.#tenants.remove(tenant);
				return ok({ value: undefined, detail: {} });
			},
		});
		return true;
	}

	async tenants(input: Input<"tenants">) {
		return this.#tenants.page(input);
	}

	async origin(name: string): Promise<Result<OriginEntry, LedgerRefusal>> {
		const found = this.#origins.read(name);
		return found === null ? noOrigin(name) : ok(found);
	}

	async missingOrigins(names: readonly string[]): Promise<readonly string[]> {
		return names.filter((name) => this.#origins.read(name) === null);
	}

	async origins(input: Input<"origins">) {
		return this.#origins.page(input);
	}

	async putOrigin({ actor, expected, ...origin }: Input<"putOrigin">): Promise<Result<OriginWritten, LedgerRefusal>> {
		const { name, baseUrl, secret, maxConcurrent = null } = origin;
		const written = await this.#act({
			name: "origin.put",
			actor,
			asked: { ...origin, ...(expected === undefined ? {} : { expected }) },
			work: ({ now }) => {
				const known = this.#origins.read(name);
				if (expected !== undefined && expected !== (known?.revision ?? null))
					return err<LedgerRefusal>({ kind: "conflict", current: known?.revision ?? 0 });
				if (known?.baseUrl === baseUrl && known.secret === secret && known.maxConcurrent === maxConcurrent)
					return ok({ value: { origin: known, changed: false }, detail: { changed: false } });
				const changed = this.#origins.write({ name, baseUrl, secret, maxConcurrent, updatedAt: now });
				const record = {
					version: 1,
					baseUrl,
					...(secret === null ? {} : { secret }),
					...(maxConcurrent === null ? {} : { maxConcurrent }),
				};
				this.#outbox.put(originRecordName(name), () => JSON.stringify(record), now);
				return ok({ value: { origin: changed, changed: true }, detail: { revision: changed.revision, changed: true } });
			},
		});
		return written.ok ? ok({ ...written.value, publication: this.#outbox.state() }) : written;
	}

	async removeOrigin({ name, expected, actor }: Input<"removeOrigin">): Promise<Result<OriginWritten, LedgerRefusal>> {
		const removed = await this.#act({
			name: "origin.remove",
			actor,
			asked: { name, ...(expected === undefined ? {} : { expected }) },
			work: ({ now }) => {
				const known = this.#origins.read(name);
				if (known === null) return noOrigin(name);
				if (expected !== undefined && expected !== known.revision)
					return err<LedgerRefusal>({ kind: "conflict", current: known.revision });
				this.#origins.remove(name);
				this.#outbox.put(originRecordName(name), null, now);
				return ok({ value: { origin: known, changed: true }, detail: { revision: known.revision } });
			},
		});
		return removed.ok ? ok({ ...removed.value, publication: this.#outbox.state() }) : removed;
	}

	async addOperatorKey({
		sha256,
		actor,
		...shown
	}: Input<"addOperatorKey">): Promise<Result<OperatorKeySummary, LedgerRefusal>> {
		const id = `opkey_${crypto.randomUUID().replaceAll("-", "")}`;
		return this.#act({
			name: "operator-key.create",
			actor,
			asked: { name: shown.name, expiresAt: shown.expiresAt },
			work: ({ now }) => {
				if (shown.expiresAt !== null && shown.expiresAt <= now) return invalid("expiresAt", "must be a time to come");
				if (this.#keys.bySha256(sha256) !== null) return err<LedgerRefusal>({ kind: "already-exists", what: "key" });
				const key = { id, ...shown, createdAt: now, revokedAt: null };
				this.#keys.add(sha256, key);
				return ok({ value: key, detail: { key: id } });
			},
		});
	}

	async operatorKeys(): Promise<readonly OperatorKeySummary[]> {
		return this.#keys.all();
	}

	async operatorKeyBySha256(sha256: string): Promise<OperatorKeySummary | null> {
		const key = this.#keys.bySha256(sha256);
		if (key === null || key.revokedAt !== null) return null;
		return key.expiresAt === null || key.expiresAt > this.#runtime.now() ? key : null;
	}

	async revokeOperatorKey({
		id,
		actor,
	}: Input<"revokeOperatorKey">): Promise<Result<OperatorKeySummary, LedgerRefusal>> {
		return this.#act({
			name: "operator-key.revoke",
			actor,
			asked: { key: id },
			work: ({ now }) => {
				const key = this.#keys.byId(id);
				if (key === null) return err<LedgerRefusal>({ kind: "not-found", what: `key ${id}` });
				if (key.revokedAt !== null) return ok({ value: key, detail: { changed: false } });
				this.#keys.setRevoked(id, now);
				return ok({ value: { ...key, revokedAt: now }, detail: { changed: true } });
			},
		});
	}

	async audit(input: Input<"audit">) {
		return this.#audit.page(input);
	}

	async publication(): Promise<PublicationState> {
		return this.#outbox.state();
	}
}

function noOrigin(name: string): { readonly ok: false; readonly error: LedgerRefusal } {
	return err({ kind: "not-found", what: `origin ${name}` });
}
