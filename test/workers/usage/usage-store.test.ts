import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sumUsage, usageOf, usageRow } from "../../../src/core/ledger/usage-totals.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { createUsageStore } from "../../../src/ledger/usage-store.ts";
import { exampleCall, exampleObservation } from "../../core/ledger/observations.ts";
import {
	countingRows,
	DAY_MS,
	HOUR_MS,
	MIDNIGHT,
	NOON,
	observationsOf,
	requestsIn,
	TODAY,
	usageLedger,
} from "./usage-ledger.ts";

describe("usage", () => {
	it("counts an observation with all that it adds", async () => {
		const ledger = usageLedger();
		const observation = exampleObservation({
			tenant: ledger.tenant,
			at: NOON + 59 * 60 * 1000,
			cascade: "support",
			policyRevision: 7,
			stage: "origin",
			reason: "low-confidence",
			calls: [exampleCall(), exampleCall({ stage: "origin", estimated: true })],
			costUsd: 0.002,
			savedUsd: -0.000_5,
			durationMs: 1_000,
		});
		expect(await ledger.recordObservations([observation])).toMatchObject({ added: 1 });
		const { rows } = await ledger.usage({ from: NOON, to: NOON + 1, by: "hour" });
		expect(rows).toEqual([
			{
				start: NOON,
				cascade: "support",
				policyRevision: 7,
				requests: 1,
				outcomes: { answered: 1 },
				stages: { origin: 1 },
				reasons: { "low-confidence": 1 },
				cost: { usd: 0.002, unknown: 0, estimated: 1 },
				saved: { usd: -0.000_5, unknown: 0 },
				audits: { count: 0, usd: 0, unknown: 0 },
				inputTokens: 200,
				outputTokens: 40,
				latency: { p50: expect.closeTo(1_000, -1.3), p95: expect.any(Number), p99: expect.any(Number) },
				confidence: {
					edge: { all: Array.from({ length: 20 }, (_, bin) => (bin === 18 ? 1 : 0)), accepted: expect.any(Array) },
				},
				stageLatency: { edge: expect.any(Object), origin: expect.any(Object) },
				firstToken: null,
			},
		]);
	});

	it("is kept apart by hour, cascade and policy revision, in that order", async () => {
		const ledger = usageLedger();
		const { tenant } = ledger;
		await ledger.recordObservations([
			...observationsOf(tenant, 1, { at: MIDNIGHT + HOUR_MS, cascade: "a", policyRevision: 10 }),
			...observationsOf(tenant, 2, { at: MIDNIGHT + HOUR_MS, cascade: "a", policyRevision: 9 }),
			...observationsOf(tenant, 3, { at: MIDNIGHT, cascade: "b", policyRevision: 9 }),
			...observationsOf(tenant, 4, { at: MIDNIGHT + HOUR_MS - 1, cascade: "a", policyRevision: 11 }),
		]);
		const { rows } = await ledger.usage({ ...TODAY, by: "hour" });
		expect(
			rows.map(({ start, cascade, policyRevision, requests }) => [start, cascade, policyRevision, requests]),
		).toEqual([
			[MIDNIGHT, "a", 11, 4],
			[MIDNIGHT, "b", 9, 3],
			[MIDNIGHT + HOUR_MS, "a", 9, 2],
			[MIDNIGHT + HOUR_MS, "a", 10, 1],
		]);
		const days = await ledger.usage(TODAY);
		expect(
			days.rows.map(({ start, cascade, policyRevision, requests }) => [start, cascade, policyRevision, requests]),
		).toEqual([
			[MIDNIGHT, "a", 9, 2],
			[MIDNIGHT, "a", 10, 1],
			[MIDNIGHT, "a", 11, 4],
			[MIDNIGHT, "b", 9, 3],
		]);
	});

	it("of a day is what its hours add up to, whatever came when and in which calls", async () => {
		const observation = fc.record({
			at: fc.integer({ min: MIDNIGHT, max: MIDNIGHT + DAY_MS - 1 }),
			costUsd: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
			savedUsd: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
			durationMs: fc.integer({ min: 0, max: 60_000 }),
			outcome: fc.constantFrom<Observation["outcome"]>("answered", "failed"),
		});
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.array(observation, { maxLength: 8 }), { minLength: 1, maxLength: 4 }),
				async (calls) => {
					const ledger = usageLedger();
					const observations = calls.map((call) => call.flatMap((fields) => observationsOf(ledger.tenant, 1, fields)));
					for (const call of observations) await ledger.recordObservations(call);
					const all = observations.flat();
					const { rows } = await ledger.usage(TODAY);
					expect(rows).toEqual(
						all.length === 0
							? []
							: [usageRow({ start: MIDNIGHT, cascade: "chat", policyRevision: 1 }, sumUsage(all.map(usageOf)))],
					);
				},
			),
			{ numRuns: 20 },
		);
	});

	it("is reported from the hour that holds the beginning to the last that begins before the end", async () => {
		const ledger = usageLedger();
		const starts = [-1, 0, 1, 2].map((hours) => NOON + hours * HOUR_MS);
		for (const at of starts) await ledger.recordObservations(observationsOf(ledger.tenant, 1, { at }));
		const asked = async (from: number, to: number) => {
			const report = await ledger.usage({ from, to, by: "hour" });
			return [report.from, report.to, report.rows.map(({ start }) => start)];
		};
		expect(await asked(NOON, NOON + HOUR_MS)).toEqual([NOON, NOON + HOUR_MS, [NOON]]);
		expect(await asked(NOON + 1, NOON + HOUR_MS + 1)).toEqual([NOON, NOON + 2 * HOUR_MS, [NOON, NOON + HOUR_MS]]);
		expect(await asked(NOON, NOON)).toEqual([NOON, NOON, []]);
		expect(await asked(NOON, NOON - DAY_MS)).toEqual([NOON, NOON, []]);
	});

	it("of a part of a day is the whole day's, since days are not divided", async () => {
		const ledger = usageLedger();
		await ledger.recordObservations(observationsOf(ledger.tenant, 1, { at: MIDNIGHT + 1 }));
		const report = await ledger.usage({ from: NOON, to: NOON + 1, by: "day" });
		expect(report).toMatchObject({ from: MIDNIGHT, to: MIDNIGHT + DAY_MS, rows: [{ start: MIDNIGHT, requests: 1 }] });
	});
});

