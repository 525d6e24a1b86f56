import { beforeEach, describe, expect, it } from "vitest";
import { BELIEVED_MS } from "../../src/adapters/tenant-leases.ts";
import { nanosOfCost } from "../../src/core/ledger/budget-lease.ts";
import type { BudgetLedgerPort } from "../../src/core/ledger/lease-ports.ts";
import { ok } from "../../src/core/result.ts";
import type { Behaviour } from "../cascade/fakes.ts";
import { exampleAnswer, tokensWith } from "../core/examples.ts";
import { answer, books, isolate, MAX_TOKENS, randomNumbers, tenantWith, WORST } from "./budget-world.ts";
import { ledgerWorld, valueOf } from "./ledger/ledgers.ts";

const DAY = 86_400_000;

let world: ReturnType<typeof ledgerWorld>;
const now = () => world.now;
beforeEach(() => {
	world = ledgerWorld();
	world.now += DAY / 2;
});

describe("four isolates that share one ledger", () => {
	it.each([1, 2, 3])(
		"spend no more than a nearly spent budget with 200 requests at once, one of them dropped in flight (order %s)",
		async (seed) => {
			const random = randomNumbers(seed);
			// 90 of the 200 worst cases; all but a quarter of it is spent already.
			const budget = 90 * WORST;
			const spent = (budget * 3) / 4;
			const tenant = await tenantWith(now, budget / 1e9);
			const ledger = tenant.stub as unknown as BudgetLedgerPort;
			const before = valueOf(
				await ledger.grantLease({ needed: spent, wanted: spent, holder: "the morning", extend: null }),
			);
			if (before.kind !== "granted") throw new Error("nothing was lent");
			await ledger.returnLease({ id: before.lease.id, spent, open: 0 });

			const charges = new Map([["the morning", spent]]);
			const charged = () => [...charges.values()].reduce((sum, nanos) => sum + nanos, 0);
			const isolates = ["a", "b", "c", "d"].map((name) => {
				const behaviour = answer(
					(nanos) => charges.set(name, (charges.get(name) ?? 0) + nanos),
					() => 1 + Math.floor(random() * MAX_TOKENS),
					() => Math.floor(random() * 6),
				);
				return isolate(name, tenant, behaviour, behaviour);
			});
			const [dropped, other] = isolates;
			const asked = Array.from({ length: 200 }, async (_, request) => isolates[request % 4]?.ask());
			// While its calls go on.
			await scheduler.wait(2);
			dropped?.goDown();
			const statuses = (await Promise.all(asked)).map((response) => response?.status);
			const served = statuses.filter((status) => status === 200).length;
			expect(statuses.filter((status) => status === 429)).toHaveLength(200 - served);
			expect(served).toBeGreaterThan(0);
			expect(served).toBeLessThan(200);
			expect(charged()).toBeLessThanOrEqual(budget);

			// Every lease ends; what was not spent comes back, but from the isolate that is gone.
			world.now += 20_000;
			for (const { timers } of isolates) await timers.advance(20_000);
			await expect.poll(async () => (await books(tenant)).open.filter(({ holder }) => holder !== "a")).toEqual([]);
			const { counted, open } = await books(tenant);
			// What the isolate that is gone has not spent of its lease.
			const stranded = open.reduce((sum, lease) => sum + lease.counted, 0) - (charges.get("a") ?? 0);
			expect(open.length).toBeLessThanOrEqual(1);
			expect(counted).toBe(charged() + stranded);
			expect(stranded).toBeLessThanOrEqual(budget / 16);
			expect(counted).toBeLessThanOrEqual(budget);
			const grants = isolates.reduce((sum, { ledgerCalls }) => sum + ledgerCalls.grants, 0);
			expect(grants).toBeLessThan(60);

			// What is left is there for those that are left, up to the last call that fits.
			world.now += BELIEVED_MS;
			while ((await other?.ask())?.status === 200);
			expect(charged()).toBeLessThanOrEqual(budget);
			expect(budget - charged() - stranded).toBeLessThan(WORST);

			// The stranded money is of this day alone.
			world.now = Math.floor(world.now / DAY) * DAY + DAY;
			const first = await other?.ask();
			expect(first?.status).toBe(200);
			expect((await books(tenant)).counted).toBeLessThanOrEqual(Math.max(WORST, budget / 50));
		},
	);

	it("ask the ledger for few of a thousand requests while there is plenty", async () => {
		const tenant = await tenantWith(now, 1_000);
		let charged = 0;
		const behaviour = answer(
			(nanos) => {
				charged += nanos;
			},
			() => 4,
			() => 0,
		);
		const isolates = ["a", "b", "c", "d"].map((name) => isolate(name, tenant, behaviour, behaviour));
		for (let round = 0; round < 250; round++) await Promise.all(isolates.map(({ ask }) => ask()));
		// Each spends a dollar and holds half a one at a time.
		expect(isolates.map(({ ledgerCalls }) => ledgerCalls.grants)).toEqual([3, 3, 3, 3]);
		expect(charged).toBe(1_000 * 4_000_000);
	});
});

