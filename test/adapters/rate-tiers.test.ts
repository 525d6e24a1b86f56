import { afterEach, describe, expect, it, vi } from "vitest";
import { createRateLimiter, logRateLimited, type RateLimitBinding } from "../../src/adapters/rate-tiers.ts";
import { FakeClock } from "../cascade/fakes.ts";

type Limit = RateLimitBinding["limit"];

const admitting: Limit = async () => ({ success: true });
const refusing: Limit = async () => ({ success: false });
const silent: Limit = () => new Promise(() => {});

/** A limiter over these tiers, and what it wrote. */
function limiterOver(tiers: Readonly<Record<string, Limit>>) {
	const clock = new FakeClock();
	const faults: unknown[] = [];
	const refusals: unknown[] = [];
	const limiter = createRateLimiter({
		bindingOf: (tier) => (tiers[tier] === undefined ? undefined : { limit: tiers[tier] }),
		clock,
		logFault: (fault, facts) => void faults.push({ fault, ...facts }),
		logRefusal: (facts) => void refusals.push(facts),
	});
	return { clock, faults, refusals, admits: (tier: string, tenant = "acme") => limiter.admits(tier, tenant) };
}

describe("a rate tier", () => {
	it("admits and refuses as its binding says", async () => {
		const { admits, faults, clock } = limiterOver({ high: admitting, low: refusing });
		expect(await admits("high")).toBe(true);
		expect(await admits("low")).toBe(false);
		expect(faults).toEqual([]);
		expect(clock.running).toBe(0);
	});

	it("counts each request once, for its tenant and nobody else", async () => {
		const keys: string[] = [];
		const { admits } = limiterOver({
			standard: async (options) => {
				expect(Object.keys(options)).toEqual(["key"]);
				keys.push(options.key);
				return { success: true };
			},
		});
		for (const tenant of ["acme", "globex", "acme"]) await admits("standard", tenant);
		expect(keys).toEqual(["acme", "globex", "acme"]);
	});
});

describe("a rate tier that cannot be asked limits nothing", () => {
	it("where the Worker has no binding for it", async () => {
		const { admits, faults } = limiterOver({});
		expect(await admits("gold-plus")).toBe(true);
		expect(faults).toEqual([{ fault: "rate-tier-missing", tier: "gold-plus", binding: "RATE_TIER_GOLD_PLUS" }]);
	});

	it.each<[string, Limit, string]>([
		["rejects", () => Promise.reject(new TypeError("the key is secret 4711")), "TypeError"],
		[
			"throws",
			() => {
				throw new RangeError("no");
			},
			"RangeError",
		],
		["rejects with what is no error", () => Promise.reject("why"), "not an Error"],
		["answers with nothing", async () => null as unknown as { success: boolean }, "TypeError"],
	])("where its binding %s", async (_what, limit, error) => {
		const { admits, faults } = limiterOver({ standard: limit });
		expect(await admits("standard")).toBe(true);
		expect(faults).toEqual([{ fault: "rate-tier-failed", tier: "standard", error }]);
	});

	it("where its binding has not answered after 100 ms, and its later answer changes nothing", async () => {
		let answer = (_outcome: { success: boolean }) => {};
		const { admits, faults, refusals, clock } = limiterOver({
			standard: () => new Promise((resolve) => (answer = resolve)),
		});
		const asked = admits("standard");
		let isAdmitted = false;
		void asked.then(() => (isAdmitted = true));
		await clock.advance(99);
		expect(isAdmitted).toBe(false);
		await clock.advance(1);
		expect(await asked).toBe(true);
		answer({ success: false });
		await clock.advance(0);
		expect(refusals).toEqual([]);
		expect(faults).toEqual([{ fault: "rate-tier-slow", tier: "standard", waitedMs: 100 }]);
	});

	it("and says so once for each tier and each kind of fault", async () => {
		const behaviours = [refusing, silent, silent, () => Promise.reject(new Error("down"))];
		let turn = 0;
		const { admits, faults, clock } = limiterOver({
			standard: (options) => (behaviours[turn++] ?? admitting)(options),
		});
		for (let request = 0; request < 5; request++) await clock.until(admits("standard"));
		for (const tier of ["gold", "gold", "silver", "gold"]) await admits(tier);
		expect(faults).toMatchObject([
			{ fault: "rate-tier-slow", tier: "standard" },
			{ fault: "rate-tier-failed", tier: "standard" },
			{ fault: "rate-tier-missing", tier: "gold" },
			{ fault: "rate-tier-missing", tier: "silver" },
		]);
	});
});

describe("the log of refusals", () => {
	it("has a line a minute for each tenant, however many are refused", async () => {
		const { admits, refusals, clock } = limiterOver({ standard: refusing });
		for (let request = 0; request < 100; request++) await admits("standard", "acme");
		await admits("standard", "globex");
		const first = [
			{ tenant: "acme", tier: "standard" },
			{ tenant: "globex", tier: "standard" },
		];
		expect(refusals).toEqual(first);
		await clock.advance(59_999);
		await admits("standard", "acme");
		expect(refusals).toEqual(first);
		await clock.advance(1);
		await admits("standard", "acme");
		expect(refusals).toEqual([...first, first[0]]);
	});

	afterEach(() => {
		vi.restoreAllMocks();
	});

	it("is JSON with the tenant and its tier", () => {
		const log = vi.spyOn(console, "log").mockImplementation(() => {});
		logRateLimited({ tenant: "acme", tier: "standard" });
		expect(log.mock.calls).toEqual([['{"event":"rate-limited","tenant":"acme","tier":"standard"}']]);
	});
});
