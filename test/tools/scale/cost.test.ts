import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LOADS, mixedMonth } from "../../../tools/scale/cost-tables.ts";
import { largestTerms, marginalBill, monthlyBill, tokensUsd, totalUsd } from "../../../tools/scale/cost.ts";
import { limitsOf } from "../../../tools/scale/limits.ts";
import {
	ASSUMPTIONS,
	evenLoad,
	operationsOf,
	sharing,
	together,
	type Load,
	type Operations,
} from "../../../tools/scale/operations.ts";
import { PRICE_LIST } from "../../../tools/scale/price-list.ts";
import { readQueueSettings } from "../../../tools/scale/queue-settings.ts";

const QUEUE = { batchSize: 100, batchMs: 5_000, retries: 10 };
const MILLION = 1e6;
const NOTHING: Operations = {
	workersRequests: 0,
	workersCpuMs: 0,
	kvReads: 0,
	kvWrites: 0,
	objectRequests: 0,
	objectGbSeconds: 0,
	rowsRead: 0,
	rowsWritten: 0,
	storedGbMonths: 0,
	queueOperations: 0,
	logEvents: 0,
};
/** Each request alone, and so far apart that nothing is in any cache. */
const ALONE: Load = { isolatePerSecond: 1e-9, tenantPerSecond: 1e-9, perSecond: 1e-9 };
const BUSY = LOADS["busy"] as Load;

describe("the deployment's queue", () => {
	it("is reckoned with as wrangler.control.toml has it", () => {
		expect(readQueueSettings(readFileSync("wrangler.control.toml", "utf8"))).toEqual(QUEUE);
	});

	it("cannot be reckoned with where a setting is missing", () => {
		expect(() => readQueueSettings("max_batch_size = 100")).toThrow("max_batch_timeout");
	});
});

describe("a bill", () => {
	it("is the list price of a million of each where the plan is used up", () => {
		const bill = marginalBill({ ...NOTHING, workersRequests: MILLION, queueOperations: 3 * MILLION });
		expect(bill.workersRequests).toBeCloseTo(0.3, 12);
		expect(bill.queueOperations).toBeCloseTo(1.2, 12);
		expect(totalUsd(bill)).toBeCloseTo(1.5, 12);
	});

	it("of a month is Cloudflare's own example: 15 million requests of 7 ms are 8 dollars", () => {
		const bill = monthlyBill({ ...NOTHING, workersRequests: 15 * MILLION, workersCpuMs: 7 * 15 * MILLION });
		expect(bill.workersRequests).toBeCloseTo(1.5, 12);
		expect(bill.workersCpuMs).toBeCloseTo(1.5, 12);
		expect(totalUsd(bill, "with the plan")).toBeCloseTo(8, 12);
	});

	it("of a month of a billion requests of which a tenth is logged is Cloudflare's own example for logs, 108 dollars", () => {
		expect(monthlyBill({ ...NOTHING, logEvents: 2 * 1_000 * MILLION * 0.1 }).logEvents).toBeCloseTo(108, 9);
	});

	it("of a month within the plan is the plan's price", () => {
		const included = Object.fromEntries(
			Object.entries(PRICE_LIST).map(([meter, price]) => [meter, price.included]),
		) as unknown as Operations;
		expect(totalUsd(monthlyBill(included), "with the plan")).toBe(5);
		expect(largestTerms(monthlyBill(included))).toEqual([]);
	});

	it("grows by the marginal price of what comes on top, once the plan is used up", () => {
		const month = mixedMonth(1_000 * MILLION, BUSY, QUEUE);
		const more = mixedMonth(1_001 * MILLION, BUSY, QUEUE);
		const difference = totalUsd(monthlyBill(more)) - totalUsd(monthlyBill(month));
		const marginal = marginalBill(mixedMonth(MILLION, BUSY, QUEUE));
		// KV, objects' requests and duration, and rows read are within the plan at this load.
		const within = (["kvReads", "kvWrites", "objectGbSeconds", "rowsRead"] as const).reduce(
			(sum, meter) => sum + (monthlyBill(more)[meter] === 0 ? marginal[meter] : 0),
			0,
		);
		expect(difference).toBeCloseTo(totalUsd(marginal) - within, 6);
	});

	it("names its largest terms first, by their shares", () => {
		const terms = largestTerms(marginalBill({ ...NOTHING, rowsWritten: 3 * MILLION, objectRequests: 1e7 / 1.5 }));
		expect(terms.map(({ meter }) => meter)).toEqual(["rowsWritten", "objectRequests"]);
		expect(terms[0]?.share).toBeCloseTo(0.75, 12);
	});

	it("of tokens is by the million", () => {
		expect(tokensUsd({ input: 0.027, output: 0.201 }, MILLION, { input: 300, output: 60 })).toBeCloseTo(20.16, 9);
	});
});

