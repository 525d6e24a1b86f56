import { describe, expect, it } from "vitest";
import { createUsageStore } from "../../../src/ledger/usage-store.ts";
import {
	countingRows,
	DAY_MS,
	MIDNIGHT,
	NOON,
	observationsOf,
	requestsIn,
	TODAY,
	usageLedger,
} from "./usage-ledger.ts";

/** The tables of what has been seen, by day. */
function seenTables(storage: DurableObjectStorage): string[] {
	return storage.sql
		.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name LIKE 'usage_seen_%' ORDER BY name")
		.toArray()
		.map(({ name }) => name);
}

describe("what has been seen", () => {
	it("is forgotten day by day, once nothing of that day can count any more", async () => {
		const ledger = usageLedger();
		const { tenant } = ledger;
		const day = MIDNIGHT / DAY_MS;
		await ledger.within((storage) => {
			const store = createUsageStore(storage);
			const [observation] = observationsOf(tenant, 1, { at: NOON });
			const later = (days: number) => {
				const now = NOON + days * DAY_MS;
				const added = store.record(observation === undefined ? [] : [observation], now);
				expect(added.forgotten).toBeNull();
				return { added: added.added, tooOld: added.tooOld, tables: seenTables(storage) };
			};
			const table = [`usage_seen_${day}`];
			expect(later(0)).toEqual({ added: 1, tooOld: 0, tables: table });
			expect(later(15)).toEqual({ added: 0, tooOld: 0, tables: table });
			// A machine whose clock is behind may still take it for new.
			expect(later(16)).toEqual({ added: 0, tooOld: 1, tables: table });
			expect(later(15)).toEqual({ added: 0, tooOld: 0, tables: table });
			expect(later(17)).toEqual({ added: 0, tooOld: 1, tables: [] });
		});
		expect(requestsIn(await ledger.usage(TODAY))).toBe(1);
	});

	it("goes without a row written, whatever a day held", async () => {
		const ledger = usageLedger();
		await ledger.recordObservations(observationsOf(ledger.tenant, 500));
		await ledger.within((storage) => {
			let written = 0;
			const counted = {
				sql: countingRows(storage.sql, (rows) => (written += rows.written)),
				transactionSync: storage.transactionSync.bind(storage),
			};
			createUsageStore(counted).record([], NOON + 20 * DAY_MS);
			expect(seenTables(storage)).toEqual([]);
			expect(written).toBe(0);
		});
	});
});

describe("what has been seen, where the database has become too large,", () => {
	/** So many observations on each of six days up to today, counted; the same again, by days before today. */
	async function sixDays(count = 400) {
		const ledger = usageLedger();
		const days = Array.from({ length: 6 }, (_, before) =>
			observationsOf(ledger.tenant, count, { at: NOON - before * DAY_MS }),
		);
		for (const observations of days.toReversed()) await ledger.recordObservations(observations);
		return { ledger, days };
	}
	const tablesOf = (...daysBefore: number[]) => daysBefore.map((days) => `usage_seen_${MIDNIGHT / DAY_MS - days}`);

	it("is forgotten, the oldest day first, until there is room, and never counts again", async () => {
		const { ledger, days } = await sixDays();
		await ledger.within((storage) => {
			const bytes = storage.sql.databaseSize;
			expect(createUsageStore(storage, bytes).record([], NOON).forgotten).toBeNull();
			const store = createUsageStore(storage, bytes - 1);
			const from = MIDNIGHT - 4 * DAY_MS;
			expect(store.record(days.flat(), NOON)).toEqual({ added: 0, tooOld: 400, forgotten: { days: 1, from, bytes } });
			expect(seenTables(storage)).toEqual(tablesOf(4, 3, 2, 1, 0));
			expect(storage.sql.databaseSize).toBeLessThan(bytes);
			// Nor is anything of that day new that was never seen: nobody could tell.
			const unseen = observationsOf(ledger.tenant, 1, { at: from - 1 });
			expect(store.record(unseen, NOON)).toEqual({ added: 0, tooOld: 1, forgotten: null });
			expect(store.record(observationsOf(ledger.tenant, 1, { at: from }), NOON).added).toBe(1);
		});
		// The instance after it has it from the database, whatever its limit is, and also by a clock that is behind.
		await ledger.evict();
		await ledger.within((storage) => {
			for (const now of [NOON, NOON - DAY_MS, NOON + DAY_MS])
				expect(createUsageStore(storage).record(days[5] ?? [], now)).toEqual({
					added: 0,
					tooOld: 400,
					forgotten: null,
				});
		});
		expect(requestsIn(await ledger.usage({ ...TODAY, from: 0 }))).toBe(6 * 400 + 1);
	});

	it("stays for today and the day before, however large it is", async () => {
		const { ledger, days } = await sixDays(10);
		await ledger.within((storage) => {
			const store = createUsageStore(storage, 0);
			expect(store.record(days.flat(), NOON)).toMatchObject({
				added: 0,
				tooOld: 40,
				forgotten: { days: 4, from: MIDNIGHT - DAY_MS },
			});
			expect(seenTables(storage)).toEqual(tablesOf(1, 0));
			expect(store.record(days.flat(), MIDNIGHT + DAY_MS - 1)).toMatchObject({ tooOld: 40, forgotten: null });
			// Midnight: what was the day before is another day earlier now.
			expect(store.record(days.flat(), MIDNIGHT + DAY_MS)).toMatchObject({
				added: 0,
				tooOld: 50,
				forgotten: { days: 1, from: MIDNIGHT },
			});
		});
		expect(requestsIn(await ledger.usage({ ...TODAY, from: 0 }))).toBe(60);
	});

	it("is forgotten together with its totals or not at all", async () => {
		const { ledger, days } = await sixDays(10);
		await ledger.within((storage) => {
			let databaseSize = 1;
			const sql = {
				exec: storage.sql.exec.bind(storage.sql),
				get databaseSize() {
					return databaseSize;
				},
			} as unknown as SqlStorage;
			const store = createUsageStore({ sql, transactionSync: storage.transactionSync.bind(storage) }, 0);
			const stop = () => {
				throw new Error("stopped");
			};
			expect(() => store.record([], NOON, stop)).toThrow("stopped");
			expect(seenTables(storage)).toEqual(tablesOf(5, 4, 3, 2, 1, 0));
			// Nor does the instance believe that it has forgotten anything.
			databaseSize = 0;
			expect(store.record(days.flat(), NOON)).toEqual({ added: 0, tooOld: 0, forgotten: null });
		});
	});

	it("is joined to no feedback any more", async () => {
		const { ledger, days } = await sixDays(10);
		const [today, old] = [days[0]?.[0], days[5]?.[0]];
		if (today === undefined || old === undefined) throw new Error("there are none");
		await ledger.within((storage) => {
			const store = createUsageStore(storage, 0);
			expect(store.subjectOf(old)).toMatchObject({ cascade: "chat" });
			store.record([], NOON);
			expect(store.subjectOf(old)).toBeNull();
			expect(store.subjectOf(today)).toMatchObject({ cascade: "chat" });
		});
	});
});
