import { describe, expect, it } from "vitest";
import { startDeadline } from "../../src/cascade/deadline.ts";
import { reserveUsage } from "../../src/cascade/reserve-call.ts";
import { FakeClock } from "./fakes.ts";
import { purse } from "./purse.ts";

const price = { usdPerGpuHour: 3.6, inputTokensPerSecond: 100, outputTokensPerSecond: 10 };
const most = { inputTokens: 100, outputTokens: 10 };

describe("a reservation", () => {
	it("is of the call's worst case, by the hour of a GPU as well", async () => {
		const clock = new FakeClock();
		const { spending, reserved } = purse(1);
		const result = await reserveUsage(spending, price, most, startDeadline(clock, 1_000, new AbortController().signal));
		expect(result.ok).toBe(true);
		// Two seconds of an hour.
		expect(reserved[0]?.worst).toBeCloseTo(0.002, 12);
	});

	it.each([false, true])("that nobody waits for goes back (asking the ledger: %s)", async (later) => {
		const { spending, reserved, left } = purse(1, { later });
		const deadline = startDeadline(new FakeClock(), 1_000, new AbortController().signal);
		deadline.abort();
		expect(await reserveUsage(spending, price, most, deadline)).toEqual({ ok: false, error: { kind: "aborted" } });
		await Promise.resolve();
		expect(reserved.map(({ cost }) => cost)).toEqual([0]);
		expect(left()).toBe(1);
	});
});
