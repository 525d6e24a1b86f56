import { describe, expect, it } from "vitest";
import { createReplays } from "../../src/adapters/replay-records.ts";
import type { KeptAnswer, ReplayRecordPort, ReplayRequest } from "../../src/core/ledger/replay-ports.ts";
import { FakeClock, settleAll } from "../cascade/fakes.ts";

const ANSWER: KeptAnswer = { status: 200, headers: {}, body: new ArrayBuffer(1) };

const request = (differences: Partial<ReplayRequest> = {}): ReplayRequest => ({
	tenant: "acme",
	apiKey: "api-key",
	idempotencyKey: "idempotency-key",
	asked: "POST /v1/chat/completions auto\n{}",
	requestId: "req_1",
	leaseMs: 85_000,
	keepMs: 3_600_000,
	...differences,
});

/** Replays over records that do as they are told, and what these were told. */
function replaysOver(behaviour: Partial<ReplayRecordPort> = {}) {
	const clock = new FakeClock();
	const calls: unknown[][] = [];
	const faults: Record<string, string>[] = [];
	const replayed: unknown[] = [];
	const kept: Promise<unknown>[] = [];
	const replays = createReplays({
		clock,
		waitUntil: (work) => void kept.push(work),
		logFault: (fault, facts) => faults.push({ fault, ...facts }),
		logReplay: (facts) => replayed.push(facts),
		recordOf: (name) => ({
			async claim(input) {
				calls.push(["claim", name, input]);
				return (await behaviour.claim?.(input)) ?? { kind: "granted" };
			},
			async renew(...input) {
				calls.push(["renew", name, ...input]);
				return (await behaviour.renew?.(...input)) ?? true;
			},
			async finish(...input) {
				calls.push(["finish", name, ...input]);
				return (await behaviour.finish?.(...input)) ?? true;
			},
			async release(...input) {
				calls.push(["release", name, ...input]);
				await behaviour.release?.(...input);
			},
		}),
	});
	const held = async () => {
		const claim = await replays.claim(request());
		if (claim.kind !== "granted") throw new Error(claim.kind);
		calls.length = 0;
		return claim.record;
	};
	return { replays, held, clock, calls, faults, replayed, kept };
}

/** The name and the fingerprint that a request comes down to. */
async function placeOf(differences: Partial<ReplayRequest> = {}) {
	const { replays, calls } = replaysOver();
	await replays.claim(request(differences));
	const [[, name, input] = []] = calls;
	return { name: String(name), fingerprint: (input as { fingerprint: string }).fingerprint };
}

describe("a record's name", () => {
	it("is the tenant's, and differs with the tenant, the API key and the idempotency key, and with nothing else", async () => {
		const { name } = await placeOf();
		expect(name).toMatch(/^acme\/[0-9a-f]{64}$/u);
		const others = await Promise.all([
			placeOf({ tenant: "beta" }),
			placeOf({ apiKey: "another" }),
			placeOf({ idempotencyKey: "another" }),
		]);
		expect(new Set([name, ...others.map((other) => other.name)]).size).toBe(4);
		expect((await placeOf({ asked: "x", requestId: "req_2", leaseMs: 1, keepMs: 1 })).name).toBe(name);
	});

	it("does not come out the same where one key ends with what the other begins with", async () => {
		const one = await placeOf({ apiKey: "ab", idempotencyKey: "c" });
		expect(one.name).not.toBe((await placeOf({ apiKey: "a", idempotencyKey: "bc" })).name);
	});

	it("shows neither key", async () => {
		const { name } = await placeOf({ apiKey: "cafe", idempotencyKey: "beef" });
		expect(name).not.toMatch(/cafe.*beef/u);
		expect(name.slice("acme/".length)).toHaveLength(64);
	});
});

describe("a fingerprint", () => {
	it("is a hash of what is asked, and of nothing else", async () => {
		const { fingerprint } = await placeOf();
		expect(fingerprint).toMatch(/^[0-9a-f]{64}$/u);
		expect((await placeOf({ asked: "POST /v1/chat/completions auto\n{ }" })).fingerprint).not.toBe(fingerprint);
		expect((await placeOf({ requestId: "req_2", tenant: "beta", idempotencyKey: "k" })).fingerprint).toBe(fingerprint);
	});
});

