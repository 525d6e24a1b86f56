import { describe, expect, it } from "vitest";
import { createOutageExchange, REPORT_MS } from "../../src/adapters/outage-exchange.ts";
import { createCircuitBreaker } from "../../src/core/resilience/circuit-breaker.ts";
import {
	createSharedOutage,
	type UpstreamReport,
	type UpstreamVerdict,
} from "../../src/core/resilience/shared-outage.ts";
import { FakeClock, settleAll } from "../cascade/fakes.ts";

/** Isolates that share what they know, by one object that answers so. */
function world(answer?: (report: UpstreamReport, now: number) => Promise<UpstreamVerdict>) {
	const clock = new FakeClock();
	const shared = createSharedOutage();
	const reports: UpstreamReport[] = [];
	const faults: string[] = [];
	const isolate = (reporter: string) => {
		const breaker = createCircuitBreaker();
		const exchange = createOutageExchange({
			outageOf: () => ({
				report(report) {
					reports.push(report);
					return answer?.(report, clock.now()) ?? Promise.resolve(shared.add(report, clock.now()));
				},
			}),
			clock,
			waitUntil: () => {},
			logFault: (fault) => void faults.push(fault),
			reporter,
			random: () => 0,
		});
		return {
			breaker,
			async call(result: "succeeded" | "failed" | "neither") {
				const permit = breaker.enter(clock.now());
				if (permit === null) return false;
				breaker.leave(permit, result, clock.now());
				exchange.noted("origin:gpu/large", result, breaker);
				await settleAll();
				return true;
			},
		};
	};
	return { clock, reports, faults, isolate };
}

describe("isolates share what they know of an upstream", () => {
	it("and an upstream that is well costs nothing", async () => {
		const { isolate, reports } = world();
		const one = isolate("one");
		for (let call = 0; call < 100; call++) await one.call("succeeded");
		await one.call("neither");
		expect(reports).toEqual([]);
	});

	it("so that one which has seen a single failure hears at once that it is down", async () => {
		const { isolate, clock } = world();
		const one = isolate("one");
		for (let call = 0; call < 10; call++) {
			await one.call("failed");
			await clock.advance(REPORT_MS / 8);
		}
		const two = isolate("two");
		expect(await two.call("failed")).toBe(true);
		expect(two.breaker.isOpen(clock.now())).toBe(true);
		expect(await two.call("failed")).toBe(false);
	});

	it("at most every two seconds, with all that was seen meanwhile", async () => {
		const { isolate, clock, reports } = world();
		const one = isolate("one");
		await one.call("failed");
		for (let call = 0; call < 4; call++) await one.call("succeeded");
		await clock.advance(REPORT_MS - 1);
		await one.call("failed");
		expect(reports).toHaveLength(1);
		await clock.advance(1);
		await one.call("succeeded");
		expect(reports).toEqual([
			{ calls: 1, failures: 1, reporter: "one" },
			{ calls: 6, failures: 1, reporter: "one" },
		]);
	});

	it("until a report says that there were no failures", async () => {
		const { isolate, clock, reports } = world();
		const one = isolate("one");
		await one.call("failed");
		await clock.advance(REPORT_MS);
		await one.call("succeeded");
		await clock.advance(REPORT_MS);
		await one.call("succeeded");
		expect(reports).toHaveLength(2);
		await clock.advance(REPORT_MS);
		await one.call("failed");
		expect(reports).toHaveLength(3);
	});

	it("also after a report whose invocation was ended before its answer", async () => {
		const { isolate, clock, reports } = world(() => new Promise<never>(() => {}));
		const one = isolate("one");
		await one.call("failed");
		// Nothing that was waited for goes on: no timer fires.
		await clock.advance(REPORT_MS);
		await one.call("failed");
		expect(reports).toHaveLength(2);
	});

	it("and one whose own calls have just succeeded does not go by what the others say", async () => {
		const { isolate, clock } = world(async () => ({ downMs: 5_000 }));
		const one = isolate("one");
		await one.call("succeeded");
		await one.call("failed");
		expect(one.breaker.isOpen(clock.now())).toBe(false);
		await clock.advance(5_001);
		await one.call("failed");
		expect(one.breaker.isOpen(clock.now())).toBe(true);
		expect(one.breaker.msLeft(clock.now())).toBe(5_000);
	});

	it.each([
		["fails", () => Promise.reject(new Error("gone"))],
		["is silent", () => new Promise<never>(() => {})],
	])("and an object that %s stops nobody", async (_, answer) => {
		const { isolate, clock, faults } = world(answer);
		const one = isolate("one");
		expect(await one.call("failed")).toBe(true);
		await clock.advance(REPORT_MS);
		expect(faults).toEqual(["outage-not-shared"]);
		expect(await one.call("failed")).toBe(true);
		expect(one.breaker.isOpen(clock.now())).toBe(false);
	});
});