describe("sharing", () => {
	it("is none where requests are alone", () => {
		expect(sharing(ALONE, QUEUE)).toEqual({
			itemsAMessage: expect.closeTo(1, 6),
			itemsACall: expect.closeTo(1, 6),
			messagesABatch: 1,
		});
	});

	it("is of fifty a message at most", () => {
		expect(sharing(BUSY, QUEUE).itemsAMessage).toBe(50);
	});

	it("is of as many a call as there are in a batch of a hundred messages, or in five seconds", () => {
		// 20 messages a second: a batch is five seconds' 5,000.
		expect(sharing(BUSY, QUEUE)).toMatchObject({ itemsACall: 5_000, messagesABatch: 100 });
		// 6 items a message, 5 in each of five seconds.
		expect(sharing(LOADS["steady"] as Load, QUEUE)).toMatchObject({ itemsAMessage: 6, itemsACall: 25 });
	});

	it("gives a tenant isolates until each sees what one is to see", () => {
		expect(evenLoad(1_000, 10, 5)).toEqual({ perSecond: 1_000, tenantPerSecond: 100, isolatePerSecond: 5 });
		expect(evenLoad(1_000, 1_000, 5)).toEqual({ perSecond: 1_000, tenantPerSecond: 1, isolatePerSecond: 1 });
	});
});

describe("what a million requests do", () => {
	it("is, alone and accepted, three queue operations, two KV reads and five rows each", () => {
		const done = operationsOf("accepted", MILLION, ALONE, QUEUE);
		expect(done.queueOperations).toBeCloseTo(3 * MILLION, 0);
		expect(done.kvReads).toBe(2 * MILLION);
		// The ledger's three and the identity, and the shard's.
		expect(done.rowsWritten).toBeCloseTo(5 * MILLION, 0);
		expect(done.objectRequests).toBeCloseTo(2 * MILLION, 0);
		expect(done.workersRequests).toBeCloseTo(2 * MILLION, 0);
		// The request's two, the consumer's, the two objects'.
		expect(done.logEvents).toBeCloseTo(5 * MILLION, 0);
	});

	it("reads the origin's record too where the last stage is asked", () => {
		const reads = (kind: "accepted" | "escalated" | "guaranteed, audited") =>
			operationsOf(kind, MILLION, ALONE, QUEUE).kvReads / MILLION;
		expect([reads("accepted"), reads("escalated"), reads("guaranteed, audited")]).toEqual([2, 3, 4]);
	});

	it("comes, however busy, to one row each, two under a guarantee, and six where it is audited", () => {
		const endless: Load = { isolatePerSecond: 50, tenantPerSecond: 1e6, perSecond: 1e6 };
		const rows = (kind: "accepted" | "guaranteed, accepted" | "guaranteed, audited") =>
			operationsOf(kind, MILLION, endless, QUEUE).rowsWritten / MILLION;
		expect(rows("accepted")).toBeCloseTo(1, 2);
		expect(rows("guaranteed, accepted")).toBeCloseTo(2, 2);
		expect(rows("guaranteed, audited")).toBeCloseTo(6, 2);
	});

	it("sends an audit's draw alone, however busy", () => {
		const { queueOperations } = operationsOf("guaranteed, audited", MILLION, BUSY, QUEUE);
		expect(queueOperations).toBeCloseTo((2 / 50 + 1) * 3 * MILLION, 0);
	});

	it("is a fiftieth of the identities where a message has one, and the draws'", () => {
		const perMessage = { ...ASSUMPTIONS, identityOf: "message" } as const;
		const rows = (kind: "accepted" | "guaranteed, audited") =>
			operationsOf(kind, MILLION, BUSY, QUEUE).rowsWritten -
			operationsOf(kind, MILLION, BUSY, QUEUE, perMessage).rowsWritten;
		expect(rows("accepted")).toBeCloseTo(MILLION * (1 - 1 / 50), 0);
		expect(rows("guaranteed, audited")).toBeCloseTo(2 * MILLION * (1 - 1 / 50), 0);
	});

	it("keeps 17 days of identities of 26.2 bytes", () => {
		const { storedGbMonths } = operationsOf("accepted", 30 * MILLION, BUSY, QUEUE);
		expect(storedGbMonths).toBeCloseTo((17 * MILLION * 26.2) / 1e9, 9);
	});

	it("adds up over kinds, and scales with requests", () => {
		const one = operationsOf("guaranteed, escalated", MILLION, BUSY, QUEUE);
		const [twice, added] = [operationsOf("guaranteed, escalated", 2 * MILLION, BUSY, QUEUE), together([one, one])];
		for (const meter of Object.keys(one) as (keyof Operations)[]) expect(added[meter]).toBeCloseTo(twice[meter], 6);
		expect(() => together([])).toThrow(RangeError);
	});
});

describe("the limits", () => {
	it("are in the order in which they are reached", () => {
		const limits = limitsOf(QUEUE, { messagesARequest: 2, itemMs: 0.026, isolatePerSecond: 5 });
		const at = limits.map(({ atPerSecond }) => atPerSecond);
		expect(at).toEqual(at.toSorted((left, right) => left - right));
		// 250 consumers of which each waits for 30 s take 833 messages a second.
		expect(at[0]).toBeCloseTo(833.33 / 2, 1);
		expect(at).toContain(2_500);
	});

	it("of leases is by isolates where they are busy, and by requests where they are not", () => {
		const leases = (isolatePerSecond: number) =>
			limitsOf(QUEUE, { messagesARequest: 2, itemMs: 0.026, isolatePerSecond }).find(({ what }) =>
				what.startsWith("isolates"),
			)?.atPerSecond;
		expect([leases(5), leases(0.01)]).toEqual([50_000, 1_000]);
	});
});
