import { formatTable, percent } from "../mail-job/table.ts";
import type { QueueSettings } from "./queue-settings.ts";
import { simulateAlarm, type AlarmPlan } from "./simulation/alarm-spread.ts";
import { simulateBudget } from "./simulation/budget.ts";
import { largerSteps } from "./simulation/larger-steps.ts";
import { simulateLoad, type LoadPlan } from "./simulation/ledger-load.ts";
import { simulatePolicy } from "./simulation/policy-spread.ts";

/** Which run of all. */
interface Run {
	readonly seed: number;
	/** Of the simulated time. */
	readonly share: number;
}

const one = (value: number) => value.toFixed(1);
const whole = (value: number) => Math.round(value).toLocaleString("en");

/** What all runs of the queue and its ledgers have in common: ten thousand tenants, one of them hot. */
export function loadPlan(
	queue: QueueSettings,
	seed: number,
): Omit<LoadPlan, "hotPerSecond" | "shards" | "times" | "seconds"> {
	return {
		seed,
		others: { count: 9_999, exponent: 1, perSecond: 500 },
		isolates: { most: 200, perSecond: 5 },
		accepted: 0.7,
		audited: 0.05,
		queue,
		transitMs: 1_000,
	};
}

/** An object's time: for a call, and for an observation where the machine was quiet, or shared with much other work. */
const TIMES = {
	quiet: { callMs: 2, itemMs: 0.026, wayMs: 25 },
	loaded: { callMs: 2, itemMs: 0.12, wayMs: 25 },
} as const;

/** A hot tenant by its load, the ledgers that it is divided over, and what an observation takes. */
export function loadTable(queue: QueueSettings, { seed, share }: Run): string {
	const cases = [
		[1_000, 1, "quiet"],
		[1_000, 1, "loaded"],
		[5_000, 1, "quiet"],
		[5_000, 1, "loaded"],
		[5_000, 2, "loaded"],
		[5_000, 4, "loaded"],
		[5_000, 8, "loaded"],
		[10_000, 1, "quiet"],
		[10_000, 1, "loaded"],
		[10_000, 2, "loaded"],
		[10_000, 8, "loaded"],
	] as const;
	return formatTable([
		[
			"requests/s",
			"ledgers",
			"µs each",
			"messages/s",
			"busiest object",
			"calls/s to it",
			"longest wait there, ms",
			"counted after, s: p50 / p99 / longest",
			"others: p50 / p99 / longest",
			"refused, lost, again",
		],
		...cases.map(([hotPerSecond, shards, times]) => {
			const result = simulateLoad({
				...loadPlan(queue, seed),
				hotPerSecond,
				shards,
				times: TIMES[times],
				seconds: 30 * share,
			});
			const { hot, hotDelay, otherDelay, messages, again } = result;
			return [
				whole(hotPerSecond),
				String(shards),
				whole(TIMES[times].itemMs * 1_000),
				whole(messages.perSecond),
				percent(hot.utilisation),
				one(hot.callsPerSecond),
				whole(hot.longestWaitMs),
				[hotDelay.median, hotDelay.p99, hotDelay.longest].map(one).join(" / "),
				[otherDelay.median, otherDelay.p99, otherDelay.longest].map(one).join(" / "),
				[messages.refused, messages.lost, again].map(whole).join(", "),
			];
		}),
	]);
}

/** What others feel of a hot tenant whose ledgers answer nobody for half a minute. */
export function silenceTable(queue: QueueSettings, { seed, share }: Run): string {
	return formatTable([
		[
			"requests/s of all",
			"messages/s",
			"batches/s",
			"most consumers",
			"hot tenant: p50 / p99, s",
			"others: p50 / p99 / longest, s",
			"counted",
		],
		...[100, 500, 1_000, 2_000, 4_000].map((perSecond) => {
			const base = loadPlan(queue, seed);
			const result = simulateLoad({
				...base,
				others: { ...base.others, perSecond: perSecond / 2 },
				hotPerSecond: perSecond / 2,
				shards: 1,
				times: TIMES.quiet,
				seconds: 60 * share,
				silence: { from: 15 * share, to: 45 * share },
			});
			const { hotDelay, otherDelay, messages, items } = result;
			return [
				whole(perSecond),
				whole(messages.perSecond),
				one(result.batchesPerSecond),
				whole(result.mostConsumers),
				[hotDelay.median, hotDelay.p99].map(one).join(" / "),
				[otherDelay.median, otherDelay.p99, otherDelay.longest].map(one).join(" / "),
				`${whole(items.counted)} of ${whole(items.made)}`,
			];
		}),
	]);
}

