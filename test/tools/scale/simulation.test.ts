import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGatheringQueue } from "../../../src/adapters/gathering-queue.ts";
import type { QueueMessage } from "../../../src/core/ledger/observation-message.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { loadPlan } from "../../../tools/scale/simulation-tables.ts";
import { drawByWeight, exponentialMs, quantileOf, zipfShares } from "../../../tools/scale/simulation/distributions.ts";
import { EventQueue } from "../../../tools/scale/simulation/event-queue.ts";
import { createGathering } from "../../../tools/scale/simulation/gathering.ts";
import { simulateLoad, type LoadPlan } from "../../../tools/scale/simulation/ledger-load.ts";
import { SimulatedQueue } from "../../../tools/scale/simulation/queue.ts";
import { SingleServer } from "../../../tools/scale/simulation/single-server.ts";

const QUEUE = { batchSize: 100, batchMs: 5_000, retries: 10 };

/** A few seconds of a hundred tenants. */
function shortPlan(differences: Partial<LoadPlan> = {}): LoadPlan {
	return {
		...loadPlan(QUEUE, 7),
		others: { count: 100, exponent: 1, perSecond: 100 },
		hotPerSecond: 500,
		shards: 1,
		times: { callMs: 2, itemMs: 0.026, wayMs: 25 },
		seconds: 6,
		...differences,
	};
}

describe("events", () => {
	it("happen in the order of their times, and of their planning where those are the same", () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (times) => {
				const events = new EventQueue();
				const happened: (readonly [number, number])[] = [];
				for (const [index, time] of times.entries()) events.at(time, () => happened.push([events.now, index]));
				events.run();
				const expected = times
					.map((time, index) => [time, index] as const)
					.toSorted(([left, first], [right, second]) => left - right || first - second);
				expect(happened).toEqual(expected);
			}),
		);
	});

	it("that are cancelled do not happen, and those at the end of a run wait for the next", () => {
		const events = new EventQueue();
		const happened: string[] = [];
		events.at(10, () => happened.push("first"));
		events.at(10, () => happened.push("cancelled"))();
		events.at(20, () => happened.push("last"));
		events.run(20);
		expect([happened, events.now]).toEqual([["first"], 10]);
		events.run();
		expect(happened).toEqual(["first", "last"]);
	});

	it("that are planned for the past happen now", () => {
		const events = new EventQueue();
		let at = Number.NaN;
		events.at(10, () => events.at(5, () => (at = events.now)));
		events.run();
		expect(at).toBe(10);
	});
});

describe("Zipf's shares", () => {
	it("halve from the first tenant to the second, add up to 1, and are drawn as often as they say", () => {
		const shares = zipfShares(50, 1);
		expect((shares[0] ?? 0) / (shares[1] ?? 1)).toBeCloseTo(2, 12);
		expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
		const random = seededRandom(1);
		const draw = drawByWeight(shares);
		const drawn = Array.from({ length: 40_000 }, () => draw(random));
		for (const tenant of [0, 1, 49])
			expect(drawn.filter((each) => each === tenant).length / drawn.length).toBeCloseTo(shares[tenant] ?? 0, 2);
	});

	it("has quantiles that are values themselves", () => {
		expect([0, 0.5, 0.51, 1].map((share) => quantileOf([1, 2, 3, 4], share))).toEqual([1, 2, 3, 4]);
		expect(quantileOf([], 0.5)).toBeNaN();
	});
});

describe("an object", () => {
	it.each([0.3, 0.6, 0.8])("waits as an M/D/1 queue does, at a utilisation of %d", (utilisation) => {
		const random = seededRandom(11);
		const serviceMs = 10;
		const perSecond = (utilisation * 1_000) / serviceMs;
		const server = new SingleServer();
		let at = 0;
		for (let call = 0; call < 300_000; call++) server.serve((at += exponentialMs(random, perSecond)), serviceMs);
		const expected = (utilisation * serviceMs) / (2 * (1 - utilisation));
		expect(server.meanWaitMs / expected).toBeGreaterThan(0.95);
		expect(server.meanWaitMs / expected).toBeLessThan(1.05);
		expect(server.busyMs / at).toBeCloseTo(utilisation, 2);
	});
});

