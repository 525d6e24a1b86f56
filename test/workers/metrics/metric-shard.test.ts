import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import {
	METRIC_SHARDS,
	metricShardNames,
	metricShardOf,
	type MetricReport,
	type MetricShardPort,
} from "../../../src/core/metrics/metric-report.ts";
import { ledgerRuntime } from "../../../src/ledger/ledger-runtime.ts";
import { createMetricTotalsStore, METRIC_TOTALS_MIGRATIONS } from "../../../src/ledger/metric-totals-store.ts";
import { migrate } from "../../../src/ledger/sql-migrations.ts";
import { MetricShard } from "../../../src/ledger/metric-shard.ts";

let now = 1_000;
let stub: DurableObjectStub<MetricShard>;
const shard = () => stub as unknown as MetricShardPort;
beforeEach(() => {
	now = 1_000;
	MetricShard.runtime = { ...ledgerRuntime, now: () => now };
	stub = env.METRIC_SHARD.getByName(`shard-${crypto.randomUUID()}`);
});

const report = (differences: Partial<MetricReport> = {}): MetricReport => ({
	source: "tenant/acme",
	since: 1,
	sequence: 1,
	counters: { requests: 3 },
	...differences,
});

describe("a shard of the metrics", () => {
	it("sums what its sources have counted", async () => {
		await shard().report([report(), report({ source: "tenant/beta", counters: { requests: 4, alarms: 1 } })]);
		expect(await shard().totals()).toEqual({ counters: { requests: 7, alarms: 1 }, gauges: {} });
	});

	it("counts a report once, however often and in whatever order reports come", async () => {
		const reports = [1, 2, 3].map((sequence) => report({ sequence, counters: { requests: 10 * sequence } }));
		for (const order of [
			[2, 0, 1, 2, 2],
			[0, 1],
			[1, 0, 2],
		])
			for (const index of order) await shard().report([reports[index] as MetricReport]);
		expect((await shard().totals()).counters).toEqual({ requests: 30 });
	});

	it("keeps what a source had counted that began anew, and is not told more by the former one", async () => {
		await shard().report([report({ sequence: 9 })]);
		await shard().report([report({ since: 2, sequence: 1, counters: { requests: 5 } })]);
		await shard().report([report({ sequence: 10, counters: { requests: 100 } })]);
		await shard().report([report({ since: 2, sequence: 2, counters: { requests: 6 } })]);
		expect((await shard().totals()).counters).toEqual({ requests: 9 });
	});

	it("keeps what isolates have counted that are gone, and forgets the isolates", async () => {
		const rows = () =>
			runInDurableObject(stub, (_, { storage }) => storage.sql.exec("SELECT source FROM sources").toArray().length);
		await shard().report([report({ source: "isolate/one", counters: { faults: 2 } }), report()]);
		now += 7_200_000;
		await shard().report([report({ source: "isolate/two", counters: { faults: 1 } })]);
		expect(await rows()).toBe(3);
		now += 1;
		await shard().report([report({ source: "isolate/two", sequence: 2, counters: { faults: 3 } })]);
		expect(await rows()).toBe(2);
		expect((await shard().totals()).counters).toEqual({ requests: 3, faults: 5 });
		await evictDurableObject(stub);
		expect((await shard().totals()).counters).toEqual({ requests: 3, faults: 5 });
		// One that is heard after all has begun anew.
		await shard().report([report({ source: "isolate/one", since: now, counters: { faults: 1 } })]);
		expect((await shard().totals()).counters).toEqual({ requests: 3, faults: 6 });
	});

	it("has all of it after it was evicted", async () => {
		await shard().report([report(), report({ since: 2, counters: { requests: 5 }, gauges: { certified: 1 } })]);
		await evictDurableObject(stub);
		expect(await shard().totals()).toEqual({ counters: { requests: 8 }, gauges: { certified: 1 } });
		await shard().report([report({ since: 2 })]);
		expect((await shard().totals()).counters).toEqual({ requests: 8 });
	});

	it("shows what is at present for as long as it holds", async () => {
		await shard().report([report({ gauges: { certified: 1 }, holdsUntil: 2_000 })]);
		now = 1_999;
		expect((await shard().totals()).gauges).toEqual({ certified: 1 });
		now = 2_000;
		expect(await shard().totals()).toEqual({ counters: { requests: 3 }, gauges: {} });
	});
});

describe("rows", () => {
	it("written by a report of a known source, and for a tenant's own totals: one each", async () => {
		await shard().report([report()]);
		const written = await runInDurableObject(stub, (_instance, { storage }) => {
			const { sql } = storage;
			migrate(storage, METRIC_TOTALS_MIGRATIONS, { component: "totals" });
			const totals = createMetricTotalsStore(sql);
			totals.add({ requests: 1 });
			const counts: number[] = [];
			const counting = {
				exec<Row extends Record<string, SqlStorageValue>>(query: string, ...bindings: SqlStorageValue[]) {
					const cursor = sql.exec<Row>(query, ...bindings);
					const rows = cursor.toArray();
					counts.push(cursor.rowsWritten);
					return { toArray: () => rows };
				},
			} as unknown as SqlStorage;
			createMetricTotalsStore(counting).add({ requests: 1 });
			counting.exec("INSERT OR REPLACE INTO sources VALUES ('tenant/acme', 1, 2, '{}')");
			return counts;
		});
		expect(written).toEqual([0, 1, 1]);
	});
});

describe("the shard of a tenant", () => {
	it("is one of all, and all of them are used alike", () => {
		const tenants = Array.from({ length: 8_000 }, (_, index) => `tenant-${index}`);
		const counts = Map.groupBy(tenants, metricShardOf);
		expect([...counts.keys()].toSorted()).toEqual(metricShardNames());
		for (const [, group] of counts) expect(group.length).toBeGreaterThan(0.8 * (tenants.length / METRIC_SHARDS));
	});

	it("stays the same: another one would count its tenants twice", () => {
		expect(["acme", "gamma", "demo"].map(metricShardOf)).toEqual(["metrics-7", "metrics-2", "metrics-6"]);
	});
});
