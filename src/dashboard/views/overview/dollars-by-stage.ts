import type { RecentRequest } from "../../api/recorded-types.ts";

/** What each stage costs a request that asks it, in US dollars: the mean over requests whose costs are known. */
export function dollarsByStage(requests: readonly RecentRequest[]): Readonly<Record<string, number | undefined>> {
	const sums = new Map<string, { usd: number; requests: number }>();
	for (const { calls } of requests) {
		for (const [stage, own] of Map.groupBy(calls, (call) => call.stage)) {
			if (own.some(({ costUsd }) => costUsd === null)) continue;
			const sum = sums.get(stage) ?? { usd: 0, requests: 0 };
			sum.usd += own.reduce((total, { costUsd }) => total + (costUsd ?? 0), 0);
			sum.requests += 1;
			sums.set(stage, sum);
		}
	}
	return Object.fromEntries([...sums].map(([stage, { usd, requests }]) => [stage, usd / requests]));
}
