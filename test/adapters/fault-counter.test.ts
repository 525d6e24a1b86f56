import { describe, expect, it } from "vitest";
import { createFaultCounter, FAULT_LINGER_MS, FAULT_SOURCE_MS } from "../../src/adapters/fault-counter.ts";
import { METRIC_FAMILIES } from "../../src/core/metrics/metric-families.ts";
import { metricShardOf, type MetricReport } from "../../src/core/metrics/metric-report.ts";
import { FakeClock } from "../cascade/fakes.ts";

function world(reported: (report: MetricReport) => Promise<void> = async () => {}) {
	const clock = new FakeClock();
	const reports: { readonly shard: string; readonly report: MetricReport }[] = [];
	const logged: string[] = [];
	const count = createFaultCounter({
		shardOf: (shard) => ({
			async report(given) {
				for (const report of given) {
					reports.push({ shard, report });
					await reported(report);
				}
			},
		}),
		logFault: (fault) => void logged.push(fault),
		clock,
		waitUntil: () => {},
		isolate: "one",
	});
	return { clock, count, reports, logged };
}

const series = (fault: string) => `${METRIC_FAMILIES.faults.name}{fault="${fault}"}`;

describe("faults of an isolate", () => {
	it("are logged at once, and counted together some seconds later, as a state and not as changes", async () => {
		const { clock, count, reports, logged } = world();
		count("kv-unreadable", { kind: "key" });
		count("kv-unreadable", { kind: "policy" });
		count("evidence-failed", {});
		expect(logged).toEqual(["kv-unreadable", "kv-unreadable", "evidence-failed"]);
		expect(reports).toEqual([]);
		await clock.advance(FAULT_LINGER_MS);
		count("kv-unreadable", { kind: "key" });
		await clock.advance(FAULT_LINGER_MS);
		const shard = metricShardOf("isolate/one");
		const since = 1_790_000_000_000;
		const told = { source: "isolate/one", since };
		expect(reports).toEqual([
			{
				shard,
				report: { ...told, sequence: 1, counters: { [series("kv-unreadable")]: 2, [series("evidence-failed")]: 1 } },
			},
			{
				shard,
				report: { ...told, sequence: 2, counters: { [series("kv-unreadable")]: 3, [series("evidence-failed")]: 1 } },
			},
		]);
	});

	it("are another source's after an hour of quiet, whose shard may have forgotten the first", async () => {
		const { clock, count, reports } = world();
		count("kv-unreadable", {});
		await clock.advance(FAULT_LINGER_MS);
		await clock.advance(FAULT_SOURCE_MS + 1);
		count("kv-unreadable", {});
		await clock.advance(FAULT_LINGER_MS);
		const [first, second] = reports.map(({ report }) => report);
		expect(second?.since).toBeGreaterThan(first?.since ?? 0);
		expect(second?.counters).toEqual({ [series("kv-unreadable")]: 1 });
	});

	it("are told by the next one where an invocation ended before its report", async () => {
		const { clock, count, reports } = world();
		count("kv-unreadable", {});
		// The runtime ends the invocation, and its timers with it; here the timer is only not waited for.
		await clock.advance(2 * FAULT_LINGER_MS + 1);
		count("kv-unreadable", {});
		await clock.advance(FAULT_LINGER_MS);
		expect(reports.at(-1)?.report.counters).toEqual({ [series("kv-unreadable")]: 2 });
	});

	it("are only logged where they cannot be counted, and that is logged too", async () => {
		const { clock, count, logged } = world(() => Promise.reject(new Error("gone")));
		count("kv-unreadable", {});
		await clock.advance(FAULT_LINGER_MS);
		expect(logged).toEqual(["kv-unreadable", "faults-not-counted"]);
	});
});
