import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { KeptAnswer, ReplayRecordPort } from "../../src/core/ledger/replay-ports.ts";
import { ReplayRecord } from "../../src/ledger/replay-record.ts";

/** Far in the future, so that the runtime never fires an alarm by itself: tests do. */
const START = Date.UTC(2100, 0, 1);
const LEASE_MS = 85_000;
const KEEP_MS = 3_600_000;

let now = START;
let stub: DurableObjectStub<ReplayRecord>;
const record = () => stub as unknown as ReplayRecordPort;
beforeEach(() => {
	now = START;
	ReplayRecord.runtime = { now: () => now };
	stub = env.REPLAY_RECORD.getByName(`acme/${crypto.randomUUID()}`);
});

const claim = (requestId = "req_1", fingerprint = "f") => record().claim({ fingerprint, requestId, leaseMs: LEASE_MS });

const answer = (text = "answer"): KeptAnswer => ({
	status: 200,
	headers: { "content-type": "application/json" },
	body: new TextEncoder().encode(text).slice().buffer,
});

/** What the object has stored: its tables but the runtime's own, and its alarm. */
const stored = () =>
	runInDurableObject(stub, async (_record, { storage }) => ({
		tables: storage.sql
			.exec<{ name: string }>(
				"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
			)
			.toArray()
			.map(({ name }) => name),
		alarmAt: await storage.getAlarm(),
	}));
const NOTHING = { tables: [], alarmAt: null };

describe("the record of an idempotency key", () => {
	it("is granted to one of twenty that claim it at once", async () => {
		const claims = await Promise.all(Array.from({ length: 20 }, (_, index) => claim(`req_${index}`)));
		const count = (kind: string) => claims.filter((each) => each.kind === kind).length;
		expect([count("granted"), count("in-progress")]).toEqual([1, 19]);
	});

	it("gives the answer once there is one, with the id of the request that had it, however often it is asked", async () => {
		await claim();
		expect(await record().finish("req_1", answer("ä\u{1f44d}"), KEEP_MS)).toBe(true);
		for (const requestId of ["req_2", "req_3"]) {
			const found = await claim(requestId);
			expect(found).toMatchObject({ kind: "replay", requestId: "req_1" });
			if (found.kind !== "replay") continue;
			expect(found.answer).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
			expect(new TextDecoder().decode(found.answer.body)).toBe("ä\u{1f44d}");
		}
	});

	it.each([[0], [1024 * 1024]])("keeps an answer of %i bytes", async (size) => {
		await claim();
		await record().finish("req_1", answer("x".repeat(size)), KEEP_MS);
		const found = await claim("req_2");
		expect(found.kind === "replay" && found.answer.body.byteLength).toBe(size);
	});

	it("remembers an answer that was not kept", async () => {
		await claim();
		expect(await record().finish("req_1", null, KEEP_MS)).toBe(true);
		expect(await claim("req_2")).toEqual({ kind: "not-kept", requestId: "req_1" });
	});

	it("refuses another request, whether the first still runs, was answered, or left no answer", async () => {
		await claim();
		expect(await claim("req_2", "other")).toEqual({ kind: "reused" });
		await record().finish("req_1", answer(), KEEP_MS);
		expect(await claim("req_2", "other")).toEqual({ kind: "reused" });
	});

	it("is free again once it was given back, and stores nothing", async () => {
		await claim();
		await record().release("req_1");
		expect(await stored()).toEqual(NOTHING);
		expect(await claim("req_2", "other")).toEqual({ kind: "granted" });
	});

	it("has all of it after it was evicted", async () => {
		await claim();
		await evictDurableObject(stub);
		expect(await claim("req_2")).toEqual({ kind: "in-progress" });
		expect(await record().finish("req_1", answer(), KEEP_MS)).toBe(true);
		await evictDurableObject(stub);
		expect(await claim("req_2")).toMatchObject({ kind: "replay", requestId: "req_1" });
	});
});