describe("an observation", () => {
	it("is its request and, in a batch, which of its texts", async () => {
		const ledger = usageLedger();
		const [one] = observationsOf(ledger.tenant, 1);
		const texts = [one, { ...one, item: 0 }, { ...one, item: 1 }, { ...one, item: 256 }] as Observation[];
		expect(await ledger.recordObservations(texts)).toMatchObject({ added: 4, tooOld: 0 });
		expect(await ledger.recordObservations(texts.toReversed())).toMatchObject({ added: 0, tooOld: 0 });
	});

	it("may have an id of any form, and none is taken for another", async () => {
		const ledger = usageLedger();
		const uuid = "00112233-4455-6677-8899-aabbccddeeff";
		const ids = [
			`req_${uuid}`,
			uuid,
			`REQ_${uuid}`,
			`req_${uuid} `,
			"req_1",
			"req_10",
			'["req_1",null]',
			"é",
			"e\u0301",
			"\u0000",
		];
		const observations = ids.flatMap((requestId) =>
			[undefined, 0, 2 ** 32, 2 ** 40].map((item) =>
				exampleObservation({ tenant: ledger.tenant, requestId, at: NOON, ...(item === undefined ? {} : { item }) }),
			),
		);
		expect(await ledger.recordObservations(observations)).toMatchObject({ added: ids.length * 4, tooOld: 0 });
		expect(await ledger.recordObservations(observations)).toMatchObject({ added: 0, tooOld: 0 });
	});

	it("that is delivered again may come in any company", async () => {
		const ledger = usageLedger();
		const observations = observationsOf(ledger.tenant, 6);
		await ledger.recordObservations(observations.slice(0, 4));
		expect(await ledger.recordObservations(observations.slice(2))).toMatchObject({ added: 2, tooOld: 0 });
		expect(requestsIn(await ledger.usage(TODAY))).toBe(6);
	});

	it("still counts on the last day that a queue may deliver it, and once only", async () => {
		const ledger = usageLedger();
		const at = NOON - 15 * DAY_MS;
		const observations = observationsOf(ledger.tenant, 2, { at });
		expect(await ledger.recordObservations(observations)).toMatchObject({ added: 2, tooOld: 0 });
		expect(await ledger.recordObservations(observations)).toMatchObject({ added: 0, tooOld: 0 });
	});

	it("that is older than any queue keeps it is left out, since it may have been counted", async () => {
		const ledger = usageLedger();
		const old = observationsOf(ledger.tenant, 2, { at: MIDNIGHT - 15 * DAY_MS - 1 });
		expect(await ledger.recordObservations([...old, ...observationsOf(ledger.tenant, 1)])).toEqual({
			added: 1,
			tooOld: 2,
			forgotten: null,
		});
		expect(requestsIn(await ledger.usage({ ...TODAY, from: 0 }))).toBe(1);
	});
});

describe("rows", () => {
	/** What is written and read by one call that brings so many observations of one cascade, after one of the same hour. */
	async function rowsOf(count: number, differences: (index: number) => Partial<Observation> = () => ({})) {
		const ledger = usageLedger();
		const observations = observationsOf(ledger.tenant, count).map((one, index) => ({ ...one, ...differences(index) }));
		await ledger.recordObservations(observationsOf(ledger.tenant, 1));
		// What observations are about is numbered once: in another hour, so that this one's totals are new.
		const earlier = observations.map((one, index) => ({ ...one, requestId: `earlier ${index}`, at: one.at - HOUR_MS }));
		await ledger.recordObservations(earlier);
		return ledger.within((storage) => {
			const sum = { written: 0, read: 0 };
			const counted = {
				sql: countingRows(storage.sql, ({ written, read }) => {
					sum.written += written;
					sum.read += read;
				}),
				transactionSync: storage.transactionSync.bind(storage),
			};
			expect(createUsageStore(counted).record(observations, NOON).added).toBe(count);
			return sum;
		});
	}

	it.each([
		["one observation", 1, 2],
		["a hundred observations", 100, 101],
	])("written for %s: one each, and one for the hour's totals", async (_what, count, written) => {
		const rows = await rowsOf(count);
		console.log(JSON.stringify({ observations: count, ...rows }));
		expect(rows.written).toBe(written);
		// One each, one for the totals, and the names of the tables.
		expect(rows.read).toBeLessThan(count + 60);
	});

	it("of what has been seen take less than 40 bytes each, so that a day of ten million fits many times into an object", async () => {
		const ledger = usageLedger();
		const observations = observationsOf(ledger.tenant, 5_000);
		await ledger.within((storage) => {
			const before = storage.sql.databaseSize;
			createUsageStore(storage).record(observations, NOON);
			const bytes = (storage.sql.databaseSize - before) / observations.length;
			console.log(JSON.stringify({ seenBytesPerObservation: bytes }));
			expect(bytes).toBeLessThan(40);
		});
	});

	it("written for observations of several cascades: one more for each", async () => {
		const rows = await rowsOf(30, (index) => ({ cascade: `cascade-${index % 3}` }));
		expect(rows.written).toBe(33);
	});
});
