import { describe, expect, it } from "vitest";
import { BELIEVED_MS } from "../../src/adapters/tenant-leases.ts";
import { LEASE_MS } from "../../src/core/ledger/budget-lease.ts";
import { ok } from "../../src/core/result.ts";
import { held, isolate } from "./lease-isolate.ts";

describe("a lease holder", () => {
	it("asks the ledger once, and then pays from memory, in the same turn", async () => {
		const { reserve, grants } = isolate();
		expect(await reserve(40)).not.toBeNull();
		expect(reserve(40)).not.toBeInstanceOf(Promise);
		expect(reserve(20)).not.toBeInstanceOf(Promise);
		expect(grants).toEqual([40]);
	});

	it("lends again what calls did not cost", async () => {
		const { reserve, grants } = isolate();
		for (let call = 0; call < 10; call++) held(await reserve(90)).settle(1e-9);
		expect(grants).toEqual([90]);
		expect(reserve(91)).toBeInstanceOf(Promise);
	});

	it("counts a reservation's first settlement only, and an unknown cost as the worst", async () => {
		const { reserve, clock, returns } = isolate();
		const first = held(await reserve(40));
		first.settle(10e-9);
		first.settle(30e-9);
		held(await reserve(40)).settle(null);
		await clock.advance(LEASE_MS);
		expect(returns).toEqual([{ id: "lease_1", spent: 50, open: 0 }]);
	});

	it("has its lease extended by what it lacks for a call", async () => {
		const { reserve, grants, wishes } = isolate();
		await reserve(80);
		await reserve(500);
		expect(grants).toEqual([80, 480]);
		expect(wishes.map(({ extend }) => extend)).toEqual([null, "lease_1"]);
		expect(reserve(1)).toBeInstanceOf(Promise);
	});

	it("owes what a call cost beyond its worst case, and asks for that with the next", async () => {
		const { reserve, grants } = isolate();
		held(await reserve(100)).settle(130e-9);
		await reserve(50);
		expect(grants).toEqual([100, 80]);
	});

	it("keeps tenants' money apart", async () => {
		const { reserve, grants } = isolate();
		await reserve(10, "a");
		await reserve(10, "b");
		expect(grants).toEqual([10, 10]);
	});

	it("pays nothing for what costs nothing", () => {
		const { reserve, grants } = isolate();
		expect(reserve(0)).not.toBeInstanceOf(Promise);
		expect(grants).toEqual([]);
	});

	it("tells the cascade what the tenant wants when the budget is spent", () => {
		const { spendingOf } = isolate();
		expect(spendingOf("t", { usdPerDay: 1, onExhausted: "serve-edge-answer" }).onExhausted).toBe("serve-edge-answer");
	});
});

describe("a lease at its end", () => {
	it("goes back with what was spent, with no request to see to it, and a new one is asked for", async () => {
		const { reserve, clock, returns, grants } = isolate();
		held(await reserve(40)).settle(7e-9);
		await clock.advance(LEASE_MS - 1);
		expect(returns).toEqual([]);
		await clock.advance(1);
		expect(returns).toEqual([{ id: "lease_1", spent: 7, open: 0 }]);
		await reserve(40);
		expect(grants).toEqual([40, 40]);
		expect(returns).toHaveLength(1);
	});

	it("keeps what is set aside for calls that go on, and gives back the rest when the last is settled", async () => {
		const { reserve, clock, returns } = isolate();
		const [first, second] = [held(await reserve(40)), held(await reserve(30))];
		await clock.advance(LEASE_MS);
		expect(returns).toEqual([{ id: "lease_1", spent: 0, open: 70 }]);
		first.settle(5e-9);
		expect(returns).toHaveLength(1);
		second.settle(6e-9);
		expect(returns.at(-1)).toEqual({ id: "lease_1", spent: 11, open: 0 });
	});

	it("is later by an extension", async () => {
		const { reserve, clock, returns } = isolate();
		held(await reserve(100)).settle(null);
		await clock.advance(LEASE_MS / 2);
		held(await reserve(100)).settle(null);
		await clock.advance(LEASE_MS / 2);
		expect(returns).toEqual([]);
		await clock.advance(LEASE_MS / 2);
		expect(returns).toEqual([{ id: "lease_1", spent: 200, open: 0 }]);
	});

	it("that comes while the ledger extends it leaves what was added alone, and a new lease is asked for", async () => {
		const { reserve, clock, world, lend, returns, wishes } = isolate();
		held(await reserve(100)).settle(null);
		await clock.advance(LEASE_MS - 10);
		world.grant = async (...wish) => {
			await clock.sleep(30);
			return lend(...wish);
		};
		expect(await clock.until(Promise.resolve(reserve(60)))).not.toBeNull();
		expect(returns).toEqual([{ id: "lease_1", spent: 100, open: 0 }]);
		expect(wishes.map(({ extend }) => extend)).toEqual([null, "lease_1", null]);
	});

	it("is returned again and again where the ledger does not answer, and then logged as stranded", async () => {
		const { reserve, clock, returns, faults, world } = isolate();
		world.giveBack = () => Promise.reject(new Error("no"));
		held(await reserve(100)).settle(null);
		await clock.advance(LEASE_MS + 10_000);
		expect(returns).toEqual(Array.from({ length: 3 }, () => ({ id: "lease_1", spent: 100, open: 0 })));
		expect(faults).toEqual(["lease-not-returned"]);
	});
});

describe("a budget that is exhausted", () => {
	function exhausted() {
		const made = isolate();
		const retryAt = made.clock.now() + 3_600_000;
		made.world.grant = async () => ok({ kind: "exhausted", retryAt });
		return made;
	}

	it("is believed for a while of as much or more, so that the ledger is not asked for each request", async () => {
		const { reserve, clock, grants } = exhausted();
		expect(await reserve(50)).toBeNull();
		expect(reserve(50)).toBeNull();
		expect(reserve(51)).toBeNull();
		expect(grants).toEqual([50]);
		expect(await reserve(49)).toBeNull();
		expect(grants).toEqual([50, 49]);
		await clock.advance(BELIEVED_MS);
		expect(await reserve(50)).toBeNull();
		expect(grants).toEqual([50, 49, 50]);
	});

	it("is not believed beyond its renewal", async () => {
		const { reserve, clock, world, grants } = exhausted();
		world.grant = async () => ok({ kind: "exhausted", retryAt: clock.now() + 10 });
		expect(await reserve(50)).toBeNull();
		await clock.advance(10);
		expect(await reserve(50)).toBeNull();
		expect(grants).toHaveLength(2);
	});

	it("leaves what is left of a lease", async () => {
		const { reserve, world, lend } = exhausted();
		const none = world.grant;
		world.grant = lend;
		await reserve(60);
		world.grant = none;
		expect(await reserve(41)).toBeNull();
		expect(reserve(40)).not.toBeNull();
	});
});
