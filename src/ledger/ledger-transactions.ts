import type { JsonObject } from "../core/json.ts";
import type { Actor, LedgerRefusal } from "../core/ledger/ledger-ports.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { ActContext, ActResult } from "./acts.ts";
import { refusalDetail } from "./audit-trail.ts";
import { emptyLedger } from "./empty-ledger.ts";
import { createKvPublisher } from "./kv-publisher.ts";
import type { LedgerRuntime, RecordWriter } from "./ledger-runtime.ts";
import type { QueuedRecord } from "./publication-outbox.ts";
import type { TenantStores } from "./tenant-stores.ts";

/** What is done to a ledger, and by whom. */
export interface Act<Value> {
	/** Such as `policy.put`. */
	readonly name: string;
	readonly actor: Actor;
	/** What was asked for; no secret and no document. */
	readonly asked: JsonObject;
	/** Runs in the transaction, and writes nothing where it refuses. */
	readonly work: (context: ActContext) => ActResult<Value>;
}

/**
 * The transactions of a tenant's ledger. Each act is one: what it changes, its entry in the audit trail, the records it
 * queues for KV and the alarm that sees to them are all there or all not there. The alarm stands for as long as a
 * record is queued, so a ledger that goes down at any point goes on publishing by itself.
 */
export interface LedgerTransactions {
	/** Looks after what a former instance left queued; to be called once, before anything else. */
	readonly resume: () => Promise<void>;
	/** Runs an act, then publishes, for as long as the caller can be kept waiting. Acts on no tenant leave no trace. */
	readonly act: <Value>(act: Act<Value>, needs?: "tenant" | "nothing") => Promise<Result<Value, LedgerRefusal>>;
	/** Changes the ledger by itself, as work that is no act of anybody's does, then publishes in the same way. */
	readonly change: <Value>(work: (now: number) => Value) => Promise<Value>;
	/** Sets the alarm to when something is to be done, where work that is no change of these has made that another time. */
	readonly keepAlarm: () => void;
	/** Publishes what is due. */
	readonly alarm: () => Promise<void>;
}

/** What every act needs of a ledger; a registry, which is of no tenant, has one that is never asked for. */
export interface LedgerStores extends Pick<TenantStores, "audit" | "outbox"> {
	readonly tenant: Pick<TenantStores["tenant"], "read" | "isDestroyed">;
}

/** Transactions over these stores. The database must hold their tables by the first act. */
export function createLedgerTransactions(input: {
	readonly storage: DurableObjectStorage;
	readonly stores: LedgerStores;
	readonly records: RecordWriter;
	readonly runtime: Pick<LedgerRuntime, "now" | "random" | "publishWaitMs" | "logFault">;
	/** When the ledger wants its alarm for work of its own; null: not. */
	readonly wakeAt?: () => number | null;
}): LedgerTransactions {
	const { storage, stores, runtime, wakeAt = () => null } = input;
	/** When the alarm is set to, as far as this instance knows; saves a write where it is right already. */
	let alarmAt: number | null = null;

	const inTransaction = <Value>(work: () => Value): Value => {
		const [value, nextAt] = storage.transactionSync(() => {
			const value = work();
			const nextAt = earlier(stores.outbox.nextAt(), wakeAt());
			// Storage keeps writes of one turn together, so the alarm is set exactly where the rows are there.
			if (nextAt === null && alarmAt !== null) void storage.deleteAlarm();
			if (nextAt !== null && nextAt !== alarmAt) void storage.setAlarm(nextAt);
			return [value, nextAt] as const;
		});
		alarmAt = nextAt;
		return value;
	};

	const publisher = createKvPublisher({
		outbox: stores.outbox,
		records: input.records,
		runtime,
		settle: (work) =>
			inTransaction(() => {
				work();
				if (stores.tenant.isDestroyed() && stores.outbox.nextAt() === null) emptyLedger(storage.sql);
			}),
	});

	/** KV may hang; then the write goes on, and the caller is told that it is pending. */
	const deliver = async (claimed: readonly QueuedRecord[]): Promise<void> => {
		if (claimed.length === 0) return;
		await new Promise<void>((resolve, reject) => {
			const timer = setTimeout(resolve, runtime.publishWaitMs);
			void publisher
				.deliver(claimed)
				.then(resolve, reject)
				.finally(() => clearTimeout(timer));
		});
	};

	return {
		async resume() {
			alarmAt = await storage.getAlarm();
			if (alarmAt === null && earlier(stores.outbox.nextAt(), wakeAt()) !== null) inTransaction(() => {});
		},
		async act({ name: act, actor, asked, work }, needs = "tenant") {
			const now = runtime.now();
			const { result, claimed } = inTransaction(() => {
				if (needs === "tenant" && stores.tenant.read() === null) return { result: notCreated(), claimed: [] };
				const result = work({ actor, now });
				stores.audit.record({
					at: now,
					actor,
					act,
					outcome: result.ok ? "done" : "refused",
					detail: { ...asked, ...(result.ok ? result.value.detail : refusalDetail(result.error)) },
				});
				return { result, claimed: publisher.claim() };
			});
			await deliver(claimed);
			return result.ok ? ok(result.value.value) : result;
		},
		async change(work) {
			const { value, claimed } = inTransaction(() => ({ value: work(runtime.now()), claimed: publisher.claim() }));
			await deliver(claimed);
			return value;
		},
		keepAlarm: () => inTransaction(() => {}),
		async alarm() {
			alarmAt = null;
			await deliver(inTransaction(() => publisher.claim()));
		},
	};
}

function earlier(one: number | null, other: number | null): number | null {
	return one === null ? other : other === null ? one : Math.min(one, other);
}

/** The refusal of a ledger that belongs to no tenant. */
export function notCreated(): { readonly ok: false; readonly error: LedgerRefusal } {
	return err({ kind: "not-found", what: "tenant" });
}
