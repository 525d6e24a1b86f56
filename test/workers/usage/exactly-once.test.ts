import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { consumeObservations, type ObservationConsumerPorts } from "../../../src/adapters/consume-observations.ts";
import { systemClock } from "../../../src/adapters/system-clock.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { createCanaryUsageStore } from "../../../src/ledger/canary-usage-store.ts";
import { createUsageStore } from "../../../src/ledger/usage-store.ts";
import { HOUR_MS, NOON, observationsOf, requestsIn, TODAY, usageLedger, type Storage } from "./usage-ledger.ts";

/** Delivers messages, as the queue does: what was not acknowledged comes again, until the consumer has all. */
async function deliverUntilDone(messages: readonly (readonly Observation[])[], consume: ConsumeOnce): Promise<number> {
	let left = messages.map((observations, index) => ({
		id: `message-${index}`,
		timestamp: NOON,
		attempts: 1,
		body: { version: 1, observations },
	}));
	for (let delivery = 1; delivery <= 50; delivery++) {
		const batch = createMessageBatch("observations", left);
		const context = createExecutionContext();
		let crashed = false;
		try {
			await consume(batch, delivery);
		} catch {
			// An invocation that throws acknowledges only what it had acknowledged before; one that is killed, nothing.
			crashed = true;
		}
		const { explicitAcks, retryMessages } = await getQueueResult(batch, context);
		const acked = new Set(crashed ? [] : explicitAcks);
		expect(crashed || acked.size + retryMessages.length === left.length).toBe(true);
		left = left.filter(({ id }) => !acked.has(id)).map((message) => ({ ...message, attempts: message.attempts + 1 }));
		if (left.length === 0) return delivery;
	}
	throw new Error("the queue never runs empty");
}

type ConsumeOnce = (batch: MessageBatch, delivery: number) => Promise<void>;

const ports = (ledgerOf: ObservationConsumerPorts["ledgerOf"]): ObservationConsumerPorts => ({
	ledgerOf,
	evidenceLedgerOf() {
		throw new Error("there is no evidence here");
	},
	clock: systemClock,
	logFault: () => {},
});

