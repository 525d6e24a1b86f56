import type { ConfidenceBins, Quantiles, UsageRow } from "../api/recorded-types.ts";

type Counts = Readonly<Record<string, number>>;

/** The usage of several rows together. */
export interface UsageSum {
	readonly requests: number;
	readonly outcomes: Counts;
	readonly stages: Counts;
	readonly reasons: Counts;
	/** US dollars of calls, of audits, and saved net of audits; and how many requests' are unknown. */
	readonly costUsd: number;
	readonly costUnknown: number;
	readonly auditUsd: number;
	readonly audits: number;
	readonly savedUsd: number;
	/** What always asking the last stage would have cost: spent, audits and saved together. */
	readonly alwaysLastUsd: number;
	readonly inputTokens: number;
	readonly outputTokens: number;
	/** Milliseconds; means of the rows' values weighted by their requests, exact only of one row. Null: none were recorded. */
	readonly latency: Quantiles | null;
	readonly stageLatency: Readonly<Record<string, Quantiles>>;
	readonly firstToken: Quantiles | null;
	readonly confidence: Readonly<Record<string, ConfidenceBins>>;
}

/** Adds rows up; of none everything is zero. */
export function sumUsage(rows: readonly UsageRow[]): UsageSum {
	const sum = (of: (row: UsageRow) => number) => rows.reduce((total, row) => total + of(row), 0);
	const costUsd = sum(({ cost }) => cost.usd);
	const auditUsd = sum(({ audits }) => audits.usd);
	const savedUsd = sum(({ saved }) => saved.usd);
	const stageNames = new Set(rows.flatMap(({ stageLatency = {} }) => Object.keys(stageLatency)));
	const measured = rows.filter(({ requests }) => requests > 0);
	return {
		requests: sum(({ requests }) => requests),
		outcomes: sumCounts(rows.map(({ outcomes }) => outcomes)),
		stages: sumCounts(rows.map(({ stages }) => stages)),
		reasons: sumCounts(rows.map(({ reasons }) => reasons)),
		costUsd,
		costUnknown: sum(({ cost }) => cost.unknown),
		auditUsd,
		audits: sum(({ audits }) => audits.count),
		savedUsd,
		alwaysLastUsd: costUsd + auditUsd + savedUsd,
		inputTokens: sum(({ inputTokens }) => inputTokens),
		outputTokens: sum(({ outputTokens }) => outputTokens),
		latency: meanQuantiles(measured.map(({ latency, requests }) => ({ quantiles: latency, weight: requests }))),
		stageLatency: Object.fromEntries(
			[...stageNames].flatMap((stage) => {
				const mean = meanQuantiles(
					measured.map(({ stageLatency, requests }) => ({ quantiles: stageLatency?.[stage], weight: requests })),
				);
				return mean === null ? [] : [[stage, mean]];
			}),
		),
		firstToken: meanQuantiles(
			measured.map(({ firstToken, requests }) => ({ quantiles: firstToken, weight: requests })),
		),
		confidence: sumBins(rows),
	};
}

/** The rows of each start, in the order of `starts`; of a start without rows, none. */
export function rowsByStart(rows: readonly UsageRow[], starts: readonly number[]): readonly (readonly UsageRow[])[] {
	const byStart = Map.groupBy(rows, ({ start }) => start);
	return starts.map((start) => byStart.get(start) ?? []);
}

function sumCounts(parts: readonly Counts[]): Counts {
	const sum: Record<string, number> = {};
	for (const part of parts) for (const [name, count] of Object.entries(part)) sum[name] = (sum[name] ?? 0) + count;
	return sum;
}

function meanQuantiles(
	parts: readonly { readonly quantiles: Quantiles | null | undefined; readonly weight: number }[],
): Quantiles | null {
	const known = parts.flatMap(({ quantiles, weight }) =>
		quantiles === null || quantiles === undefined ? [] : [{ quantiles, weight }],
	);
	const total = known.reduce((sum, { weight }) => sum + weight, 0);
	if (total === 0) return null;
	const mean = (of: keyof Quantiles) =>
		known.reduce((sum, { quantiles, weight }) => sum + quantiles[of] * weight, 0) / total;
	return { p50: mean("p50"), p95: mean("p95"), p99: mean("p99") };
}

function sumBins(rows: readonly UsageRow[]): Readonly<Record<string, ConfidenceBins>> {
	const sums: Record<string, { all: number[]; accepted: number[] }> = {};
	for (const { confidence = {} } of rows) {
		for (const [stage, { all, accepted }] of Object.entries(confidence)) {
			const sum = (sums[stage] ??= { all: all.map(() => 0), accepted: all.map(() => 0) });
			for (const [bin, count] of all.entries()) sum.all[bin] = (sum.all[bin] ?? 0) + count;
			for (const [bin, count] of accepted.entries()) sum.accepted[bin] = (sum.accepted[bin] ?? 0) + count;
		}
	}
	return sums;
}