/** How long an isolate may go on by a certificate that its ledger has withdrawn. */
export async function alarmTable({ seed, share }: Run): Promise<string> {
	const isolates = Math.ceil(200 * share);
	const cases: readonly (readonly [string, Pick<AlarmPlan, "perSecond" | "hears" | "isNew">])[] = [
		["ledger answers, 10 requests a second in an isolate", { perSecond: 10, hears: "ledger" }],
		["… 1 a second", { perSecond: 1, hears: "ledger" }],
		["… 1 in ten seconds", { perSecond: 0.1, hears: "ledger" }],
		["… 1 a minute", { perSecond: 1 / 60, hears: "ledger" }],
		["ledger silent, KV alone, 1 a second", { perSecond: 1, hears: "kv-alone" }],
		["ledger silent, KV has nothing new, 1 a second", { perSecond: 1, hears: "neither" }],
		["isolates that begin after the alarm, 1 a second", { perSecond: 1, hears: "ledger", isNew: true }],
	];
	const rows: string[][] = [];
	for (const [name, plan] of cases) {
		// Ten times fewer isolates where each has ten times the requests.
		const result = await simulateAlarm({
			...plan,
			seed,
			locations: 20,
			isolates: plan.perSecond > 1 ? Math.ceil(isolates / 10) : isolates,
		});
		rows.push([name, one(result.median), one(result.p99), one(result.last), percent(result.staleShare)]);
	}
	return formatTable([
		["an alarm", "last accepted by it, s: median isolate", "p99", "last", "of ten minutes' requests"],
		...rows,
	]);
}

/** How long a policy takes to be seen. */
export async function policyTable({ seed, share }: Run): Promise<string> {
	const rows: string[][] = [];
	for (const [name, perSecond] of [
		["1 request a second in an isolate", 1],
		["1 in ten seconds", 0.1],
		["1 a minute", 1 / 60],
	] as const) {
		const result = await simulatePolicy({ seed, perSecond, locations: 20, isolates: Math.ceil(400 * share) });
		rows.push([name, one(result.median), one(result.p99), one(result.last)]);
	}
	return formatTable([["a new policy", "last request by the old, s: median isolate", "p99", "last"], ...rows]);
}

/** How a day's budget holds, lent to more and more isolates. */
export async function budgetTable({ seed, share }: Run): Promise<string> {
	const rows: string[][] = [];
	for (const [name, plan] of [
		["5 isolates", { isolates: 5 }],
		["20", { isolates: 20 }],
		["20, of which 5 are gone half way", { isolates: 20, lost: 0.25 }],
		["50", { isolates: 50 }],
		["100", { isolates: 100 }],
		["200", { isolates: 200 }],
		["200, lent forty times as much", { isolates: 200, lend: largerSteps }],
		["20, lent forty times as much", { isolates: 20, lend: largerSteps }],
	] as const) {
		const result = await simulateBudget({
			...plan,
			seed,
			requestsPerSecond: 200,
			// Spent after about 80 s.
			usdPerDay: 10 * share,
			worstUsd: 0.001,
			meanShare: 0.6,
			seconds: 120 * share,
		});
		rows.push([
			name,
			percent(result.spent),
			percent(result.counted),
			result.spentAtFirstRefusal === null ? "none" : percent(result.spentAtFirstRefusal),
			percent(result.refusedEarly),
			one(result.ledgerCallsPerSecond),
		]);
	}
	return formatTable([
		[
			"a budget lent to",
			"spent",
			"counted",
			"spent at the first refusal",
			"refused before 90% was spent",
			"ledger calls/s",
		],
		...rows,
	]);
}
