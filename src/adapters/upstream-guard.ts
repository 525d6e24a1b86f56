import QuickLRU from "quick-lru";
import {
	createCircuitBreaker,
	type CallResult,
	type CircuitBreaker,
	type Permit,
} from "../core/resilience/circuit-breaker.ts";
import { nextMidnightUtc } from "../core/resilience/daily-allocation.ts";
import { createOccupancy, type Place } from "../core/resilience/occupancy.ts";
import { createRetryBudget, type RetryBudget } from "../core/resilience/retry-budget.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";

const MOST_UPSTREAMS = 2_000;

/** A time limit below this one is the caller's haste, and says nothing of the upstream. */
const LEAST_TELLING_TIMEOUT_MS = 5_000;

/** A call that should be over takes its place for so long more. */
const GRACE_MS = 1_000;

/** A client that is refused tries again after this; a breaker's own time may be seconds longer. */
const BUSY_RETRY_SECONDS = 1;

/** One that was let through. */
interface GuardedCall {
	readonly permit: Permit;
	readonly place: Place;
}

/** What is remembered of one upstream: an origin with a model, or a model of Workers AI. */
export interface UpstreamGuard {
	/** Lets a call through that may take so long, or says why not. */
	readonly enter: (timeoutMs: number) => { readonly call: GuardedCall } | { readonly refused: StageFailure };
	/** The call has ended, or begun to answer; null: well. To be called once. */
	readonly leave: (call: GuardedCall, failure: StageFailure | null, timeoutMs: number) => void;
	readonly retries: RetryBudget;
	/** Calls that have been let through and have not begun to answer. */
	readonly underWay: () => number;
}

/** The guards of an isolate. */
export interface UpstreamGuards {
	/** `maxConcurrent`: calls to the upstream that may wait for an answer at once, of this isolate. */
	readonly of: (stage: Upstream, maxConcurrent?: number) => UpstreamGuard;
	/** Whether calls to it are refused at present, or probes. */
	readonly isDown: (stage: Upstream) => boolean;
}

/** What of a stage names its upstream. */
type Upstream = Pick<StagePolicy, "adapter" | "origin" | "model">;

/** Tells others what was seen, and hears what they have seen; in the background. */
export interface OutageExchange {
	readonly noted: (upstream: string, result: CallResult, breaker: CircuitBreaker) => void;
}

interface Guarded extends UpstreamGuard {
	readonly breaker: CircuitBreaker;
}

/**
 * Keeps calls from upstreams that are down or full: a circuit breaker, a bound on calls that wait, and for Workers AI its daily
 * allocation, which is the whole account's. It belongs to an isolate, so what it knows costs no request anything.
 */
export function createUpstreamGuards(ports: {
	readonly now: () => number;
	readonly outages: OutageExchange;
}): UpstreamGuards {
	const { now, outages } = ports;
	const guards = new QuickLRU<string, Guarded>({ maxSize: MOST_UPSTREAMS });
	/** Workers AI has said that its allocation of the day is spent. */
	let allocationRenewsAt = 0;

	const make = (name: string, isWorkersAi: boolean): Guarded & { limit: number | undefined } => {
		const breaker = createCircuitBreaker();
		const underWay = createOccupancy();
		const guard: Guarded & { limit: number | undefined } = {
			breaker,
			limit: undefined,
			retries: createRetryBudget(),
			underWay: underWay.size,
			enter(timeoutMs) {
				const at = now();
				if (isWorkersAi && at < allocationRenewsAt) return { refused: { kind: "daily-allocation" } };
				const place = underWay.enter(at, timeoutMs + GRACE_MS, guard.limit ?? Number.POSITIVE_INFINITY);
				if (place === null) return { refused: { kind: "overloaded", retryAfterSeconds: BUSY_RETRY_SECONDS } };
				const permit = breaker.enter(at);
				if (permit !== null) return { call: { permit, place } };
				underWay.leave(place);
				return { refused: { kind: "circuit-open", retryAfterSeconds: Math.ceil(breaker.msLeft(at) / 1_000) } };
			},
			leave({ permit, place }, failure, timeoutMs) {
				underWay.leave(place);
				if (failure?.kind === "daily-allocation") allocationRenewsAt = nextMidnightUtc(now());
				const result = resultOf(failure, isWorkersAi, timeoutMs);
				breaker.leave(permit, result, now());
				outages.noted(name, result, breaker);
			},
		};
		return guard;
	};

	return {
		of(stage, maxConcurrent) {
			const name = upstreamName(stage);
			const known = guards.get(name) as (Guarded & { limit: number | undefined }) | undefined;
			const guard = known ?? make(name, stage.adapter === "workers-ai");
			if (known === undefined) guards.set(name, guard);
			guard.limit = maxConcurrent;
			return guard;
		},
		isDown: (stage) => guards.size > 0 && guards.get(upstreamName(stage))?.breaker.isOpen(now()) === true,
	};
}

/** Names what fails together. */
function upstreamName({ adapter, origin, model }: Upstream): string {
	return adapter === "openai" ? `origin:${origin ?? ""}/${model}` : `workers-ai:${model}`;
}

/** What a call says of its upstream. A refusal of the request is an answer; a rate limit is no outage, a lack of capacity is one. */
function resultOf(failure: StageFailure | null, isWorkersAi: boolean, timeoutMs: number): CallResult {
	if (failure === null) return "succeeded";
	switch (failure.kind) {
		case "bad-request":
		case "too-large":
			return "succeeded";
		case "unreachable":
		case "broken-off":
		case "upstream-error":
		case "invalid-answer":
			return "failed";
		case "timeout":
			return timeoutMs >= LEAST_TELLING_TIMEOUT_MS ? "failed" : "neither";
		case "overloaded":
			return isWorkersAi ? "failed" : "neither";
		case "aborted":
		case "daily-allocation":
		case "budget-exhausted":
		case "circuit-open":
		case "misconfigured":
			return "neither";
	}
}
