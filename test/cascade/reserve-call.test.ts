import { describe, expect, it } from "vitest";
import { startDeadline } from "../../src/cascade/deadline.ts";
import { boundedRequest, reserveUsage } from "../../src/cascade/reserve-call.ts";
import { exampleRequest } from "../core/examples.ts";
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

describe("a request under a budget", () => {
	it("is bounded where its client sets no limit, and left as it is otherwise", () => {
		const { spending } = purse(1);
		const free = exampleRequest({});
		const limited = exampleRequest({ maxOutputTokens: 7 });
		expect(boundedRequest(free, 100, spending)).toEqual({ ...free, maxOutputTokens: 100 });
		expect(boundedRequest(limited, 7, spending)).toBe(limited);
		expect(boundedRequest(free, 100, undefined)).toBe(free);
	});
});
