import { describe, expect, it } from "vitest";
import { NO_OUTAGE_EXCHANGE } from "../../src/adapters/outage-exchange.ts";
import { createUpstreamGuards } from "../../src/adapters/upstream-guard.ts";
import { FakeClock } from "../cascade/fakes.ts";

const ORIGIN = { adapter: "openai", origin: "main", model: "large" } as const;

describe("an upstream", () => {
	it("is down for the tenant whose calls fail, and others go on asking it: what fails may be that tenant's prompts", () => {
		const clock = new FakeClock();
		const guards = createUpstreamGuards({ now: clock.now, outages: NO_OUTAGE_EXCHANGE });
		for (let call = 0; call < 10; call++) {
			const entered = guards.of(ORIGIN, undefined, "acme").enter(1_000);
			if ("call" in entered) guards.of(ORIGIN, undefined, "acme").leave(entered.call, { kind: "broken-off" }, 1_000);
		}
		expect(guards.isDown(ORIGIN, "acme")).toBe(true);
		expect(guards.isDown(ORIGIN, "beta")).toBe(false);
		expect("call" in guards.of(ORIGIN, undefined, "beta").enter(1_000)).toBe(true);
	});
});
