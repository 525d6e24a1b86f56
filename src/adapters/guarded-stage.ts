import { LEAST_MS_FOR_A_CALL, type CascadeStage, type Clock, type StageCall } from "../cascade/ports.ts";
import { fullJitterMs } from "../core/resilience/retry-budget.ts";
import { err, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { GuardedCall, UpstreamGuard } from "./upstream-guard.ts";

/** What asking with care needs of its surroundings. */
export interface GuardedStagePorts {
	readonly clock: Clock;
	/** Uniform in [0, 1). */
	readonly random: () => number;
}

/** Of one call: more would multiply the load on an upstream that is in trouble (one layer retries, and once). */
const MOST_RETRIES = 1;

/**
 * A stage whose calls go past its upstream's guard: not made where the upstream is down, and made once more, after a jittered
 * pause, where it failed in a way that leaves nothing half done and the retry budget has something left. Nothing is retried
 * after a byte of an answer was seen. `mayRetry`: not where another stage can answer at once.
 */
export function guardStage(
	stage: CascadeStage,
	guard: UpstreamGuard,
	mayRetry: boolean,
	{ clock, random }: GuardedStagePorts,
): CascadeStage {
	const made = async <Value>(
		entered: GuardedCall,
		call: StageCall,
		ask: (call: StageCall) => Promise<Result<Value, StageFailure>>,
	): Promise<Result<Value, StageFailure>> => {
		const endsAt = clock.now() + call.timeoutMs;
		let hasLeft = false;
		const leave = (failure: StageFailure | null) => {
			if (hasLeft) return;
			hasLeft = true;
			guard.leave(entered, failure === null ? null : failureIn(failure, clock.now() >= endsAt), call.timeoutMs);
		};
		// An upstream that ignores its signal must not keep its permit.
		call.onOver?.(() => leave({ kind: "aborted" }));
		try {
			const result = await ask(call);
			leave(result.ok ? null : result.error);
			return result;
		} finally {
			leave({ kind: "aborted" });
		}
	};

	const once = async <Value>(
		call: StageCall,
		ask: (call: StageCall) => Promise<Result<Value, StageFailure>>,
	): Promise<Result<Value, StageFailure>> => {
		const entered = guard.enter(call.timeoutMs);
		return "refused" in entered ? err(entered.refused) : made(entered.call, call, ask);
	};

	const withRetry = async <Value>(
		call: StageCall,
		ask: (call: StageCall) => Promise<Result<Value, StageFailure>>,
	): Promise<Result<Value, StageFailure>> => {
		const endsAt = clock.now() + call.timeoutMs;
		guard.retries.called();
		let result = await once(call, ask);
		for (let retry = 1; retry <= MOST_RETRIES && !result.ok && isRetriable(result.error); retry++) {
			const pauseMs = fullJitterMs(retry, random());
			if (endsAt - clock.now() - pauseMs < LEAST_MS_FOR_A_CALL) return result;
			const taken = guard.retries.take(clock.now(), endsAt - clock.now(), guard.underWay());
			if (taken === null) return result;
			try {
				await pause(clock, pauseMs, call.signal);
				if (call.signal.aborted) return result;
				const again = { ...call, timeoutMs: endsAt - clock.now() };
				const entered = guard.enter(again.timeoutMs);
				// Where it is refused, nothing was made again, and what the first call failed with is what happened.
				if ("refused" in entered) return result;
				call.retried?.();
				result = await made(entered.call, again, ask);
			} finally {
				guard.retries.ended(taken);
			}
		}
		return result;
	};

	const asked = mayRetry ? withRetry : once;
	return {
		capabilities: stage.capabilities,
		complete: (call) => asked(call, stage.complete),
		stream: (call) => asked(call, stage.stream),
		streamPrefix: (call, rule) => asked(call, (again) => stage.streamPrefix(again, rule)),
	};
}

/** An upstream that was given up at the end of its time was slow; one whose client left was not. */
function failureIn(failure: StageFailure, isOverTime: boolean): StageFailure {
	return failure.kind === "aborted" && isOverTime ? { kind: "timeout", afterMs: 0 } : failure;
}

/**
 * Failures after which a second call cannot do anything twice that matters, and may well succeed. Not those by which the
 * upstream asks for less, nor those that took the request's time, nor those in which it may have done all of the work.
 */
function isRetriable(failure: StageFailure): boolean {
	if (failure.kind === "unreachable") return true;
	if (failure.kind !== "upstream-error" || !RETRIABLE_STATUS.has(failure.status)) return false;
	return failure.retryAfterSeconds === undefined || failure.retryAfterSeconds === 0;
}

/** Not 504 and 520, after which the origin may have done all of the work. */
const RETRIABLE_STATUS: ReadonlySet<number> = new Set([500, 502, 503, 521, 522, 523, 525, 530]);

/** Waits, but no longer than anybody wants the answer. */
function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const end = () => {
			cancel();
			signal.removeEventListener("abort", end);
			resolve();
		};
		const cancel = clock.setTimer(ms, end);
		signal.addEventListener("abort", end);
	});
}