describe("every observation counts once", () => {
	it("when the same batch is delivered again and again", async () => {
		const ledger = usageLedger();
		const messages = [observationsOf(ledger.tenant, 3), observationsOf(ledger.tenant, 4)];
		for (let time = 0; time < 3; time++) {
			expect(
				await deliverUntilDone(messages, (batch) =>
					consumeObservations(
						batch,
						ports(() => ledger),
					),
				),
			).toBe(1);
		}
		expect(requestsIn(await ledger.usage(TODAY))).toBe(7);
	});

	it("when it is in one batch twice, in one message or in two", async () => {
		const ledger = usageLedger();
		const observations = observationsOf(ledger.tenant, 3);
		const messages = [[...observations, ...observations], observations, observations.slice(1)];
		await deliverUntilDone(messages, (batch) =>
			consumeObservations(
				batch,
				ports(() => ledger),
			),
		);
		expect(requestsIn(await ledger.usage(TODAY))).toBe(3);
		expect(ledger.calls).toEqual([11]);
	});

	it("when the ledger has it but the consumer does not hear of that", async () => {
		const ledger = usageLedger();
		const deaf = {
			async recordObservations(observations: readonly Observation[]) {
				const recorded = await ledger.recordObservations(observations);
				if (ledger.calls.length < 3) throw new Error("Network connection lost.");
				return recorded;
			},
		};
		const messages = [observationsOf(ledger.tenant, 5)];
		expect(
			await deliverUntilDone(messages, (batch) =>
				consumeObservations(
					batch,
					ports(() => deaf),
				),
			),
		).toBe(3);
		expect(requestsIn(await ledger.usage(TODAY))).toBe(5);
	});

	it("when the consumer is killed after the ledger has it, before it acknowledges", async () => {
		const ledger = usageLedger();
		const messages = [observationsOf(ledger.tenant, 5), observationsOf(ledger.tenant, 2)];
		const deliveries = await deliverUntilDone(messages, async (batch, delivery) => {
			await consumeObservations(
				batch,
				ports(() => ledger),
			);
			if (delivery < 3) throw new Error("killed");
		});
		expect(deliveries).toBe(3);
		expect(ledger.calls).toEqual([7, 7, 7]);
		expect(requestsIn(await ledger.usage(TODAY))).toBe(7);
	});

	it("when the ledger is evicted between deliveries", async () => {
		const ledger = usageLedger();
		const messages = [observationsOf(ledger.tenant, 5)];
		await deliverUntilDone(messages, async (batch, delivery) => {
			await consumeObservations(
				batch,
				ports(() => ledger),
			);
			await ledger.evict();
			if (delivery < 4) throw new Error("killed");
		});
		expect(requestsIn(await ledger.usage(TODAY))).toBe(5);
	});

	it("wherever within the ledger's work it stops, evicted or not", async () => {
		const statements = await statementsOfOneCall();
		expect(statements).toBeGreaterThan(8);
		for (let stop = 1; stop <= statements; stop++) {
			for (const evicted of [false, true]) {
				let stopsLeft = 2;
				const ledger = usageLedger((storage) => (stopsLeft-- > 0 ? stoppingAt(storage, stop) : storage));
				const observations = twoHours(ledger.tenant);
				const deliveries = await deliverUntilDone([observations], async (batch) => {
					await consumeObservations(
						batch,
						ports(() => ledger),
					);
					if (evicted) await ledger.evict();
				});
				expect(deliveries).toBe(3);
				expect(requestsIn(await ledger.usage(TODAY))).toBe(observations.length);
			}
		}
	});

	it("in a canary's figures too, wherever within the ledger's work it stops", async () => {
		const recordIn = (storage: Storage, observations: readonly Observation[]) =>
			createUsageStore(storage).record(observations, NOON, (added) =>
				createCanaryUsageStore(storage.sql).add(added, { since: NOON - 2 * HOUR_MS, revision: 0 }),
			);
		for (let stop = 1, isOver = false; !isOver; stop++) {
			const ledger = usageLedger();
			const observations = twoHours(ledger.tenant);
			await ledger.within((storage) => {
				try {
					recordIn(stoppingAt(storage, stop), observations);
					isOver = true;
					// More than without a canary.
					expect(stop).toBeGreaterThan(12);
				} catch (error) {
					expect(error).toEqual(new Error("stopped"));
				}
				for (let delivery = 0; delivery < 2; delivery++) recordIn(storage, observations);
				const counted = createCanaryUsageStore(storage.sql).read();
				expect(counted.map(({ totals }) => totals.requests)).toEqual([2]);
			});
			expect(requestsIn(await ledger.usage(TODAY))).toBe(observations.length);
		}
	});

	it("when a part of what a call brings was counted before", async () => {
		const ledger = usageLedger();
		const observations = twoHours(ledger.tenant);
		await ledger.recordObservations(observations.slice(0, 3));
		let stopsLeft = 1;
		const again = {
			recordObservations: (all: readonly Observation[]) =>
				ledger.within((storage) =>
					createUsageStore(stopsLeft-- > 0 ? stoppingAt(storage, 5) : storage).record(all, NOON),
				),
		};
		expect(
			await deliverUntilDone([observations], (batch) =>
				consumeObservations(
					batch,
					ports(() => again),
				),
			),
		).toBe(2);
		expect(requestsIn(await ledger.usage(TODAY))).toBe(observations.length);
	});
});

/** Observations that touch two rows of totals. */
function twoHours(tenant: string): Observation[] {
	return [...observationsOf(tenant, 2), ...observationsOf(tenant, 2, { at: NOON - 3 * HOUR_MS })];
}

/** Storage whose statement of this number, counted from 1, fails before it is run. */
function stoppingAt(storage: Storage, stop: number): Storage {
	let statement = 0;
	const exec = (query: string, ...bindings: SqlStorageValue[]) => {
		if (++statement === stop) throw new Error("stopped");
		return storage.sql.exec(query, ...bindings);
	};
	return { sql: { exec } as unknown as SqlStorage, transactionSync: (work) => storage.transactionSync(work) };
}

async function statementsOfOneCall(): Promise<number> {
	const ledger = usageLedger();
	let statements = 0;
	await ledger.within((storage) => {
		const exec = (query: string, ...bindings: SqlStorageValue[]) => {
			statements++;
			return storage.sql.exec(query, ...bindings);
		};
		const counted = { sql: { exec } as unknown as SqlStorage, transactionSync: storage.transactionSync.bind(storage) };
		createUsageStore(counted).record(twoHours(ledger.tenant), NOON);
	});
	return statements;
}
