import { describe, expect, it } from "vitest";
import { createLeaseHolder } from "../../src/adapters/lease-holder.ts";
import { ASK_MS } from "../../src/adapters/tenant-leases.ts";
import { LEASE_MS } from "../../src/core/ledger/budget-lease.ts";
import { err, ok } from "../../src/core/result.ts";
import { FakeClock, settleAll } from "../cascade/fakes.ts";
import { BUDGET, held, isolate } from "./lease-isolate.ts";

describe("a ledger in trouble", () => {
	it.each([
		["that throws", () => Promise.reject(new Error("down"))],
		["that knows no such tenant", async () => err({ kind: "not-found", what: "tenant" } as const)],
		["that never answers", () => new Promise<never>(() => {})],
	])("%s means no money beyond what is held, and a fault", async (_, grant) => {
		const { reserve, clock, world, faults, grants } = isolate();
		await reserve(60);
		world.grant = grant;
		expect(await clock.until(Promise.resolve(reserve(41)))).toBeNull();
		expect(faults).toEqual(["budget-ledger-unavailable"]);
		expect(reserve(41)).toBeNull();
		expect(reserve(40)).not.toBeNull();
		expect(grants).toHaveLength(2);
	});

	it("that is not bound is no reason to spend, nor to throw", async () => {
		const clock = new FakeClock();
		const faults: string[] = [];
		const spending = createLeaseHolder({
			ledgerOf() {
				throw new Error("the binding TENANT_LEDGER is missing");
			},
			clock,
			waitUntil: () => {},
			logFault: (fault) => void faults.push(fault),
			holder: "isolate_1",
		})("t", BUDGET);
		expect(await spending.reserve(1)).toBeNull();
		expect(faults).toEqual(["budget-ledger-unavailable"]);
	});

	it("that answers too late gets its lease back", async () => {
		const { reserve, clock, world, returns, lend } = isolate();
		world.grant = async (...wish) => {
			await clock.sleep(ASK_MS + 500);
			return lend(...wish);
		};
		const asked = Promise.resolve(reserve(50));
		await clock.advance(ASK_MS);
		expect(await asked).toBeNull();
		expect(returns).toEqual([]);
		await clock.advance(500);
		expect(returns).toEqual([{ id: "lease_1", spent: 0, open: 0 }]);
	});

	it("that extends a lease too late gets what it added back with the lease", async () => {
		const { reserve, clock, world, returns, lend } = isolate();
		held(await reserve(100)).settle(null);
		world.grant = async (...wish) => {
			await clock.sleep(ASK_MS + 500);
			return lend(...wish);
		};
		const asked = Promise.resolve(reserve(50));
		await clock.advance(ASK_MS + 500);
		expect(await asked).toBeNull();
		expect(returns).toEqual([]);
		await clock.advance(LEASE_MS);
		expect(returns).toEqual([{ id: "lease_1", spent: 100, open: 0 }]);
	});

	it("is trusted where it says that there is no budget any more", async () => {
		const { reserve, world, grants } = isolate();
		world.grant = async () => ok({ kind: "no-budget" });
		expect(await reserve(50)).not.toBeNull();
		expect(reserve(5_000)).not.toBeInstanceOf(Promise);
		expect(grants).toHaveLength(1);
	});
});

describe("many requests of one isolate", () => {
	it("ask by one for all", async () => {
		const { reserve, clock, world, lend, grants, wishes } = isolate();
		world.grant = async (...wish) => {
			await clock.sleep(30);
			return lend(...wish);
		};
		const asked = Array.from({ length: 40 }, () => Promise.resolve(reserve(100)));
		expect((await clock.until(Promise.all(asked))).filter((reservation) => reservation === null)).toEqual([]);
		// The first asked before it knew of the others.
		expect(grants).toEqual([100, 100]);
		expect(wishes.map(({ wanted }) => wanted)).toEqual([100, 3_900]);
	});

	it("are refused by one refusal", async () => {
		const { reserve, clock, world, grants } = isolate();
		world.grant = async () => {
			await clock.sleep(30);
			return ok({ kind: "exhausted", retryAt: clock.now() + 3_600_000 });
		};
		const asked = Array.from({ length: 40 }, () => Promise.resolve(reserve(100)));
		expect(await clock.until(Promise.all(asked))).toEqual(Array(40).fill(null));
		expect(grants).toEqual([100]);
	});

	it("wait no longer than for one answer of the ledger", async () => {
		const { reserve, clock, world } = isolate();
		world.grant = () => new Promise<never>(() => {});
		const began = clock.now();
		const asked = Array.from({ length: 10 }, () => Promise.resolve(reserve(100)));
		expect(await clock.until(Promise.all(asked))).toEqual(Array(10).fill(null));
		expect(clock.now() - began).toBeLessThanOrEqual(ASK_MS + 20);
	});

	it("are not kept waiting by those whose invocation was ended while they asked", async () => {
		const { reserve, clock, world, lend, grants } = isolate();
		world.grant = () => new Promise<never>(() => {});
		world.timersWork = false;
		void reserve(100);
		await settleAll();
		await clock.advance(3 * ASK_MS);
		world.timersWork = true;
		world.grant = lend;
		expect(await reserve(100)).not.toBeNull();
		expect(grants).toEqual([100, 100]);
	});

	it("keep their invocations alive until their leases have arrived and ended", async () => {
		const { reserve, clock, waits } = isolate();
		held(await reserve(100)).settle(0);
		expect(waits.length).toBeGreaterThan(0);
		await clock.until(Promise.all(waits));
		expect(clock.running).toBe(0);
	});
});
