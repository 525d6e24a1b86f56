import { formatTable, percent, sum, type Table } from "../mail-job/table.ts";
import { MOST_GROWTH, quantile } from "./memory.ts";
import type { SoakResult } from "./run-soak.ts";
import { BUDGET_USD, GUARANTEED } from "./tenants.ts";
import type { Violation } from "./tally.ts";
import { WATCHED } from "./watch-memory.ts";

const whole = (value: number) => Math.round(value).toLocaleString("en");
const one = (value: number) => value.toFixed(1);
const secondsOr = (value: number | null) => (value === null ? "NOT WITHIN THE LIMIT" : `${one(value)} s`);

/** The figures of a soak, in Markdown whose tables also read in a terminal. */
export function soakReport(result: SoakResult): string {
	return [
		verdict(result),
		heading("Requests"),
		formatTable(requestRows(result)),
		heading("Faults injected"),
		faultText(result),
		formatTable(faultRows(result)),
		heading("Failed answers, by what explains them"),
		formatTable([["because of", "answers"], ...countRows(result.explained)]),
		heading("Memory and queue"),
		memoryText(result),
		heading("Ledgers"),
		ledgerText(result),
		formatTable(ledgerRows(result)),
		evidenceText(result),
		...(result.faults.size === 0
			? ["The Worker logged no fault of its own stores, queue or ledgers."]
			: ["Faults of its own that the Worker logged:", formatTable([["fault", "times"], ...countRows(result.faults)])]),
	].join("\n\n");
}

/** The first violations of each kind, whole. */
export function violationReport(violations: readonly Violation[], mostOfKind = 3): string {
	const shown = Object.values(Object.groupBy(violations, ({ what }) => what.split(":")[0] ?? "")).flatMap(
		(alike = []) => alike.slice(0, mostOfKind),
	);
	return shown
		.map((violation, index) => `${index + 1}. ${violation.what}\n${JSON.stringify(violation, undefined, 2)}\n`)
		.join("\n");
}

function verdict({ violations, tally, seconds, perSecond, cores }: SoakResult): string {
	const { sent, replayed } = tally.totals;
	const found = violations.length === 0 ? "No violation" : `**${whole(violations.length)} VIOLATIONS**`;
	return `${found} in ${whole(sent)} requests (${whole(replayed)} of them answered again from an idempotency key's record), ${whole(perSecond)} a second
over ${whole(seconds)} s. The process that answers took ${cores.answering.toFixed(2)} cores meanwhile, the one that stores ${cores.storing.toFixed(2)}, the clients ${cores.clients.toFixed(2)} and the far side ${cores.farSide.toFixed(2)}.`;
}

function requestRows({ tally }: SoakResult): Table {
	const rows = [...tally.kinds].toSorted().map(([kind, { outcomes, times }]) => {
		const { answered, failed, left, lost } = outcomes;
		return [
			kind,
			...[answered, failed, left, lost].map(whole),
			whole(quantile(times, 0.5)),
			whole(quantile(times, 0.99)),
		];
	});
	return [["endpoint", "answered", "failed as expected", "client left", "lost", "p50 ms", "p99 ms"], ...rows];
}

function faultText({ farSide }: SoakResult): string {
	const { outage = 0, ...injected } = farSide.faultsBy;
	const calls = sum(Object.values(farSide.callsBy));
	const faults = sum(Object.values(injected));
	return `${whole(faults)} of ${whole(calls)} calls, ${percent(faults / calls)}, and ${whole(outage)} more to an origin that was down for some seconds of each minute.`;
}

function faultRows({ farSide }: SoakResult): Table {
	return [["fault", "calls"], ...countRows(new Map(Object.entries(farSide.faultsBy)))];
}

function memoryText({ memory, stored, queue, closedSeconds, ledgers }: SoakResult): string {
	const rest = `At most ${whole(queue.mostQueued)} records were written and not yet counted, which is ${one(queue.seconds)} s of traffic; after the last answer the
queue was empty after ${secondsOr(ledgers.drainSeconds)}. With the far side well again no stage failed or was passed over any more after ${secondsOr(closedSeconds)}, breakers closed.`;
	const rows = WATCHED.map((name) => {
		const trend = memory[name];
		if (trend === null) return [name, "too few samples"];
		const { quarters, growth, slope } = trend;
		const interval = [slope.lower, slope.upper].map((bound) => bound.toFixed(2)).join(" to ");
		return [name, ...quarters.map(one), percent(growth), slope.estimate.toFixed(2), interval];
	});
	return `${formatTable([["MB", "1st quarter, median", "2nd", "3rd", "4th", "4th over 2nd", "slope, MB a minute", "95% interval"], ...rows])}

The two Workers run in a process each. The inference Worker answers; the control Worker has the Durable Objects, KV and the queue, and takes what comes from the queue.
Resident is all that a process has, live heap what the Worker's own isolate has. Every five seconds a garbage collection is asked of all
isolates, and both are read after it. Growth of up to ${percent(MOST_GROWTH)} from the second quarter to the last is allowed of what answers, and of the live heap of
what stores, in a run of four minutes or more. Slopes are of what follows the first quarter. What the storing process has resident is shown
and not judged: the local runtime keeps each database that was used in the last ten seconds open, one of them for each idempotency key, and
pages of it in memory. There were ${one(stored.mb)} MB in ${whole(stored.databases)} SQLite databases in the end.

${rest}`;
}

function ledgerText({ ledgers }: SoakResult): string {
	const thrifty = ledgers.rows.find(({ tenant }) => tenant === "thrifty");
	return `Texts, of which a batch has several. *Answered or failed* is what the clients know; a client that left before it knew its request's id may be on
record or not. The tenant \`thrifty\` may spend $${BUDGET_USD} and has spent $${(thrifty?.usd ?? 0).toFixed(4)}.`;
}

function ledgerRows({ ledgers }: SoakResult): Table {
	const rows = ledgers.rows.map(({ tenant, least, most, left, logged, counted }) => [
		tenant,
		least === most ? whole(least) : `${whole(least)} to ${whole(most)}`,
		whole(left),
		whole(logged),
		whole(counted),
		logged === counted ? "yes" : "NO",
	]);
	return [["tenant", "answered or failed", "left", "records in the log", "counted by the ledger", "equal"], ...rows];
}

function evidenceText({ ledgers }: SoakResult): string {
	const { requests, accepted, escalated, gated, drawn, labelled, wrong, unobserved, late, failed } = ledgers.evidence;
	const inForce = ledgers.threshold === null ? "nothing certified" : `the threshold ${ledgers.threshold} certified`;
	return `The ledger of evidence of \`${GUARANTEED.tenant}/${GUARANTEED.cascade}\` has ${whole(requests)} entries for ${whole(ledgers.judged)} judged requests: ${whole(accepted)} accepted,
${whole(escalated)} escalated, ${whole(gated)} gated. ${whole(drawn)} were drawn for an audit, and ${whole(labelled)} have been labelled, ${whole(wrong)} of them wrong (a last stage
that fails on purpose is); of ${whole(unobserved)} no label could be had, ${whole(late)} came late, ${whole(failed)} audits failed. In the end there is ${inForce}.`;
}

function heading(text: string): string {
	return `## ${text}`;
}

function countRows(counts: ReadonlyMap<string, number>): string[][] {
	return [...counts].toSorted(([, some], [, others]) => others - some).map(([name, count]) => [name, whole(count)]);
}
