import type { UsageReport, UsageRow } from "../../core/ledger/usage.ts";
import { showCount, showDuration, showMoment, showShare, showUsd } from "./show-values.ts";
import { textTable, type Column } from "./text-table.ts";

/** What several rows come to. Percentiles of parts do not make those of the whole, so there are none. */
export interface UsageTotals {
	readonly requests: number;
	/** Answered by a stage before the last that was sure enough. */
	readonly accepted: number;
	/** Without a decision: embeddings, which have nothing to cascade. */
	readonly undecided: number;
	readonly failed: number;
	readonly costUsd: number;
	readonly savedUsd: number;
	/** Requests that are not in `costUsd`. */
	readonly unknownCost: number;
	/** Requests that are not in `savedUsd`. */
	readonly unknownSaved: number;
	/** Requests whose cost is the most that is likely, and not what an upstream reported. */
	readonly estimatedCost: number;
	readonly inputTokens: number;
	readonly outputTokens: number;
}

/** The rows' sums. */
export function totalsOf(rows: readonly UsageRow[]): UsageTotals {
	const sum = (of: (row: UsageRow) => number) => rows.reduce((total, row) => total + of(row), 0);
	return {
		requests: sum(({ requests }) => requests),
		accepted: sum(({ reasons }) => reasons["accepted"] ?? 0),
		undecided: sum(({ reasons }) => reasons["none"] ?? 0),
		failed: sum(({ outcomes }) => outcomes["failed"] ?? 0),
		costUsd: sum(({ cost }) => cost.usd),
		savedUsd: sum(({ saved }) => saved.usd),
		unknownCost: sum(({ cost }) => cost.unknown),
		unknownSaved: sum(({ saved }) => saved.unknown),
		estimatedCost: sum(({ cost }) => cost.estimated),
		inputTokens: sum(({ inputTokens }) => inputTokens),
		outputTokens: sum(({ outputTokens }) => outputTokens),
	};
}

/** The share of requests that no small model's answer was good enough for: 1 − coverage, as the glossary has it. */
export function escalationShare({ requests, accepted, undecided }: UsageTotals): string {
	const decided = requests - undecided;
	return showShare(decided - accepted, decided);
}

const right = (heading: string): Column => ({ heading, right: true });
const COLUMNS: readonly Column[] = [
	{ heading: "from" },
	{ heading: "cascade" },
	...["revision", "requests", "failed", "escalated", "cost", "saved", "tokens in", "out", "p50", "p95"].map(right),
];

/** A table of the rows, by time, then their totals. */
export function describeUsage({ rows, by }: UsageReport): string {
	if (rows.length === 0) return "No requests in that time.\n";
	const sorted = rows.toSorted(
		(one, other) =>
			one.start - other.start || one.cascade.localeCompare(other.cascade) || one.policyRevision - other.policyRevision,
	);
	const lines = sorted.map((row) => [
		showMoment(row.start).slice(0, by === "day" ? 10 : 16),
		row.cascade,
		String(row.policyRevision),
		...figuresOf(totalsOf([row])),
		showDuration(row.latency.p50),
		showDuration(row.latency.p95),
	]);
	const totals = totalsOf(rows);
	return textTable(COLUMNS, [...lines, ["total", "", "", ...figuresOf(totals)]]) + remarks(totals);
}

function figuresOf(totals: UsageTotals): string[] {
	return [
		showCount(totals.requests),
		showCount(totals.failed),
		escalationShare(totals),
		showUsd(totals.costUsd),
		showUsd(totals.savedUsd),
		showCount(totals.inputTokens),
		showCount(totals.outputTokens),
	];
}

function remarks({ costUsd, savedUsd, unknownCost, estimatedCost }: UsageTotals): string {
	const always = costUsd + savedUsd;
	const lines = [
		...(always > 0
			? [`Saved ${showShare(savedUsd, always)} of what always asking the last stage would have cost.`]
			: []),
		...(unknownCost > 0 ? [`The cost of ${showCount(unknownCost)} requests is not known, and in no sum.`] : []),
		...(estimatedCost > 0 ? [`The cost of ${showCount(estimatedCost)} requests is an upper estimate.`] : []),
	];
	return lines.map((line) => `${line}\n`).join("");
}