describe("gathering", () => {
	it("sends what the product sends, at the same times", async () => {
		const random = seededRandom(3);
		let at = 0;
		const arrivals = Array.from({ length: 600 }, (_, id) => {
			at += exponentialMs(random, id < 300 ? 120 : 2);
			return { id, at, group: Math.floor(random() * 3) };
		});
		const simulated: string[] = [];
		const events = new EventQueue();
		const gathering = createGathering<number>(events, (group, items) =>
			simulated.push(`${Math.round(events.now)} ${group}: ${items.join(" ")}`),
		);
		for (const { id, at, group } of arrivals) events.at(at, () => gathering.add(group, id));
		events.run();

		const sent: string[] = [];
		const others = new EventQueue();
		const product = createGatheringQueue<{ readonly id: number; readonly group: number }>(
			{
				queue: {
					send: async (message) => {
						const { group, ids } = message as unknown as { readonly group: number; readonly ids: readonly number[] };
						sent.push(`${Math.round(others.now)} ${group}: ${ids.join(" ")}`);
					},
				},
				clock: others.clock(),
				waitUntil: () => {},
				logFault: (fault) => {
					throw new Error(fault);
				},
			},
			{
				groupOf: ({ group }) => String(group),
				messageOf: (items) => ({ group: items[0]?.group, ids: items.map(({ id }) => id) }) as unknown as QueueMessage,
				fault: "not-sent",
				factsOf: () => ({}),
			},
		);
		for (const arrival of arrivals) others.at(arrival.at, () => product.add(arrival));
		await others.runAsync();
		expect(sent.length).toBeGreaterThan(20);
		expect(simulated.toSorted()).toEqual(sent.toSorted());
	});
});

describe("a queue", () => {
	it("gives a batch of what there is after five seconds, and of a hundred at once", () => {
		const events = new EventQueue();
		const batches: (readonly [number, number])[] = [];
		const queue = new SimulatedQueue<number>(events, QUEUE, (batch, done) => {
			batches.push([events.now, batch.length]);
			done([]);
		});
		events.at(0, () => queue.send(1, 0));
		events.at(6_000, () => {
			for (let message = 0; message < 250; message++) queue.send(message, 0);
		});
		events.run();
		expect(batches).toEqual([
			[5_000, 1],
			[6_000, 100],
			[6_000, 100],
			[11_000, 50],
		]);
	});

	it("refuses what is more than it takes in a second", () => {
		const events = new EventQueue();
		const queue = new SimulatedQueue<number>(events, QUEUE, (_, done) => done([]), {
			messagesPerSecond: 2,
			consumers: 1,
		});
		const taken: boolean[] = [];
		for (const at of [0, 1, 2, 1_000]) events.at(at, () => taken.push(queue.send(at, 0)));
		events.run();
		expect(taken).toEqual([true, true, false, true]);
	});

	it("delivers again by the product's delays, and no more often than it retries", () => {
		const events = new EventQueue();
		const deliveries: (readonly [number, number])[] = [];
		const queue = new SimulatedQueue<string>(events, { ...QUEUE, batchMs: 0, retries: 3 }, (batch, done) => {
			deliveries.push([events.now / 1_000, batch[0]?.attempts ?? 0]);
			done(batch);
		});
		events.at(0, () => queue.send("message", 0));
		events.run();
		expect(deliveries).toEqual([
			[0, 1],
			[10, 2],
			[30, 3],
			[70, 4],
		]);
		expect(queue.dead).toEqual(["message"]);
	});

	it("has so many consumers at once, and others' batches wait", () => {
		const events = new EventQueue();
		const began: number[] = [];
		const queue = new SimulatedQueue<number>(
			events,
			{ batchSize: 1, batchMs: 0, retries: 0 },
			(_, done) => {
				began.push(events.now);
				events.after(1_000, () => done([]));
			},
			{ messagesPerSecond: 100, consumers: 2 },
		);
		events.at(0, () => {
			for (let message = 0; message < 5; message++) queue.send(message, 0);
		});
		events.run();
		expect(began).toEqual([0, 0, 1_000, 1_000, 2_000]);
		expect(queue.counted).toMatchObject({ mostConsumers: 2, mostWaiting: 3 });
	});
});