describe("a claim", () => {
	it("is for the lease that was asked for", async () => {
		const { replays, calls } = replaysOver();
		expect(await replays.claim(request())).toMatchObject({ kind: "granted" });
		expect(calls).toMatchObject([["claim", expect.any(String), { requestId: "req_1", leaseMs: 85_000 }]]);
	});

	it.each([[{ kind: "in-progress" }], [{ kind: "reused" }], [{ kind: "not-kept", requestId: "req_0" }]] as const)(
		"passes on what the record says: %o",
		async (said) => {
			const { replays, replayed, faults } = replaysOver({ claim: async () => said });
			expect(await replays.claim(request())).toEqual(said);
			expect([replayed, faults]).toEqual([[], []]);
		},
	);

	it("that finds an answer is logged, by the ids of both requests", async () => {
		const found = { kind: "replay", requestId: "req_0", answer: ANSWER } as const;
		const { replays, replayed } = replaysOver({ claim: async () => found });
		expect(await replays.claim(request())).toEqual(found);
		expect(replayed).toEqual([{ tenant: "acme", requestId: "req_1", replayedRequest: "req_0" }]);
	});

	it("is waited for two seconds, and given back where it is granted later", async () => {
		let grant = () => {};
		const { replays, clock, calls, faults, kept } = replaysOver({
			claim: () => new Promise((resolve) => (grant = () => resolve({ kind: "granted" }))),
		});
		const claiming = replays.claim(request());
		await untilCalled(calls);
		let isOver = false;
		void claiming.then(() => (isOver = true));
		await clock.advance(1_999);
		expect(isOver).toBe(false);
		await clock.advance(1);
		expect(await claiming).toEqual({ kind: "unavailable" });
		expect(faults).toMatchObject([{ fault: "idempotency-record-unavailable", tenant: "acme", requestId: "req_1" }]);
		expect(calls).toHaveLength(1);
		grant();
		await Promise.all(kept);
		expect(calls.at(-1)).toEqual(["release", expect.any(String), "req_1"]);
	});

	it("that throws is unavailable, and given back, since it may have been granted", async () => {
		const { replays, calls, faults, kept } = replaysOver({
			claim: () => Promise.reject(new Error("Network connection lost.")),
			release: () => Promise.reject(new Error("Network connection lost.")),
		});
		expect(await replays.claim(request())).toEqual({ kind: "unavailable" });
		await Promise.all(kept);
		expect(calls.at(-1)).toEqual(["release", expect.any(String), "req_1"]);
		expect(faults).toMatchObject([{ reason: "Error: Network connection lost." }]);
	});

	it("is unavailable where there is not even a stub", async () => {
		const faults: string[] = [];
		const replays = createReplays({
			recordOf: () => {
				throw new Error("no stub");
			},
			clock: new FakeClock(),
			waitUntil: () => {},
			logFault: (fault) => faults.push(fault),
			logReplay: () => {},
		});
		expect(await replays.claim(request())).toEqual({ kind: "unavailable" });
		expect(faults).toEqual(["idempotency-record-unavailable"]);
	});

	it("leaves no timer behind", async () => {
		const { replays, clock } = replaysOver();
		await replays.claim(request());
		expect(clock.running).toBe(0);
	});
});

describe("a key that a request has", () => {
	it("is renewed, finished and released in its name, none of which is waited for", async () => {
		const { held, calls, faults, kept } = replaysOver();
		const record = await held();
		record.renew(60_000);
		record.finish(ANSWER);
		record.finish(null);
		record.release();
		await Promise.all(kept);
		expect(calls).toEqual([
			["renew", expect.any(String), "req_1", 60_000],
			["finish", expect.any(String), "req_1", ANSWER, 3_600_000],
			["finish", expect.any(String), "req_1", null, 3_600_000],
			["release", expect.any(String), "req_1"],
		]);
		expect(faults).toEqual([]);
	});

	it.each([
		["renew", "idempotency-lease-not-renewed"],
		["finish", "idempotent-answer-not-kept"],
		["release", "idempotency-key-not-released"],
	] as const)("is a fault where %s fails, and nobody hears of it but the log", async (method, fault) => {
		const { held, faults, kept } = replaysOver({ [method]: () => Promise.reject(new Error("lost")) });
		const record = await held();
		record[method](null as never);
		await Promise.all(kept);
		expect(faults).toEqual([{ fault, tenant: "acme", requestId: "req_1", reason: "Error: lost" }]);
	});

	it("is a fault where the lease had ended before the answer", async () => {
		const { held, faults, kept } = replaysOver({ finish: async () => false });
		(await held()).finish(ANSWER);
		await Promise.all(kept);
		expect(faults).toMatchObject([{ fault: "idempotent-answer-not-kept", reason: "the lease had ended" }]);
	});

	it("is a fault where the record is silent", async () => {
		const { held, clock, faults, kept } = replaysOver({ finish: () => new Promise(() => {}) });
		(await held()).finish(ANSWER);
		await clock.advance(20_000);
		await Promise.all(kept);
		expect(faults).toMatchObject([{ reason: "no answer within 20000 ms" }]);
	});
});

/** Hashing takes some turns of the event loop. */
async function untilCalled(calls: readonly unknown[]): Promise<void> {
	while (calls.length === 0) await settleAll();
}