describe("a request whose isolate died", () => {
	it("has the key until its lease ends, and not a millisecond longer", async () => {
		await claim();
		now += LEASE_MS - 1;
		expect(await claim("req_2")).toEqual({ kind: "in-progress" });
		now += 1;
		expect(await claim("req_2")).toEqual({ kind: "granted" });
		expect(await claim("req_3")).toEqual({ kind: "in-progress" });
	});

	it("leaves nothing behind, though nobody asks again", async () => {
		await claim();
		expect((await stored()).alarmAt).toBe(START + LEASE_MS);
		now += LEASE_MS;
		await runDurableObjectAlarm(stub);
		expect(await stored()).toEqual(NOTHING);
	});

	it("and that comes back after all changes nothing of what its successor does", async () => {
		await claim("req_1");
		now += LEASE_MS;
		await claim("req_2");
		expect(await record().finish("req_1", answer("late"), KEEP_MS)).toBe(false);
		expect(await record().renew("req_1", LEASE_MS)).toBe(false);
		await record().release("req_1");
		expect(await claim("req_3")).toEqual({ kind: "in-progress" });
		expect(await record().finish("req_2", answer("second"), KEEP_MS)).toBe(true);
		expect(await claim("req_3")).toMatchObject({ kind: "replay", requestId: "req_2" });
	});

	it("and that comes back to an emptied record stores nothing there", async () => {
		await claim();
		now += LEASE_MS;
		await runDurableObjectAlarm(stub);
		expect(await record().finish("req_1", answer(), KEEP_MS)).toBe(false);
		expect(await record().renew("req_1", LEASE_MS)).toBe(false);
		await record().release("req_1");
		expect(await stored()).toEqual(NOTHING);
	});
});

describe("a lease", () => {
	it("that is renewed holds from then on, and its alarm deletes nothing before", async () => {
		await claim();
		now += LEASE_MS - 1;
		expect(await record().renew("req_1", 60_000)).toBe(true);
		now += 1;
		await runDurableObjectAlarm(stub);
		expect((await stored()).alarmAt).toBe(START + LEASE_MS - 1 + 60_000);
		expect(await claim("req_2")).toEqual({ kind: "in-progress" });
		now = START + LEASE_MS - 1 + 60_000;
		expect(await claim("req_2")).toEqual({ kind: "granted" });
	});

	it("is not shortened by a renewal", async () => {
		await claim();
		await record().renew("req_1", 1);
		now += LEASE_MS - 1;
		expect(await claim("req_2")).toEqual({ kind: "in-progress" });
	});

	it("of an answered request is over: it can be renewed and given back no more", async () => {
		await claim();
		await record().finish("req_1", answer(), KEEP_MS);
		expect(await record().renew("req_1", 10 * KEEP_MS)).toBe(false);
		await record().release("req_1");
		expect(await record().finish("req_1", answer("again"), KEEP_MS)).toBe(false);
		expect(await claim("req_2")).toMatchObject({ kind: "replay" });
	});
});

describe("the time for which an answer is kept", () => {
	it("counts from its end, and then its alarm deletes everything", async () => {
		await claim();
		now += 10_000;
		await record().finish("req_1", answer(), KEEP_MS);
		const end = START + 10_000 + KEEP_MS;
		expect(await stored()).toEqual({ tables: ["migrations", "claim"], alarmAt: end });
		now = end - 1;
		expect(await claim("req_2")).toMatchObject({ kind: "replay" });
		await runDurableObjectAlarm(stub);
		expect((await stored()).alarmAt).toBe(end);
		now = end;
		await runDurableObjectAlarm(stub);
		expect(await stored()).toEqual(NOTHING);
		expect(await claim("req_2", "other")).toEqual({ kind: "granted" });
	});

	it("ends for those who ask, too, where the alarm is late, and what was kept is gone with the next claim", async () => {
		await claim();
		await record().finish("req_1", answer("secret"), KEEP_MS);
		now += KEEP_MS;
		expect(await claim("req_2", "other")).toEqual({ kind: "granted" });
		const rows = await runInDurableObject(stub, (_record, { storage }) =>
			storage.sql.exec("SELECT request_id, status, headers, body FROM claim").toArray(),
		);
		expect(rows).toEqual([{ request_id: "req_2", status: null, headers: null, body: null }]);
	});
});

it("that was never claimed stores nothing, whatever else it is told", async () => {
	expect(await record().finish("req_1", answer(), KEEP_MS)).toBe(false);
	expect(await record().renew("req_1", LEASE_MS)).toBe(false);
	await record().release("req_1");
	expect(await stored()).toEqual(NOTHING);
});
