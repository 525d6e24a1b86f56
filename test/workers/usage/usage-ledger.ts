import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import type { TenantLedgerPort } from "../../../src/core/ledger/ledger-ports.ts";
import type { UsageQuery, UsageReport } from "../../../src/core/ledger/usage.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { migrate } from "../../../src/ledger/sql-migrations.ts";
import { createUsageStore, USAGE_MIGRATIONS, type UsageStore } from "../../../src/ledger/usage-store.ts";
import { exampleObservation } from "../../core/ledger/observations.ts";

export const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

/** A day's beginning. */
export const MIDNIGHT = Date.UTC(2026, 10, 25);
export const NOON = MIDNIGHT + 12 * HOUR_MS;

/** What a usage store is made of. */
export type Storage = Parameters<typeof createUsageStore>[0];

/** A store in a Durable Object of its own, with real SQL, which can be taken away at any time. */
export interface UsageLedger extends Pick<TenantLedgerPort, "recordObservations" | "usage"> {
	readonly tenant: string;
	/** Runs something over the object's storage, in the object. */
	readonly within: <Value>(work: (storage: DurableObjectStorage) => Value | Promise<Value>) => Promise<Value>;
	/** Calls of `recordObservations`, by how many observations each brought. */
	readonly calls: readonly number[];
	/** Ends the instance; the next call is served by a new one, over what was stored. */
	readonly evict: () => Promise<void>;
}

/** `wrapped` may put something between the store and its storage. */
export function usageLedger(wrapped: (storage: Storage) => Storage = (storage) => storage): UsageLedger {
	const tenant = `t-${crypto.randomUUID()}`;
	const calls: number[] = [];
	const within: UsageLedger["within"] = (work) =>
		runInDurableObject(env.TENANT_LEDGER.getByName(tenant), (_instance, { storage }) => {
			migrate(storage, USAGE_MIGRATIONS, { component: "usage", now: () => MIDNIGHT });
			return work(storage);
		});
	const withStore = <Value>(work: (store: UsageStore) => Value): Promise<Value> =>
		within((storage) => work(createUsageStore(wrapped(storage))));
	return {
		tenant,
		calls,
		within,
		recordObservations(observations) {
			calls.push(observations.length);
			return withStore((store) => store.record(observations, NOON));
		},
		usage: (query) => withStore((store) => store.report(query)),
		async evict() {
			await evictDurableObject(env.TENANT_LEDGER.getByName(tenant));
		},
	};
}

/** So many observations of one hour, each of a request of its own. */
export function observationsOf(tenant: string, count: number, differences: Partial<Observation> = {}): Observation[] {
	return Array.from({ length: count }, () =>
		exampleObservation({ tenant, requestId: `req_${crypto.randomUUID()}`, at: NOON - HOUR_MS, ...differences }),
	);
}

/** The example's day. */
export const TODAY: UsageQuery = { from: MIDNIGHT, to: MIDNIGHT + DAY_MS, by: "day" };

/** Requests over all rows. */
export function requestsIn({ rows }: UsageReport): number {
	return rows.reduce((sum, { requests }) => sum + requests, 0);
}

/** The same SQL, telling what each statement cost once it is read to its end. */
export function countingRows(
	sql: SqlStorage,
	onRows: (rows: { readonly written: number; readonly read: number }) => void,
) {
	return {
		exec<Row extends Record<string, SqlStorageValue>>(query: string, ...bindings: SqlStorageValue[]) {
			const cursor = sql.exec<Row>(query, ...bindings);
			const rows = cursor.toArray();
			onRows({ written: cursor.rowsWritten, read: cursor.rowsRead });
			return { toArray: () => rows };
		},
	} as unknown as SqlStorage;
}