describe("tenants, queue and ledgers together", () => {
	it.each([1, 4])("count everything once over %d ledgers", (shards) => {
		const { items, messages, requests } = simulateLoad(shortPlan({ shards }));
		expect(requests).toBeGreaterThan(3_000);
		// An observation and an entry each, and with an audit its verdict and cost.
		expect(items.made).toBeGreaterThan(2 * requests);
		expect(items).toEqual({ made: items.made, counted: items.made, duplicates: 0 });
		expect(messages).toMatchObject({ refused: 0, lost: 0, dead: 0 });
	});

	it("are the same for the same seed, and others for another", () => {
		const run = simulateLoad(shortPlan());
		expect(simulateLoad(shortPlan())).toEqual(run);
		expect(simulateLoad(shortPlan({ seed: 8 }))).not.toEqual(run);
	});

	it("keep a ledger as busy as its calls and items say", () => {
		const plan = shortPlan({ audited: 0, times: { callMs: 0, itemMs: 0.5, wayMs: 25 } });
		const { hot } = simulateLoad(plan);
		// 500 observations a second of half a millisecond.
		expect(hot.utilisation).toBeGreaterThan(0.22);
		expect(hot.utilisation).toBeLessThan(0.28);
		const halves = simulateLoad({ ...plan, shards: 2 }).hot.utilisation;
		expect(halves / hot.utilisation).toBeGreaterThan(0.48);
		expect(halves / hot.utilisation).toBeLessThan(0.53);
	});

	it("fall behind where a ledger has more to do than time", () => {
		const slow = simulateLoad(shortPlan({ times: { callMs: 2, itemMs: 4, wayMs: 25 } }));
		const fast = simulateLoad(shortPlan());
		expect(slow.hot.utilisation).toBeGreaterThan(1);
		expect(slow.hotDelay.median).toBeGreaterThan(fast.hotDelay.median + 2);
		expect(slow.items.counted).toBe(slow.items.made);
	});

	it("count once what is delivered twice because a ledger was slower than its consumer waits", () => {
		const { items, again } = simulateLoad(shortPlan({ times: { callMs: 2, itemMs: 20, wayMs: 25 } }));
		expect(again).toBeGreaterThan(0);
		expect(items.duplicates).toBeGreaterThan(0);
		expect(items.counted).toBe(items.made);
	});

	it("lose nothing while ledgers are silent, and disturb nobody while there are consumers enough", () => {
		const silence = { from: 1, to: 4 };
		const { items, again, hotDelay, otherDelay } = simulateLoad(shortPlan({ silence }));
		expect(again).toBeGreaterThan(0);
		expect(items.counted).toBe(items.made);
		expect(hotDelay.longest).toBeGreaterThan(30);
		expect(otherDelay.longest).toBeLessThan(10);
	});

	it("are told apart from what the queue refuses", () => {
		const { messages, items } = simulateLoad(
			shortPlan({ hotPerSecond: 0, others: { count: 20_000, exponent: 0, perSecond: 8_000 }, seconds: 2 }),
		);
		expect(messages.refused).toBeGreaterThan(0);
		expect(messages.lost).toBeGreaterThan(0);
		expect(items.counted + messages.lost).toBe(items.made);
	});
});
