import { env } from "cloudflare:workers";
import { createExecutionContext, createMessageBatch, getQueueResult, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { consumeObservations, type ObservationConsumerPorts } from "../../../src/adapters/consume-observations.ts";
import { systemClock } from "../../../src/adapters/system-clock.ts";
import { observationsOf, NOON, requestsIn, TODAY, usageLedger } from "./usage-ledger.ts";

interface TestMessage {
	readonly id: string;
	readonly body: unknown;
	readonly attempts?: number;
}

/** Delivers one batch, and tells what became of its messages. */
async function deliver(messages: readonly TestMessage[], ports: Partial<ObservationConsumerPorts>) {
	const faults: { readonly fault: string; readonly [fact: string]: unknown }[] = [];
	const batch = createMessageBatch(
		"observations",
		messages.map((message) => ({ timestamp: NOON, attempts: 1, ...message })),
	);
	// The runtime's own result names the messages only.
	const delays: (number | undefined)[] = [];
	const observed = batch.messages.map((message): Message => ({
		id: message.id,
		timestamp: message.timestamp,
		attempts: message.attempts,
		body: message.body,
		ack: () => message.ack(),
		retry(options) {
			delays.push(options?.delaySeconds);
			message.retry(options);
		},
	}));
	await consumeObservations(
		{ messages: observed },
		{
			ledgerOf() {
				throw new Error("no ledger was expected to be asked");
			},
			evidenceLedgerOf() {
				throw new Error("no ledger of evidence was expected to be asked");
			},
			clock: systemClock,
			logFault: (fault, facts) => faults.push({ fault, ...facts }),
			...ports,
		},
	);
	const { explicitAcks, retryMessages, ackAll, retryBatch } = await getQueueResult(batch, createExecutionContext());
	expect([ackAll, retryBatch.retry]).toEqual([false, false]);
	return { acked: explicitAcks, retried: retryMessages.map(({ msgId }) => msgId), delays, faults };
}

const bodyOf = (tenant: string, count = 1) => ({ version: 1, observations: observationsOf(tenant, count) });

describe("a batch of observations", () => {
	it("is one call to each tenant's ledger, however many messages", async () => {
		const ledgers = Array.from({ length: 3 }, () => usageLedger());
		const messages = Array.from({ length: 100 }, (_, index) => ({
			id: `m${index}`,
			body: bodyOf(ledgers[index % 3]?.tenant ?? "", 1 + (index % 2)),
		}));
		const { acked, retried } = await deliver(messages, {
			ledgerOf: (tenant) => ledgers.find((ledger) => ledger.tenant === tenant) ?? usageLedger(),
		});
		expect(acked).toHaveLength(100);
		expect(retried).toEqual([]);
		console.log(JSON.stringify({ messages: 100, calls: ledgers.flatMap(({ calls }) => calls) }));
		expect(ledgers.map(({ calls }) => calls.length)).toEqual([1, 1, 1]);
		const requests = await Promise.all(ledgers.map(async (ledger) => requestsIn(await ledger.usage(TODAY))));
		expect(requests.reduce((sum, count) => sum + count, 0)).toBe(150);
	});

	it("that is empty asks nobody", async () => {
		expect(await deliver([], {})).toEqual({ acked: [], retried: [], delays: [], faults: [] });
	});

	it("is asked for again as far as it is of a tenant whose ledger fails, and no further", async () => {
		const healthy = usageLedger();
		const { acked, retried, delays, faults } = await deliver(
			[
				{ id: "healthy-1", body: bodyOf(healthy.tenant, 2) },
				{ id: "failing-1", body: bodyOf("failing") },
				{ id: "healthy-2", body: bodyOf(healthy.tenant, 2) },
				{ id: "failing-2", body: bodyOf("failing") },
			],
			{
				ledgerOf: (tenant) =>
					tenant === "failing" ? { recordObservations: () => Promise.reject(new Error("overloaded")) } : healthy,
			},
		);
		expect(acked).toEqual(["healthy-1", "healthy-2"]);
		expect(retried).toEqual(["failing-1", "failing-2"]);
		expect(delays).toEqual([10, 10]);
		expect(faults).toEqual([
			{ fault: "observations-not-recorded", tenant: "failing", count: 2, attempts: 1, reason: "Error: overloaded" },
		]);
		expect(requestsIn(await healthy.usage(TODAY))).toBe(4);
	});

	it.each([
		[1, 10],
		[2, 20],
		[5, 160],
		[9, 2_560],
		[10, 3_600],
		[100, 3_600],
	])("is asked for again after a time that doubles with each attempt: %i", async (attempts, delaySeconds) => {
		const { delays } = await deliver([{ id: "m", body: bodyOf("t"), attempts }], {
			ledgerOf: () => ({ recordObservations: () => Promise.reject(new Error("down")) }),
		});
		expect(delays).toEqual([delaySeconds]);
	});

	it("is asked for again where the ledger is silent, without waiting for it for ever", async () => {
		let waitsFor = 0;
		const { retried, faults } = await deliver([{ id: "m", body: bodyOf("t") }], {
			ledgerOf: () => ({ recordObservations: () => new Promise(() => {}) }),
			clock: {
				setTimer(ms, onExpiry) {
					waitsFor = ms;
					queueMicrotask(onExpiry);
					return () => {};
				},
			},
		});
		expect(retried).toHaveLength(1);
		expect(faults).toMatchObject([{ fault: "observations-not-recorded", reason: "Error: no answer in time" }]);
		expect(waitsFor).toBeGreaterThanOrEqual(10_000);
		expect(waitsFor).toBeLessThanOrEqual(60_000);
	});

	it("is asked for again where there is no way to a ledger", async () => {
		const { acked, retried } = await deliver([{ id: "m", body: bodyOf("t") }], {});
		expect([acked, retried.length]).toEqual([[], 1]);
	});

	it("is acknowledged and logged where it is malformed, and the rest of it counts", async () => {
		const ledger = usageLedger();
		const [good] = observationsOf(ledger.tenant, 1);
		const { acked, retried, faults } = await deliver(
			[
				{ id: "nothing", body: null },
				{ id: "text", body: "{}" },
				{ id: "bare", body: good },
				{ id: "half", body: { version: 1, observations: [good, { ...good, at: "yesterday" }] } },
			],
			{ ledgerOf: () => ledger },
		);
		expect(acked).toEqual(["nothing", "text", "bare", "half"]);
		expect(retried).toEqual([]);
		expect(faults.map(({ fault, message }) => [fault, message])).toEqual([
			["malformed-observations", "nothing"],
			["malformed-observations", "text"],
			["malformed-observations", "bare"],
			["malformed-observations", "half"],
		]);
		expect(requestsIn(await ledger.usage(TODAY))).toBe(1);
	});

	it("in which a tenant fails quotes nothing of its observations in the log", async () => {
		const { faults } = await deliver([{ id: "m", body: { version: 1, observations: [{ secret: "4711" }] } }], {});
		expect(JSON.stringify(faults)).not.toContain("4711");
	});
});

describe("the ledger of no tenant", () => {
	it("counts and stores nothing, and what was sent to it is acknowledged", async () => {
		const tenant = `nobody-${crypto.randomUUID()}`;
		const stub = env.TENANT_LEDGER.getByName(tenant);
		const { acked } = await deliver([{ id: "m", body: bodyOf(tenant, 3) }], {
			ledgerOf: () => stub as unknown as ReturnType<ObservationConsumerPorts["ledgerOf"]>,
		});
		expect(acked).toEqual(["m"]);
		await runInDurableObject(stub, (_instance, { storage }) => {
			expect(
				storage.sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%cf%'").toArray(),
			).toEqual([]);
		});
	});
});
