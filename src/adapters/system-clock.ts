import type { Clock } from "../cascade/ports.ts";

/** The runtime's clock. In production it stands still during computation and moves on at I/O only. */
export const systemClock: Clock = {
	now: () => Date.now(),
	setTimer(ms, onExpiry) {
		const timer = setTimeout(onExpiry, ms);
		return () => clearTimeout(timer);
	},
};
