import { runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { retryDelay } from "../../../src/ledger/kv-publisher.ts";
import {
	ADMIN,
	alarmOf,
	converge,
	ledgerWorld,
	newKey,
	policyNumber,
	publishedKey,
	publishedPolicy,
	put,
	tenantLedger,
	valueOf,
} from "./ledgers.ts";

let world: ReturnType<typeof ledgerWorld>;
beforeEach(() => {
	world = ledgerWorld();
});

describe("publication", () => {
	it("has happened when the writer is answered, and leaves no alarm", async () => {
		const made = await tenantLedger(1);
		expect(await publishedPolicy(made)).toMatchObject({ revision: 1 });
		expect(await made.ledger.publication()).toEqual({ pending: 0, oldestAt: null });
		expect(await alarmOf(made)).toBeNull();
	});

	it("that fails does not fail the write; the writer is told that it is pending, and since when", async () => {
		const made = await tenantLedger();
		world.kv = "fails";
		const queuedAt = world.now;
		const pending = { pending: 1, oldestAt: queuedAt };
		expect(await put(made, 1)).toEqual({ ok: true, value: { revision: 1, changed: true, publication: pending } });
		expect(world.faults).toEqual([
			{ fault: "kv-not-written", kind: "tenant", attempts: 1, reason: "Error: KV PUT failed: 429 Too Many Requests" },
		]);
		world.now += 30_000;
		await put(made, 2);
		expect(await made.ledger.publication()).toEqual(pending);
	});

	it("tells in the log what kind of record failed, and never a key's hash", async () => {
		const { ledger } = await tenantLedger();
		world.kv = "fails";
		const key = newKey();
		await ledger.addKey(key);
		expect(world.faults).toMatchObject([{ kind: "key" }]);
		expect(JSON.stringify(world.faults)).not.toContain(key.sha256);
	});

	it("is tried again by the alarm, each time later, until KV takes it", async () => {
		const made = await tenantLedger();
		world.kv = "fails";
		await put(made, 1);
		const waits: number[] = [];
		for (let attempt = 0; attempt < 8; attempt++) {
			const at = await alarmOf(made);
			waits.push((at ?? Number.NaN) - world.now);
			world.now = at ?? Number.NaN;
			await runDurableObjectAlarm(made.stub);
		}
		// Half of 2 s, 4 s, 8 s and so on up to a minute, since the test's random number is a half.
		expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
		world.kv = "works";
		expect(await converge(world, made)).toBe(1);
		expect(await publishedPolicy(made)).toMatchObject({ revision: 1 });
		expect(await alarmOf(made)).toBeNull();
	});

	it("of a newer value begins with short waits again", async () => {
		const made = await tenantLedger();
		world.kv = "fails";
		await put(made, 1);
		for (let attempt = 0; attempt < 5; attempt++) {
			world.now += 61_000;
			await runDurableObjectAlarm(made.stub);
		}
		expect(await alarmOf(made)).toBe(world.now + 30_000);
		world.now += 2_000;
		await put(made, 2);
		expect(await alarmOf(made)).toBe(world.now + 1_000);
	});

	it("writes a record once a second at most, and only what is newest then", async () => {
		const made = await tenantLedger();
		for (let revision = 1; revision <= 5; revision++) {
			await put(made, revision);
			world.now += 100;
		}
		expect(world.writes).toHaveLength(1);
		const written = world.writes[0]?.at ?? Number.NaN;
		expect(await alarmOf(made)).toBe(written + 1_000);
		world.now = written + 999;
		await runDurableObjectAlarm(made.stub);
		expect(world.writes).toHaveLength(1);
		world.now = written + 1_000;
		await runDurableObjectAlarm(made.stub);
		expect(world.writes).toHaveLength(2);
		expect(await publishedPolicy(made)).toMatchObject({ revision: 5, sequence: 5 });
		expect(await made.ledger.publication()).toEqual({ pending: 0, oldestAt: null });
	});

	it("does not make one record wait for another", async () => {
		const made = await tenantLedger(1);
		const keys = [newKey(), newKey()];
		for (const key of keys) valueOf(await made.ledger.addKey(key));
		for (const { sha256 } of keys) expect(await publishedKey(sha256)).toMatchObject({ tenant: made.tenant });
	});

	it("that takes long keeps the writer waiting only so long, and is done when KV is", async () => {
		const made = await tenantLedger();
		world.kv = "slow";
		expect(await put(made, 1)).toMatchObject({ ok: true, value: { publication: { pending: 1 } } });
		world.kv = "works";
		world.released = true;
		await vi.waitFor(async () => expect(await made.ledger.publication()).toEqual({ pending: 0, oldestAt: null }));
		expect(await publishedPolicy(made)).toMatchObject({ revision: 1 });
	});

	it("never has two writes of one record in flight, so that the older cannot land last", async () => {
		const made = await tenantLedger();
		world.kv = "slow";
		await put(made, 1);
		world.kv = "works";
		world.now += 2_000;
		expect(await put(made, 2)).toMatchObject({ ok: true, value: { publication: { pending: 1 } } });
		world.now += 20_000;
		await runDurableObjectAlarm(made.stub);
		expect(world.writes).toHaveLength(1);
		expect(await alarmOf(made)).toBe(world.now + 10_000);
		world.released = true;
		await vi.waitFor(async () => expect(await alarmOf(made)).toBe(world.now + 1_000));
		await converge(world, made);
		expect(world.writes.map(({ value }) => (JSON.parse(value ?? "") as { revision: number }).revision)).toEqual([1, 2]);
		expect(await publishedPolicy(made)).toMatchObject({ revision: 2 });
	});

	it("of more records than one pass takes goes on in the next", async () => {
		const made = await tenantLedger();
		world.kv = "fails";
		await Promise.all(Array.from({ length: 130 }, () => made.ledger.addKey(newKey())));
		world.kv = "works";
		world.writes.length = 0;
		expect(await converge(world, made)).toBe(2);
		expect(world.writes).toHaveLength(130);
	});

	it("counts a sequence up with every value, whatever record it is of", async () => {
		const made = await tenantLedger(2);
		await made.ledger.addKey(newKey());
		world.now += 1_000;
		await made.ledger.startCanary({ revision: 1, share: 0.5, reason: "", actor: ADMIN });
		expect(await publishedPolicy(made)).toMatchObject({ sequence: 4, revision: 2, policy: policyNumber(2) });
	});
});

describe("the wait before a retry", () => {
	it.each([
		[0, 0, 1_000],
		[0, 0.999, 1_998],
		[3, 0, 1_000],
		[3, 0.5, 8_000],
		[5, 0.5, 30_000],
		[5, 0.999_99, 59_999],
		[5_000, 0.5, 30_000],
	])("after %s failed attempts with the random number %s is %s ms", (attempts, random, expected) => {
		expect(retryDelay(attempts, random)).toBe(expected);
	});
});
