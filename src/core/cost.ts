import type { TokenUsage } from "./completion.ts";
import type { CallRecord } from "./trail.ts";

/** What a stage's tokens cost. */
export type Price =
	/** As providers publish it. */
	| { readonly inputUsdPerMillion: number; readonly outputUsdPerMillion: number }
	/**
	 * As a rented GPU costs it: dollars an hour over the tokens it serves in an hour. Use the throughput
	 * measured at your own load; an idle GPU costs more a token than a busy one.
	 */
	| { readonly usdPerGpuHour: number; readonly inputTokensPerSecond: number; readonly outputTokensPerSecond: number };

const SECONDS_PER_HOUR = 3600;
const TOKENS_PER_MILLION = 1e6;

/**
 * US dollars of one call: tokens x price; for a GPU hour, the share of the hour that these tokens take at the
 * stated throughput.
 */
export function costOfUsage(price: Price, usage: TokenUsage): number {
	if ("usdPerGpuHour" in price) {
		const seconds = usage.inputTokens / price.inputTokensPerSecond + usage.outputTokens / price.outputTokensPerSecond;
		return (price.usdPerGpuHour * seconds) / SECONDS_PER_HOUR;
	}
	return (
		(usage.inputTokens * price.inputUsdPerMillion + usage.outputTokens * price.outputUsdPerMillion) / TOKENS_PER_MILLION
	);
}

/** Sum over every call made; null as soon as one is unknown, so that a total is never too small. */
export function totalCost(calls: readonly CallRecord[]): number | null {
	let total = 0;
	for (const call of calls) {
		if (call.costUsd === null) return null;
		total += call.costUsd;
	}
	return total;
}

/**
 * US dollars saved against always asking the last stage; negative where a rejected draft was paid for nothing.
 *
 * Where the last stage answered, its own call is what it would have cost. Where it was not asked, the served
 * answer's tokens stand in for those it would have used: the same prompt and an answer of the same length.
 * Where it was asked and failed there was no dearer answer to save on: the saving is what was spent, negative.
 */
export function savedAgainstLastStage(input: {
	readonly calls: readonly CallRecord[];
	readonly lastStage: string;
	readonly lastPrice: Price;
	readonly served: { readonly stage: string; readonly usage: TokenUsage | null };
}): number | null {
	const spent = totalCost(input.calls);
	if (spent === null) return null;
	const lastCalls = input.calls.filter((call) => call.stage === input.lastStage);
	if (lastCalls.length > 0) return (totalCost(lastCalls) ?? 0) - spent;
	if (input.served.usage === null) return null;
	return costOfUsage(input.lastPrice, input.served.usage) - spent;
}
