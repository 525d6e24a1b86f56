import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { MOST_RECENT_REQUESTS, RECENT_MS } from "../../../src/core/ledger/recent-requests.ts";
import type { Observation } from "../../../src/core/observation.ts";
import {
	createRecentRequests,
	RECENT_REQUEST_MIGRATIONS,
	type RecentRequestStore,
} from "../../../src/ledger/recent-request-store.ts";
import { migrate } from "../../../src/ledger/sql-migrations.ts";
import { createUsageStore } from "../../../src/ledger/usage-store.ts";
import { alarmOf, exported, ledgerWorld, OPERATOR, put, tenantLedger, type TestLedger } from "../ledger/ledgers.ts";
import { countingRows, DAY_MS, HOUR_MS, NOON, observationsOf, usageLedger, type UsageLedger } from "./usage-ledger.ts";

const ALL = { cascade: null, before: null, limit: 200 };

let ledger: UsageLedger;
beforeEach(() => {
	ledger = usageLedger();
});

/** Runs over the last requests of one tenant; `counted` is what was written and read since the last time it was asked. */
const withStore = <Value>(
	work: (
		store: RecentRequestStore,
		counted: () => { readonly written: number; readonly read: number },
		storage: DurableObjectStorage,
	) => Value | Promise<Value>,
): Promise<Value> =>
	ledger.within((storage) => {
		migrate(storage, RECENT_REQUEST_MIGRATIONS, { component: "recent_requests", now: () => NOON });
		let rows = { written: 0, read: 0 };
		const sql = countingRows(storage.sql, ({ written, read }) => {
			rows = { written: rows.written + written, read: rows.read + read };
		});
		const counted = () => {
			const before = rows;
			rows = { written: 0, read: 0 };
			return before;
		};
		return work(createRecentRequests(sql), counted, storage);
	});

const idsIn = (store: RecentRequestStore, now = NOON) =>
	store.page(ALL, now).items.map(({ requestId, item }) => `${requestId} ${item ?? ""}`);
const idsOf = (observations: readonly Observation[]) =>
	observations.map(({ requestId, item }) => `${requestId} ${item ?? ""}`);
const rowsIn = (storage: DurableObjectStorage) =>
	storage.sql.exec("SELECT slot, sequence, requests, oldest_at FROM recent_requests ORDER BY sequence").toArray();

describe("the last requests", () => {
	it("are shown as they were, without whose they are, newest first", async () => {
		await withStore((store) => {
			const [older, newer] = [NOON - 2_000, NOON - 1_000].flatMap((at) =>
				observationsOf("acme", 1, { at, firstTokenMs: 40 }),
			) as [Observation, Observation];
			store.add([older, newer], NOON);
			const { tenant: _tenant, version: _version, ...shown } = newer;
			expect(store.page(ALL, NOON).items[0]).toEqual(shown);
			expect(idsIn(store)).toEqual(idsOf([newer, older]));
			expect(store.find({ requestId: older.requestId }, NOON)).toMatchObject({ ok: true, value: { at: NOON - 2_000 } });
			expect(store.find({ requestId: older.requestId, item: 1 }, NOON)).toEqual({
				ok: false,
				error: { kind: "not-found", what: "request" },
			});
		});
	});

	it("are 200 at most, whatever came in how many calls", async () => {
		for (const sizes of [[1], [3, 50, 1], [500], [150, 7, 150], [19, 2]]) {
			await withStore((store, _counted, storage) => {
				storage.sql.exec("DELETE FROM recent_requests");
				const all: Observation[] = [];
				for (let call = 0; all.length < 700; call++) {
					const size = sizes[call % sizes.length] ?? 1;
					const brought = Array.from({ length: size }, (_, index) =>
						observationsOf("acme", 1, { at: NOON - HOUR_MS + all.length + index }),
					).flat();
					store.add(brought, NOON);
					all.push(...brought);
					expect(idsIn(store)).toEqual(idsOf(all.slice(-MOST_RECENT_REQUESTS).toReversed()));
				}
				// Rows are written again and again, in place of those that nobody needs.
				expect(rowsIn(storage).length).toBeLessThanOrEqual(30);
			});
		}
	});

	it("cost one row a call, of one request or of a hundred", async () => {
		await withStore((store, counted) => {
			const calls = (count: number, size: number) =>
				Array.from({ length: count }, () => {
					store.add(observationsOf("acme", size), NOON);
					return counted();
				});
			const single = calls(300, 1);
			expect(single.every(({ written }) => written === 1)).toBe(true);
			const many = calls(20, 100);
			expect(many.every(({ written }) => written === 1)).toBe(true);
			store.nextEnd();
			console.log("recent requests:", { single: single.at(-1), many: many.at(-1), nextEnd: counted() });
			expect(Math.max(...single.map(({ read }) => read))).toBeLessThan(30);
			store.add([], NOON);
			expect(counted()).toEqual({ written: 0, read: 0 });
		});
	});

	it("are kept where they are longer than any policy lets them be, as many as a row holds", async () => {
		await withStore((store, _counted, storage) => {
			const [entry] = observationsOf("acme", 1)[0]?.trail ?? [];
			const trail =
				entry === undefined ? [] : Array.from({ length: 200 }, () => ({ ...entry, detail: "ü".repeat(100) }));
			for (let call = 0; call < 3; call++) store.add(observationsOf("acme", 100, { trail }), NOON);
			const lengths = storage.sql
				.exec<{ bytes: number }>("SELECT LENGTH(CAST(documents AS BLOB)) AS bytes FROM recent_requests")
				.toArray();
			for (const { bytes } of lengths) expect(bytes).toBeLessThan(1_600_000);
			expect(idsIn(store).length).toBeGreaterThan(20);
		});
	});

	it("are in the list once where they are delivered again, as they count once", async () => {
		await withStore((store, _counted, storage) => {
			const usage = createUsageStore(storage);
			const observations = observationsOf("acme", 3);
			const deliver = (given: readonly Observation[]) => usage.record(given, NOON, (added) => store.add(added, NOON));
			deliver(observations.slice(0, 2));
			deliver([...observations, ...observations]);
			deliver(observations);
			expect(idsIn(store).toSorted()).toEqual(idsOf(observations).toSorted());
		});
	});
});

