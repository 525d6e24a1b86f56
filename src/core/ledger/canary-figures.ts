import type { JsonObject } from "../json.ts";
import type { UsageRow } from "./usage.ts";
import { usageRow, type UsageTotals } from "./usage-totals.ts";
import { proportion, type Proportion } from "./wilson-interval.ts";

/** The usage of one cascade at one policy revision while a canary runs. */
export interface CanaryRow extends Omit<UsageRow, "start"> {
	/** Coverage: requests answered by a stage before the last that was sure enough, of those that were decided at all. */
	readonly acceptance: Proportion;
	/** Requests that ended without an answer, of all; clients that left are no failures. */
	readonly failure: Proportion;
}

/** A canary's figures beside those of the policy that it is tried against. */
export interface CanaryFigures {
	/**
	 * Milliseconds since the Unix epoch: every request that arrived then or later counts, and none before. The canary's
	 * own beginning, unless it began before its ledger could count apart.
	 */
	readonly since: number;
	/** The policy's current revision. */
	readonly current: number | null;
	/**
	 * Every other revision that served since, by cascade, then revision. One that is not `current` was replaced while the
	 * canary ran, or was still in an isolate's cache: up to a minute and a half after a change.
	 */
	readonly base: readonly CanaryRow[];
	/**
	 * What fell to the canary's share, by cascade. Requests on its revision that did not are on neither side: the revision was
	 * the current one before, and still was to the isolate that served them.
	 */
	readonly canary: readonly CanaryRow[];
}

/** Totals of one cascade at one revision. */
export interface RevisionTotals {
	readonly revision: number;
	readonly cascade: string;
	readonly totals: UsageTotals;
}

/**
 * Puts totals on the side that they belong to. `rows` has each cascade and revision once, and of the canary's revision
 * what fell to its share alone.
 */
export function canaryFigures(
	{ since, current, revision }: { readonly since: number; readonly current: number | null; readonly revision: number },
	rows: readonly RevisionTotals[],
): CanaryFigures {
	const sorted = rows.toSorted(byCascade);
	return {
		since,
		current,
		base: sorted.filter((row) => row.revision !== revision).map(canaryRow),
		canary: sorted.filter((row) => row.revision === revision).map(canaryRow),
	};
}

function canaryRow({ cascade, revision, totals }: RevisionTotals): CanaryRow {
	const { start: _start, ...row } = usageRow({ start: 0, cascade, policyRevision: revision }, totals);
	const { requests, reasons, outcomes } = row;
	return {
		...row,
		acceptance: proportion(reasons["accepted"] ?? 0, requests - (reasons["none"] ?? 0)),
		failure: proportion(outcomes["failed"] ?? 0, requests),
	};
}

function byCascade(left: RevisionTotals, right: RevisionTotals): number {
	if (left.cascade !== right.cascade) return left.cascade < right.cascade ? -1 : 1;
	return left.revision - right.revision;
}

/** Rows of each side that an entry of the audit trail keeps. */
const MOST_ROWS = 16;

/**
 * What the audit trail keeps of figures: of each side the 16 rows with the most requests, a few numbers of each, some 8
 * KB at most; `leftOut` says how many rows are not there.
 */
export function figuresOnTrail({ since, base, canary }: CanaryFigures): JsonObject {
	const kept = (rows: readonly CanaryRow[]) =>
		rows
			.toSorted((left, right) => right.requests - left.requests)
			.slice(0, MOST_ROWS)
			.map(trailRow);
	const leftOut = Math.max(0, base.length - MOST_ROWS) + Math.max(0, canary.length - MOST_ROWS);
	return { since, base: kept(base), canary: kept(canary), ...(leftOut > 0 ? { leftOut } : {}) };
}

function trailRow({ cascade, policyRevision, requests, acceptance, failure, cost, saved, latency }: CanaryRow) {
	return {
		cascade,
		policyRevision,
		requests,
		accepted: acceptance.count,
		decided: acceptance.of,
		failed: failure.count,
		costUsd: cost.usd,
		unknownCost: cost.unknown,
		savedUsd: saved.usd,
		unknownSaved: saved.unknown,
		p50: latency.p50,
		p95: latency.p95,
	};
}
