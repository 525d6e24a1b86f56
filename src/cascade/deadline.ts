import type { StageFailure } from "../core/stage-failure.ts";
import type { CallerSignal, Clock } from "./ports.ts";

/** A time limit on one piece of work, joined with the client's own signal. */
export interface Deadline {
	/** Aborts when the time is up, when the parent aborts, or by `abort`. */
	readonly signal: AbortSignal;
	/** The time is up (not: the parent aborted). */
	readonly expired: () => boolean;
	/** Why the work gave nothing: its own failure; where it has none, or was only aborted, whatever ended it. */
	readonly causeOf: <Failure extends StageFailure>(failure: Failure | undefined) => Failure | StageFailure;
	/** Calls back when the signal aborts; now, if it has. */
	readonly onEnd: (callback: () => void) => void;
	/** Stops the clock and leaves the signal alive: the work has begun to answer. */
	readonly clear: () => void;
	/** The work has ended by itself: stops the clock and lets go of the parent. Nothing is aborted, which costs more than all else here. */
	readonly release: () => void;
	/** Ends the work now. */
	readonly abort: () => void;
	/**
	 * Waits for the work, but no longer than until the signal aborts: an upstream client that ignores its signal
	 * must not hold the request. Resolves to undefined where the signal came first.
	 */
	readonly race: <Value>(work: Promise<Value>) => Promise<Value | undefined>;
}

/** Given as the reason of an abort: without one the runtime builds an exception with a stack each time. */
const OVER = "over";
/** Likewise, where the deadline itself has passed. */
export const TIME_IS_UP = "time is up";

/** Starts the clock. */
export function startDeadline(clock: Clock, ms: number, parent: CallerSignal): Deadline {
	const controller = new AbortController();
	// Called directly and not by an event of the signal, which costs some ten microseconds a listener.
	const waiting: (() => void)[] = [];
	let timeIsUp = false;
	const release = () => {
		cancelTimer();
		parent.removeEventListener("abort", end);
	};
	const end = () => {
		release();
		controller.abort(timeIsUp ? TIME_IS_UP : OVER);
		for (const wake of waiting) wake();
	};
	const cancelTimer = clock.setTimer(ms, () => {
		timeIsUp = true;
		end();
	});
	if (parent.aborted) end();
	// A request's own signal keeps its listeners, and what they hold, alive over several garbage collections.
	else parent.addEventListener("abort", end);

	return {
		signal: controller.signal,
		expired: () => timeIsUp,
		causeOf(failure) {
			if (failure !== undefined && failure.kind !== "aborted") return failure;
			return timeIsUp ? { kind: "timeout", afterMs: ms } : { kind: "aborted" };
		},
		onEnd(callback) {
			if (controller.signal.aborted) callback();
			else waiting.push(callback);
		},
		clear: cancelTimer,
		release,
		abort: end,
		race(work) {
			return new Promise((resolve, reject) => {
				if (controller.signal.aborted) resolve(undefined);
				else waiting.push(() => resolve(undefined));
				work.then(resolve, reject);
			});
		},
	};
}