describe("a request that is a day old", () => {
	it("is not shown any more, whether or not it has been deleted", async () => {
		await withStore((store) => {
			store.add(observationsOf("acme", 1, { at: NOON - 1_000 }), NOON);
			expect(idsIn(store, NOON - 1_001 + RECENT_MS)).toHaveLength(1);
			expect(idsIn(store, NOON - 1_000 + RECENT_MS)).toEqual([]);
		});
	});

	it("is deleted then, or within the hour before, and those beside it stay", async () => {
		await withStore((store, _counted, storage) => {
			const early = observationsOf("acme", 1, { at: NOON - 5 * HOUR_MS + 1 });
			const late = observationsOf("acme", 2, { at: NOON - 1 });
			store.add([...early, ...late], NOON);
			const end = NOON - 5 * HOUR_MS + DAY_MS;
			expect(store.nextEnd()).toBe(end);
			store.deleteEnded(end - 1);
			expect(rowsIn(storage)).toMatchObject([{ requests: 3 }]);
			store.deleteEnded(end);
			expect(rowsIn(storage)).toMatchObject([{ requests: 2, oldest_at: NOON - 1 }]);
			expect(idsIn(store).toSorted()).toEqual(idsOf(late).toSorted());
			const last = NOON - HOUR_MS + DAY_MS;
			expect(store.nextEnd()).toBe(last);
			store.deleteEnded(last);
			expect(rowsIn(storage)).toEqual([]);
			expect(store.nextEnd()).toBeNull();
		});
	});

	it("is not kept where it comes that late", async () => {
		await withStore((store, _counted, storage) => {
			store.add(observationsOf("acme", 1, { at: NOON - DAY_MS }), NOON);
			store.add(observationsOf("acme", 1, { at: NOON - DAY_MS + HOUR_MS }), NOON);
			expect(rowsIn(storage)).toEqual([]);
			store.add(observationsOf("acme", 1, { at: NOON - DAY_MS + HOUR_MS + 1 }), NOON);
			expect(store.nextEnd()).toBe(NOON + HOUR_MS);
		});
	});

	it("makes work at most once an hour", async () => {
		await withStore((store) => {
			for (let minute = 0; minute < 240; minute++)
				store.add(observationsOf("acme", 1, { at: NOON + minute * 60_000 }), NOON + minute * 60_000);
			const ends: number[] = [];
			for (let end = store.nextEnd(); end !== null; end = store.nextEnd()) {
				ends.push(end);
				store.deleteEnded(end);
			}
			// 200 of 240 minutes are left, from 12:40 on.
			expect(ends).toEqual([0, 1, 2, 3].map((hour) => NOON + DAY_MS + hour * HOUR_MS));
		});
	});
});

describe("the last requests of a tenant", () => {
	let world: ReturnType<typeof ledgerWorld>;
	let made: TestLedger;
	beforeEach(async () => {
		world = ledgerWorld();
		made = await tenantLedger();
	});
	const record = (count = 1) => made.ledger.recordObservations(observationsOf(made.tenant, count, { at: world.now }));
	const stored = () => runInDurableObject(made.stub, (_instance, { storage }) => rowsIn(storage));

	it("are listed by its ledger, and are in no export", async () => {
		const [observation] = observationsOf(made.tenant, 1, { at: world.now }) as [Observation];
		await made.ledger.recordObservations([observation]);
		await made.ledger.recordObservations([observation]);
		const { items } = await made.ledger.recentRequests(ALL);
		expect(items.map(({ requestId }) => requestId)).toEqual([observation.requestId]);
		expect(await made.ledger.recentRequest({ requestId: observation.requestId })).toMatchObject({ ok: true });
		expect(JSON.stringify(await exported(made.ledger))).not.toContain(observation.requestId);
	});

	it("are deleted on time although nothing comes any more, by one alarm", async () => {
		await record(3);
		const end = world.now + DAY_MS;
		expect(await alarmOf(made)).toBe(end);
		world.now = end;
		expect(await runDurableObjectAlarm(made.stub)).toBe(true);
		expect(await stored()).toEqual([]);
		expect(await alarmOf(made)).toBeNull();
	});

	it("keep an alarm while records for KV are queued too, and the sooner comes first", async () => {
		world.kv = "fails";
		await record();
		await put(made, 1);
		expect(await alarmOf(made)).toBeLessThan(world.now + HOUR_MS);
		world.kv = "works";
		world.now += 61_000;
		await runDurableObjectAlarm(made.stub);
		expect((await made.ledger.publication()).pending).toBe(0);
		expect(await stored()).toHaveLength(1);
		expect(await alarmOf(made)).toBeGreaterThan(world.now + 22 * HOUR_MS);
	});

	it("go with the tenant", async () => {
		await record();
		await made.ledger.destroy({ actor: OPERATOR });
		expect(await made.ledger.recentRequests(ALL)).toEqual({ items: [], next: null });
		expect(await made.ledger.recentRequest({ requestId: "req_1" })).toMatchObject({
			ok: false,
			error: { kind: "not-found", what: "tenant" },
		});
		expect(await stored()).toEqual([]);
		expect(await alarmOf(made)).toBeNull();
	});
});
