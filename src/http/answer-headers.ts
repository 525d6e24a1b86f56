import type { CascadeFacts } from "../core/cascade-facts.ts";
import type { CallRecord } from "../core/trail.ts";

/** Ten decimals hold a ten-billionth of a dollar: far less than one token costs. */
const USD_DECIMALS = 10;
const CONFIDENCE_DECIMALS = 6;

/** How long a request has taken so far, in milliseconds. */
export interface RequestTimes {
	/** Until its tenant was known. */
	readonly authMs: number;
	/** Until its headers go out. */
	readonly totalMs: number;
}

/** The facts that fit in headers; the `cascade` object has them all. Absent: not known, or there is none. */
export function answerHeaders(facts: CascadeFacts, times: RequestTimes): Record<string, string> {
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
	return Object.assign(headers, costHeaders(facts), timingHeader(times, facts));
}

/** What a request cost and saved in US dollars; absent where that is not known. */
export function costHeaders({ costUsd, savedUsd }: Pick<CascadeFacts, "costUsd" | "savedUsd">): Record<string, string> {
	const headers: Record<string, string> = {};
	if (costUsd !== null) headers["x-cascade-cost-usd"] = decimal(costUsd, USD_DECIMALS);
	if (savedUsd !== null) headers["x-cascade-saved-usd"] = decimal(savedUsd, USD_DECIMALS);
	return headers;
}

/** The facts of a failed request: which stages were tried, and how long they took. */
export function failureHeaders(stages: TimedStages, times: RequestTimes): Record<string, string> {
	const last = stages.trail.at(-1);
	return { ...(last === undefined ? {} : { "x-cascade-reason": last.reason }), ...timingHeader(times, stages) };
}

/** What became of the stages, and their calls. */
type TimedStages = Pick<CascadeFacts, "trail" | "calls">;

/** The most that `server-timing` may take of a reply's headers. */
const MOST_TIMING_CHARACTERS = 200;

/**
 * `server-timing` (W3C): `auth`, one entry a stage, of its calls from the first's beginning to the longest's end, `confidence`, which
 * is what of that came after the answer and what the decision waited for besides, and `total`. Stages that do not fit are left out.
 */
export function timingHeader(
	{ authMs, totalMs }: RequestTimes,
	{ trail, calls }: TimedStages,
): { readonly "server-timing": string } {
	const stages = stageTimes(calls);
	const entries = stages.map(({ stage, ms }) => timing(stage, ms));
	let readMs: number | null = null;
	let lastRead = -1;
	for (const entry of trail) {
		if (entry.confidence === null && entry.readMs === undefined) continue;
		readMs = (readMs ?? 0) + (entry.readMs ?? 0);
		lastRead = Math.max(
			lastRead,
			stages.findIndex(({ stage }) => stage === entry.stage),
		);
	}
	if (readMs !== null) entries.splice(lastRead + 1, 0, timing("confidence", readMs));
	const total = `, ${timing("total", totalMs)}`;
	let text = timing("auth", authMs);
	for (const entry of entries)
		if (text.length + ", ".length + entry.length + total.length <= MOST_TIMING_CHARACTERS) text += `, ${entry}`;
	return { "server-timing": text + total };
}

/** What each stage's calls took, in the order of their first. */
function stageTimes(calls: readonly CallRecord[]): { readonly stage: string; ms: number }[] {
	const stages: { readonly stage: string; ms: number }[] = [];
	for (const { stage, purpose, ms } of calls) {
		const known = stages.find((before) => before.stage === stage);
		if (known === undefined) stages.push({ stage, ms });
		// Samples run beside the answer; a verdict comes after it.
		else known.ms = purpose === "verify" ? known.ms + ms : Math.max(known.ms, ms);
	}
	return stages;
}

/** A metric name is a token (RFC 9110, 5.6.2); stage names are, by the policy's rules. */
function timing(name: string, ms: number): string {
	return `${name};dur=${Math.round(ms * 10) / 10}`;
}

/** From here on to the least, numbers are written in plain notation by themselves (ECMAScript, Number::toString). */
const LEAST_PLAIN = 1e-6;
/** Numbers this large have no decimals to round. */
const MOST_ROUNDED = 2 ** 52;

/** Plain decimal notation without trailing zeros; never an exponent, never a negative zero. */
function decimal(value: number, decimals: number): string {
	const unit = 10 ** decimals;
	const scaled = Math.round(Math.abs(value) * unit);
	const rounded = scaled / unit;
	if (scaled === 0) return "0";
	// Several times as fast as `toFixed`, which the rare number that is too small or large for it needs.
	if (rounded >= LEAST_PLAIN && scaled < MOST_ROUNDED) return String(value < 0 ? -rounded : rounded);
	const text = value.toFixed(decimals);
	return text.includes(".") ? text.replace(/\.?0+$/u, "") : text;
}
