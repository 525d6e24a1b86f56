import type { Observation } from "../observation.ts";
import type { AuditCost } from "./audit-cost.ts";
import { countsByName, type Counts } from "./counts.ts";
import { latencyDigest, latencyQuantiles, type LatencyDigest } from "./latency-digest.ts";
import { createStageUsageSum, stageRow, stageUsageOf, type StageUsage } from "./stage-usage.ts";
import type { UsageRow } from "./usage.ts";

/**
 * The usage of a set of observations. Only whole numbers, so that sums do not depend on their order and grouping: money
 * is in nano-dollars (10^-9 US dollars), which are exact up to 9 million dollars. Plain JSON, as the ledger stores it.
 */
export interface UsageTotals extends StageUsage {
	readonly requests: number;
	readonly outcomes: Counts;
	readonly stages: Counts;
	readonly reasons: Counts;
	/** `unknown` requests are not in the sum; `estimated` ones are, as far as their cost is known. */
	readonly cost: { readonly nanoUsd: number; readonly unknown: number; readonly estimated: number };
	/** May be negative. Net of the audits' cost, as far as that is known. */
	readonly saved: { readonly nanoUsd: number; readonly unknown: number };
	/** Absent where there was none, as in totals that were stored before there were audits. */
	readonly audits?: { readonly count: number; readonly nanoUsd: number; readonly unknown: number } | undefined;
	readonly inputTokens: number;
	readonly outputTokens: number;
	readonly latency: LatencyDigest;
}

/** What stands in place of a name where there is none. */
const NONE = "none";

const NANO = 1e9;

/**
 * What one observation adds. Its cost and its saving are rounded to the nearest nano-dollar each, so a sum is off by
 * at most half a nano-dollar a request: a twentieth of a cent in a million requests. Tokens are those of every call
 * that reported them.
 */
export function usageOf(observation: Observation): UsageTotals {
	const { outcome, stage, reason, calls, costUsd, savedUsd, durationMs } = observation;
	const usages = calls.flatMap(({ usage }) => (usage === null ? [] : [usage]));
	const isEstimated = costUsd !== null && calls.some(({ estimated }) => estimated === true);
	return {
		requests: 1,
		outcomes: { [outcome]: 1 },
		stages: { [stage ?? NONE]: 1 },
		reasons: { [reason ?? NONE]: 1 },
		cost: { nanoUsd: nanoUsd(costUsd ?? 0), unknown: costUsd === null ? 1 : 0, estimated: isEstimated ? 1 : 0 },
		saved: { nanoUsd: nanoUsd(savedUsd ?? 0), unknown: savedUsd === null ? 1 : 0 },
		inputTokens: usages.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
		outputTokens: usages.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
		latency: latencyDigest(durationMs),
		...stageUsageOf(observation),
	};
}

/** What one audit adds: no request, its cost, and as much less saved. */
export function usageOfAudit({ costUsd }: Pick<AuditCost, "costUsd">): UsageTotals {
	const cost = nanoUsd(costUsd ?? 0);
	return {
		requests: 0,
		outcomes: {},
		stages: {},
		reasons: {},
		cost: { nanoUsd: 0, unknown: 0, estimated: 0 },
		saved: { nanoUsd: 0 - cost, unknown: 0 },
		audits: { count: 1, nanoUsd: cost, unknown: costUsd === null ? 1 : 0 },
		inputTokens: 0,
		outputTokens: 0,
		latency: {},
	};
}

/** The usage of a union of disjoint sets; of none, all zero. */
export function sumUsage(parts: Iterable<UsageTotals>): UsageTotals {
	const sum = createUsageSum();
	for (const part of parts) sum.add(part);
	return sum.totals();
}

/** A sum in the making, for more parts than should be held at once. */
export interface UsageSum {
	readonly add: (part: UsageTotals) => void;
	readonly totals: () => UsageTotals;
}

/** A sum of nothing yet. */
export function createUsageSum(): UsageSum {
	const counts = { outcomes: countsByName(), stages: countsByName(), reasons: countsByName(), latency: countsByName() };
	const cost = { nanoUsd: 0, unknown: 0, estimated: 0 };
	const saved = { nanoUsd: 0, unknown: 0 };
	const audits = { count: 0, nanoUsd: 0, unknown: 0 };
	const plain = { requests: 0, inputTokens: 0, outputTokens: 0 };
	const stages = createStageUsageSum();
	return {
		add(part) {
			plain.requests += part.requests;
			plain.inputTokens += part.inputTokens;
			plain.outputTokens += part.outputTokens;
			cost.nanoUsd += part.cost.nanoUsd;
			cost.unknown += part.cost.unknown;
			cost.estimated += part.cost.estimated;
			saved.nanoUsd += part.saved.nanoUsd;
			saved.unknown += part.saved.unknown;
			audits.count += part.audits?.count ?? 0;
			audits.nanoUsd += part.audits?.nanoUsd ?? 0;
			audits.unknown += part.audits?.unknown ?? 0;
			counts.outcomes.add(part.outcomes);
			counts.stages.add(part.stages);
			counts.reasons.add(part.reasons);
			counts.latency.add(part.latency);
			stages.add(part);
		},
		totals: () => ({
			...plain,
			cost: { ...cost },
			saved: { ...saved },
			...(audits.count === 0 ? {} : { audits: { ...audits } }),
			outcomes: counts.outcomes.read(),
			stages: counts.stages.read(),
			reasons: counts.reasons.read(),
			latency: counts.latency.read(),
			...stages.totals(),
		}),
	};
}

/** Totals as they are reported: dollars, and quantiles in place of the digest, to four significant digits. */
export function usageRow(key: Pick<UsageRow, "start" | "cascade" | "policyRevision">, totals: UsageTotals): UsageRow {
	const { cost, saved, audits = { count: 0, nanoUsd: 0, unknown: 0 }, latency, ...rest } = totals;
	const { confidence, stageLatency, firstToken, ...plain } = rest;
	return {
		...key,
		...plain,
		cost: { usd: cost.nanoUsd / NANO, unknown: cost.unknown, estimated: cost.estimated },
		saved: { usd: saved.nanoUsd / NANO, unknown: saved.unknown },
		audits: { count: audits.count, usd: audits.nanoUsd / NANO, unknown: audits.unknown },
		latency: latencyQuantiles(latency),
		...stageRow({ confidence, stageLatency, firstToken }),
	};
}

/** Half a nano-dollar is rounded up. Adding 0 makes of minus zero, which JSON would not keep, zero. */
function nanoUsd(usd: number): number {
	return Math.round(usd * NANO) + 0;
}
