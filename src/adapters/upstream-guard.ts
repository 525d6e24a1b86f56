import QuickLRU from "quick-lru";
import {
	createCircuitBreaker,
	type CallResult,
	type CircuitBreaker,
	type Permit,
} from "../core/resilience/circuit-breaker.ts";
import { nextMidnightUtc } from "../core/resilience/daily-allocation.ts";
import { createOccupancy, type Occupancy, type Place } from "../core/resilience/occupancy.ts";
import { createRetryBudget, type RetryBudget } from "../core/resilience/retry-budget.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";

const MOST_UPSTREAMS = 2_000;

/** A time limit below this one is the tenant's haste, and says nothing of the upstream. */
const LEAST_TELLING_TIMEOUT_MS = 1_000;

/** Workers AI is asked again after so long in spite of its allocation: a plan may have been changed meanwhile. */
const MOST_ALLOCATION_MS = 900_000;

/** A call that should be over takes its place for so long more. */
const GRACE_MS = 1_000;

/** A client that is refused tries again after this; a breaker's own time may be seconds longer. */
const BUSY_RETRY_SECONDS = 1;

/** One that was let through. */
export interface GuardedCall {
	readonly permit: Permit;
	readonly place: Place;
	/** When it was let through. */
	readonly at: number;
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
	/**
	 * `maxConcurrent`: calls to the upstream that may wait for an answer at once, of this isolate. `tenant`: whose calls. Places
	 * are everybody's together; what opens a breaker, and what isolates tell each other, is one tenant's own: its prompts, its
	 * time limits and its parameters are part of why its calls fail.
	 */
	readonly of: (stage: Upstream, maxConcurrent?: number, tenant?: string) => UpstreamGuard;
	/** Whether this tenant's calls to it are refused at present. */
	readonly isDown: (stage: Upstream, tenant?: string) => boolean;
}

/** What of a stage names its upstream. */
type Upstream = Pick<StagePolicy, "adapter" | "origin" | "model">;

/** Tells others what was seen, and hears what they have seen; in the background. */
export interface OutageExchange {
	readonly noted: (upstream: string, result: CallResult, breaker: CircuitBreaker) => void;
}

interface Guarded extends UpstreamGuard {
	readonly breaker: CircuitBreaker;
	/** Calls that may wait at once; the origin's record may change it. */
	limit: number | undefined;
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
	const occupancies = new QuickLRU<string, Occupancy>({ maxSize: MOST_UPSTREAMS });
	/** Workers AI has said that its allocation of the day is spent. */
	let allocationRenewsAt = 0;

	const make = (name: string, underWay: Occupancy, isWorkersAi: boolean): Guarded => {
		const breaker = createCircuitBreaker();
		const guard: Guarded = {
			breaker,
			limit: undefined,
			retries: createRetryBudget(),
			underWay: underWay.size,
			enter(timeoutMs) {
				const at = now();
				if (isWorkersAi && at < allocationRenewsAt) return { refused: { kind: "daily-allocation" } };
				const place = underWay.enter(at, timeoutMs + GRACE_MS, guard.limit ?? Number.POSITIVE_INFINITY);
				if (place === null) return { refused: { kind: "overloaded", retryAfterSeconds: BUSY_RETRY_SECONDS } };
				const permit = breaker.enter(at, timeoutMs + GRACE_MS);
				if (permit !== null) return { call: { permit, place, at } };
				underWay.leave(place);
				return { refused: { kind: "circuit-open", retryAfterSeconds: Math.ceil(breaker.msLeft(at) / 1_000) } };
			},
			leave({ permit, place, at }, failure, timeoutMs) {
				underWay.leave(place);
				if (failure?.kind === "daily-allocation")
					allocationRenewsAt = Math.min(nextMidnightUtc(at), at + MOST_ALLOCATION_MS);
				const result = resultOf(failure, isWorkersAi, timeoutMs);
				breaker.leave(permit, result, now());
				outages.noted(name, result, breaker);
			},
		};
		return guard;
	};

	return {
		of(stage, maxConcurrent, tenant = "") {
			const upstream = upstreamName(stage);
			const name = `${tenant}/${upstream}`;
			let guard = guards.get(name);
			if (guard === undefined) {
				const underWay = occupancies.get(upstream) ?? createOccupancy();
				occupancies.set(upstream, underWay);
				guard = make(name, underWay, stage.adapter === "workers-ai");
				guards.set(name, guard);
			}
			guard.limit = maxConcurrent;
			return guard;
		},
		isDown: (stage, tenant = "") =>
			guards.size > 0 && guards.get(`${tenant}/${upstreamName(stage)}`)?.breaker.isOpen(now()) === true,
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
		case "misconfigured":
			return "succeeded";
		case "unreachable":
		case "broken-off":
		case "upstream-error":
		case "invalid-answer":
			return "failed";
		case "timeout":
			return timeoutMs >= LEAST_TELLING_TIMEOUT_MS ? "failed" : "neither";
		case "overloaded":
			return isWorkersAi ? "failed" : "succeeded";
		case "aborted":
		case "daily-allocation":
		case "budget-exhausted":
		case "circuit-open":
			return "neither";
	}
}
