import { describe, expect, it } from "vitest";
import type { MetricReport } from "../../../src/core/metrics/metric-report.ts";
import { createMetricReporter } from "../../../src/ledger/metric-reporter.ts";

/** Shards whose answers a test gives, and what they were told. */
function shardsInHand() {
	const told: { readonly shard: string; readonly sequences: number[] }[] = [];
	const answers: PromiseWithResolvers<void>[] = [];
	const faults: string[] = [];
	const running: Promise<unknown>[] = [];
	const reporter = createMetricReporter({
		shards: {
			getByName: (shard) => ({
				report(reports: readonly MetricReport[]) {
					told.push({ shard, sequences: reports.map(({ sequence }) => sequence) });
					const answer = Promise.withResolvers<void>();
					answers.push(answer);
					return answer.promise;
				},
			}),
		},
		waitUntil: (promise) => void running.push(promise),
		logFault: (fault) => void faults.push(fault),
	});
	const report = (sequence: number) =>
		reporter.report("acme", { source: "tenant/acme", since: 1, sequence, counters: {} });
	return { reporter, report, told, answers, faults, running };
}

describe("a reporter", () => {
	it("tells the tenant's shard, one report at a time, and of those that wait the latest alone", async () => {
		const { report, told, answers, running } = shardsInHand();
		for (const sequence of [1, 2, 3]) report(sequence);
		expect(told).toEqual([{ shard: "metrics-7", sequences: [1] }]);
		answers[0]?.resolve();
		await scheduler.wait(0);
		expect(told.slice(1)).toEqual([{ shard: "metrics-7", sequences: [3] }]);
		answers[1]?.resolve();
		await Promise.all(running);
		report(4);
		expect(told).toHaveLength(3);
	});

	it("logs what fails, and goes on with the next", async () => {
		const { report, told, answers, faults, running } = shardsInHand();
		report(1);
		report(2);
		answers[0]?.reject(new Error("Network connection lost."));
		await scheduler.wait(0);
		expect(faults).toEqual(["metrics-not-reported"]);
		answers[1]?.resolve();
		await Promise.all(running);
		expect(told.map(({ sequences }) => sequences)).toEqual([[1], [2]]);
	});

	it("without shards does nothing", () => {
		const running: unknown[] = [];
		const reporter = createMetricReporter({
			shards: undefined,
			waitUntil: (promise) => void running.push(promise),
			logFault: () => {},
		});
		expect(reporter.isOn).toBe(false);
		reporter.report("acme", { source: "tenant/acme", since: 1, sequence: 1, counters: {} });
		expect(running).toEqual([]);
	});
});
