import type { Clock } from "./ports.ts";

/** A time limit on one piece of work, joined with the client's own signal. */
export interface Deadline {
	/** Aborts when the time is up, when the parent aborts, or by `abort`. */
	readonly signal: AbortSignal;
	/** The time is up (not: the parent aborted). */
	readonly expired: () => boolean;
	/** Stops the clock and leaves the signal alive: the work has begun to answer. */
	readonly clear: () => void;
	/** Ends the work now. */
	readonly abort: () => void;
	/**
	 * Waits for the work, but no longer than until the signal aborts: an upstream client that ignores its signal
	 * must not hold the request. Resolves to undefined where the signal came first.
	 */
	readonly race: <Value>(work: Promise<Value>) => Promise<Value | undefined>;
}

/** Starts the clock. */
export function startDeadline(clock: Clock, ms: number, parent: AbortSignal): Deadline {
	const controller = new AbortController();
	let timeIsUp = false;
	const cancelTimer = clock.setTimer(ms, () => {
		timeIsUp = true;
		controller.abort();
	});
	const onParentAbort = () => controller.abort();
	if (parent.aborted) controller.abort();
	else parent.addEventListener("abort", onParentAbort, { once: true });

	return {
		signal: controller.signal,
		expired: () => timeIsUp,
		clear: cancelTimer,
		abort() {
			cancelTimer();
			parent.removeEventListener("abort", onParentAbort);
			controller.abort();
		},
		race(work) {
			return new Promise((resolve, reject) => {
				if (controller.signal.aborted) resolve(undefined);
				controller.signal.addEventListener("abort", () => resolve(undefined), { once: true });
				work.then(resolve, reject);
			});
		},
	};
}