describe("a request that the budget does not cover", () => {
	const unsure: Behaviour = async () =>
		ok(exampleAnswer({ text: "maybe", tokens: tokensWith(Math.log(0.1)), usage: { inputTokens: 5, outputTokens: 9 } }));

	it("is told when the budget renews, in OpenAI's words, and not to try again", async () => {
		const tenant = await tenantWith(now, 0.000_001);
		const one = isolate("a", tenant, unsure, unsure);
		const response = await one.ask();
		expect(response.status).toBe(429);
		expect(response.headers.get("x-should-retry")).toBe("false");
		expect(response.headers.get("retry-after")).toBeNull();
		expect(await response.json()).toEqual({
			error: {
				message: "What is left of your budget of the day does not cover the stage 'origin'. It renews at midnight UTC.",
				type: "insufficient_quota",
				code: "insufficient_quota",
				param: null,
			},
		});
		expect(one.observations).toMatchObject([
			{
				outcome: "failed",
				failure: "budget-exhausted",
				calls: [],
				trail: [{ reason: "budget-exhausted" }, { reason: "budget-exhausted" }],
			},
		]);
	});

	it("is served the small answer held where its tenant wants that", async () => {
		const tenant = await tenantWith(now, (WORST * 1.5) / 1e9, "serve-edge-answer");
		const response = await isolate("a", tenant, unsure, unsure).ask();
		expect(response.status).toBe(200);
		expect(response.headers.get("x-cascade-reason")).toBe("budget-exhausted-served-edge");
		expect(await response.json()).toMatchObject({
			cascade: { stage: "edge", reason: "budget-exhausted-served-edge", costUsd: 0.009 },
		});
	});

	it("for a stream has a status too", async () => {
		const tenant = await tenantWith(now, 0);
		const response = await isolate("a", tenant, unsure, unsure).ask({ stream: true });
		expect(response.status).toBe(429);
		expect(await response.json()).toMatchObject({ error: { code: "insufficient_quota" } });
	});

	it("leaves what it did not spend to the next", async () => {
		const tenant = await tenantWith(now, (WORST * 1.5) / 1e9);
		const one = isolate(
			"a",
			tenant,
			answer(
				() => {},
				() => 1,
				() => 0,
			),
			unsure,
		);
		for (let request = 0; request < 5; request++) expect((await one.ask()).status).toBe(200);
		const usd = one.observations.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
		expect(nanosOfCost(usd)).toBe(5_000_000);
	});
});

describe("an embeddings request", () => {
	it("is paid for by the same budget, by the tokens of its texts, and refused where that does not cover it", async () => {
		// $1 a token: 8 bytes are 2 tokens at worst, and the model says that they were 1.
		const tenant = await tenantWith(now, 4.5);
		const one = isolate("a", tenant, async () => ok(exampleAnswer()));
		const embed = () => one.ask({ model: "embed", input: ["12345678", "1234"] }, "/v1/embeddings");
		expect((await embed()).status).toBe(200);
		expect((await embed()).status).toBe(200);
		const third = await embed();
		expect(third.status).toBe(429);
		expect(await third.json()).toMatchObject({ error: { code: "insufficient_quota" } });
		expect(one.observations.map(({ costUsd, failure }) => ({ costUsd, failure }))).toEqual([
			{ costUsd: 1, failure: null },
			{ costUsd: 1, failure: null },
			{ costUsd: 0, failure: "budget-exhausted" },
		]);
	});
});
