import type { ChatRequest, Completion, TokenUsage } from "../core/completion.ts";
import { costOfUsage, type Price } from "../core/cost.ts";
import { estimatedTokens } from "../core/gate.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { CallRecord, TrailEntry } from "../core/trail.ts";
import type { Clock } from "./ports.ts";

/** What has happened to a request so far: every stage considered and every call made, in order. */
export interface RunRecord {
	readonly trail: TrailEntry[];
	readonly calls: CallRecord[];
	/** Calls that were made once more after they had failed. */
	retries: number;
}

/** Where calls are put on record. */
type Calls = Pick<RunRecord, "calls">;

/** What is known of a call before its answer. */
export type CallTiming = CalledModel & Pick<CallRecord, "ms" | "startMs" | "firstTokenMs">;

/** What a call is of. */
type CalledModel = Pick<CallRecord, "stage" | "model" | "purpose">;

/** Moments of a call, in milliseconds since the Unix epoch. */
export interface CallMoments {
	readonly startedAt: number;
	/** Of a stream that has begun. */
	readonly firstEventAt?: number | undefined;
	/** Default: now. */
	readonly endedAt?: number;
}

/** A call's times; when it began is told by the request's arrival, where a run knows it. */
export function timingOf(
	{ clock, arrivedAt }: { readonly clock: Pick<Clock, "now">; readonly arrivedAt?: number | undefined },
	{ stage, model, purpose }: CalledModel,
	{ startedAt, firstEventAt, endedAt = clock.now() }: CallMoments,
): CallTiming {
	return {
		stage,
		model,
		purpose,
		ms: endedAt - startedAt,
		...(arrivedAt === undefined ? {} : { startMs: startedAt - arrivedAt }),
		...(firstEventAt === undefined ? {} : { firstTokenMs: firstEventAt - startedAt }),
	};
}

/** A record with nothing in it yet. */
export function emptyRecord(): RunRecord {
	return { trail: [], calls: [], retries: 0 };
}

const NOTHING: TokenUsage = { inputTokens: 0, outputTokens: 0 };

/** A call's cost in US dollars as it is on record; null where it is unknown. */
type Cost = CallRecord["costUsd"];

/** Adds an answered call; a usage that the upstream did not report leaves the cost unknown. */
export function recordCall(record: Calls, call: CallTiming, price: Price, usage: TokenUsage | null): Cost {
	return add(record, { ...call, usage, costUsd: usage === null ? null : costOfUsage(price, usage) });
}

/**
 * Adds a failed call. Nobody bills a request that was refused; one that was cut short may have cost anything. One that
 * was not made, since its upstream is down, is none.
 */
export function recordFailedCall(record: Calls, call: CallTiming, failure: StageFailure): Cost {
	if (failure.kind === "circuit-open") return 0;
	const refused =
		failure.kind === "unreachable" ||
		failure.kind === "overloaded" ||
		failure.kind === "daily-allocation" ||
		failure.kind === "bad-request" ||
		failure.kind === "misconfigured" ||
		failure.kind === "upstream-error";
	return add(record, refused ? { ...call, usage: NOTHING, costUsd: 0 } : { ...call, usage: null, costUsd: null });
}

/**
 * Adds a call whose usage nobody reports: we stopped it because its answer was no longer wanted, or its model has no
 * tokens to count, as classifiers. Leaving its cost out would make the savings look better than they are: it is taken for
 * what `likely` tokens cost, and marked as an estimate. Without anything to go by the cost is unknown.
 */
export function recordEstimatedCall(record: Calls, call: CallTiming, price: Price, likely: TokenUsage | null): Cost {
	const costUsd = likely === null ? null : costOfUsage(price, likely);
	return add(record, { ...call, usage: null, costUsd, ...(costUsd === null ? {} : { estimated: true }) });
}

/** Adds an answered call by what its answer says of tokens, or where a classifier says nothing, by an estimate. */
export function recordAnswer(
	record: Calls,
	call: CallTiming,
	price: Price,
	request: ChatRequest,
	answer: Completion,
): Cost {
	return answer.usage === null && answer.scores !== null
		? recordEstimatedCall(record, call, price, usageOrEstimate(request, answer))
		: recordCall(record, call, price, answer.usage);
}

function add(record: Calls, call: CallRecord): Cost {
	record.calls.push(call);
	return call.costUsd;
}

/** An answer's tokens; of a classifier, which reports none, those of the request as they are estimated. */
export function usageOrEstimate(request: ChatRequest, { usage, scores }: Completion): TokenUsage | null {
	if (usage !== null || scores === null) return usage;
	return { inputTokens: estimatedTokens(request), outputTokens: 0 };
}
