import type { Clock } from "../cascade/ports.ts";

interface Timer {
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	readonly onExpiry: () => void;
}

/**
 * The runtime's timer is set for no later than this: a limit that is shorter than the one before it, such as the twenty seconds
 * after which a label is told as drawn, seldom needs another. A request that takes as long has it set again.
 */
const ARMED_WITHIN_MS = 20_000;

/**
 * A clock for one request, which asks for one timer of the runtime's where the request's own timers would be many: a limit on
 * each stage, and on each read of a stream. Nearly all are cancelled, and starting and clearing one of the runtime's costs about
 * as much as parsing an answer (`docs/performance.md`); here that is an entry in a set. The runtime's timer is never cleared: it
 * goes with the request, and where it fires with nothing due it is set for the next, or not at all.
 */
export function requestClock(clock: Clock): Clock {
	const timers = new Set<Timer>();
	/** When the runtime's timers that are under way fire; each is earlier than the one before it, so the last is the next. */
	const armed: number[] = [];
	const armedFor = () => armed.at(-1) ?? Number.POSITIVE_INFINITY;

	const arm = (at: number, now: number) => {
		armed.push(at);
		clock.setTimer(Math.max(0, at - now), () => {
			armed.splice(armed.indexOf(at), 1);
			fire();
		});
	};
	const fire = () => {
		const now = clock.now();
		const due = [...timers].filter(({ at }) => at <= now).toSorted((left, right) => left.at - right.at);
		for (const timer of due) {
			// One that came before it may have cancelled it.
			if (timers.delete(timer)) timer.onExpiry();
		}
		let next = Number.POSITIVE_INFINITY;
		for (const { at } of timers) next = Math.min(next, at);
		// One that is under way and fires sooner sets the next.
		if (next < armedFor()) arm(next, clock.now());
	};

	return {
		now: clock.now,
		setTimer(ms, onExpiry) {
			const now = clock.now();
			const timer = { at: now + ms, onExpiry };
			timers.add(timer);
			if (timer.at < armedFor()) arm(Math.min(timer.at, now + ARMED_WITHIN_MS), now);
			return () => void timers.delete(timer);
		},
	};
}
