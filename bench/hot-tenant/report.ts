import { evidenceLedgerName } from "../../src/core/published-records.ts";
import type { HotTenantRuntime, ObjectMeter } from "./runtime.ts";
import { TENANT, type Simulation } from "./simulate.ts";

const DAY_SECONDS = 86_400;

interface Load {
	readonly rate: number;
	readonly seconds: number;
}

/** What was sent and what it has shown. */
export function fullReport({ counted, batches, report, exported }: Simulation, { rate, seconds }: Load): string {
	const { messages, redelivered, requests, accepted, drawn, verdicts } = counted;
	const { late, unresolved, failed } = report.counts;
	const deployed = report.candidates.findLast(({ threshold }) => threshold === report.lease.threshold);
	return [
		`${n(requests)} requests in ${seconds} s at ${n(rate)} a second: ${n(accepted)} accepted, ${n(drawn)} audits drawn, ${n(verdicts)} verdicts.`,
		`${n(messages)} messages (${(messages / seconds).toFixed(1)} a second), ${n(redelivered)} delivered twice, in ${n(batches.length)} batches (${(batches.length / seconds).toFixed(2)} a second).`,
		`In the evidence: ${n(late)} late, ${n(unresolved)} without a verdict, ${n(failed)} failed; ${exported.phases.length} phases, a table of ${exported.counts.length} lines.`,
		`Lease: ${report.lease.state}, threshold ${report.lease.threshold}, coverage ${deployed?.coverage.toFixed(3) ?? "none"}; ${riskText(report)}.`,
		"Counted exactly as sent: the table of counts, and the requests in usage.",
	].join("\n");
}

/** What the two objects took. */
export function timesReport(
	{ address, counted, leaseCalls, cpuMs }: Simulation,
	{ meters, faults, published }: Awaited<ReturnType<HotTenantRuntime["meters"]>>,
	{ rate, seconds }: Load,
): string {
	const objects = [
		["ledger of evidence", meters[evidenceLedgerName(address)]],
		["tenant's ledger", meters[TENANT]],
	] as const;
	const rows = objects.flatMap(([name, meter]) =>
		meter === undefined
			? []
			: [`| ${[name, ...cellsOf(meter, { requests: counted.requests, seconds })].join(" | ")} |`],
	);
	return [
		"| object | calls a second | ms a call, mean / longest | ms a second of traffic | µs a request | rows written a request | rows read | bytes a request | GB a day at this rate |",
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
		...rows,
		"",
		`Of the first one's calls, ${n(leaseCalls)} ask for the lease; ${published} writes to KV. The runtime's process with queue messages, consumer, both ledgers and storage: ${(cpuMs / seconds).toFixed(0)} ms of CPU a second of traffic at ${n(rate)} a second. Faults: ${JSON.stringify(faults)}.`,
	].join("\n");
}

/** The same evidence over several objects. */
export function dividedReport(
	divided: readonly { readonly ledgers: number; readonly cpuMs: number; readonly meters: readonly ObjectMeter[] }[],
	{ seconds }: Load,
): string {
	const rows = divided.map(({ ledgers, cpuMs, meters }) => {
		const ms = meters.map((meter) => meter.ms / seconds);
		const calls = meters.reduce((sum, meter) => sum + meter.calls, 0) / seconds;
		const all = ms.reduce((sum, each) => sum + each, 0);
		return `| ${ledgers} | ${calls.toFixed(2)} | ${Math.max(...ms).toFixed(1)} | ${all.toFixed(1)} | ${(cpuMs / seconds).toFixed(0)} | the same |`;
	});
	return [
		"| ledgers of evidence | calls a second | ms a second of traffic, busiest | of all | CPU of the whole runtime | sum of the tables |",
		"| ---: | ---: | ---: | ---: | ---: | --- |",
		...rows,
	].join("\n");
}

/** The same evidence on a ledger that has had its day. */
export function dayReport(
	meter: ObjectMeter,
	{
		identities,
		fillMs,
		cpuMs,
		requests,
		seconds,
	}: {
		readonly identities: number;
		readonly fillMs: number;
		readonly cpuMs: number;
		readonly requests: number;
		readonly seconds: number;
	},
): string {
	return `With ${n(identities)} identities of the day before it (${(meter.databaseBytes / 1e9).toFixed(2)} GB; filled in ${Math.round(fillMs / 1_000)} s): ${(meter.ms / seconds).toFixed(1)} ms a second of traffic, ${((1_000 * meter.ms) / requests).toFixed(1)} µs a request, longest call ${meter.longestMs.toFixed(0)} ms; CPU of the whole runtime ${(cpuMs / seconds).toFixed(0)} ms a second of traffic.`;
}

function cellsOf(
	{ calls, ms, longestMs, rowsWritten, rowsRead, databaseBytes }: ObjectMeter,
	{ requests, seconds }: { readonly requests: number; readonly seconds: number },
): string[] {
	const bytes = databaseBytes / requests;
	return [
		(calls / seconds).toFixed(2),
		`${(ms / calls).toFixed(1)} / ${longestMs.toFixed(0)}`,
		(ms / seconds).toFixed(1),
		((1_000 * ms) / requests).toFixed(1),
		(rowsWritten / requests).toFixed(3),
		(rowsRead / requests).toFixed(2),
		bytes.toFixed(1),
		((bytes * requests * DAY_SECONDS) / seconds / 1e9).toFixed(2),
	];
}

function riskText({ risk }: Simulation["report"]): string {
	if (risk === null) return "no label yet since it is in force";
	const { estimate, lower, upper, labels } = risk;
	return `risk of what is accepted ${estimate.toFixed(3)} (${lower.toFixed(3)} to ${upper.toFixed(3)}), of ${n(labels)} labels`;
}

function n(value: number): string {
	return value.toLocaleString("en");
}
