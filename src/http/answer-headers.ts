import type { CascadeFacts } from "../core/cascade-facts.ts";
import type { CallRecord, TrailEntry } from "../core/trail.ts";

/** Ten decimals hold a ten-billionth of a dollar: far less than one token costs. */
const USD_DECIMALS = 10;
const CONFIDENCE_DECIMALS = 6;

/** The facts that fit in headers; the `cascade` object has them all. Absent: not known, or there is none. */
export function answerHeaders(facts: CascadeFacts): Record<string, string> {
	const headers: Record<string, string> = {
		"x-cascade-stage": facts.stage,
		"x-cascade-model": facts.model,
		"x-cascade-reason": facts.reason,
	};
	if (facts.confidence !== null) headers["x-cascade-confidence"] = decimal(facts.confidence, CONFIDENCE_DECIMALS);
	if (facts.threshold !== null) {
		headers["x-cascade-threshold"] = decimal(facts.threshold, CONFIDENCE_DECIMALS);
		headers["x-cascade-threshold-source"] = facts.thresholdSource ?? "manual";
	}
	Object.assign(headers, costHeaders(facts));
	if (facts.calls.length > 0) headers["server-timing"] = serverTiming(facts.calls);
	return headers;
}

/** What a request cost and saved in US dollars; absent where that is not known. */
export function costHeaders({ costUsd, savedUsd }: Pick<CascadeFacts, "costUsd" | "savedUsd">): Record<string, string> {
	const headers: Record<string, string> = {};
	if (costUsd !== null) headers["x-cascade-cost-usd"] = decimal(costUsd, USD_DECIMALS);
	if (savedUsd !== null) headers["x-cascade-saved-usd"] = decimal(savedUsd, USD_DECIMALS);
	return headers;
}

/** The facts of a failed request: which stages were tried, and how long they took. */
export function failureHeaders(trail: readonly TrailEntry[], calls: readonly CallRecord[]): Record<string, string> {
	const headers: Record<string, string> = {};
	const last = trail.at(-1);
	if (last !== undefined) headers["x-cascade-reason"] = last.reason;
	if (calls.length > 0) headers["server-timing"] = serverTiming(calls);
	return headers;
}

/** `server-timing` (W3C): one entry a stage, its calls from the first's beginning to the longest's end. */
function serverTiming(calls: readonly CallRecord[]): string {
	const longest = new Map<string, number>();
	for (const { stage, purpose, ms } of calls) {
		// Samples run beside the answer; a verdict comes after it.
		const before = longest.get(stage) ?? 0;
		longest.set(stage, purpose === "verify" ? before + ms : Math.max(before, ms));
	}
	// A metric name is a token (RFC 9110, 5.6.2); stage names are, by the policy's rules.
	return [...longest].map(([stage, ms]) => `${stage};dur=${Math.round(ms * 10) / 10}`).join(", ");
}

/** Plain decimal notation without trailing zeros; never an exponent, never a negative zero. */
function decimal(value: number, decimals: number): string {
	const text = value.toFixed(decimals).replace(/\.?0+$/u, "");
	return text === "-0" ? "0" : text;
}
