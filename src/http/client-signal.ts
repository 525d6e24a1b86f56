import type { CallerSignal } from "../cascade/ports.ts";

/** Aborts when the client leaves, by whichever way that becomes known. */
export interface ClientSignal {
	readonly signal: CallerSignal;
	readonly leave: () => void;
	/** The exchange is over. */
	readonly forget: () => void;
}

/**
 * The signal of one exchange. It listens once to the request's own, and those who listen to it are called directly: a listener on
 * a signal of the runtime's costs several microseconds, of which its one handler is spared two, and what is left there keeps the
 * whole exchange in memory over several garbage collections.
 */
export function clientSignal(raw: Request): ClientSignal {
	const listeners = new Set<() => void>();
	const own = raw.signal;
	let aborted = own.aborted;
	const leave = () => {
		if (aborted) return;
		aborted = true;
		for (const listener of listeners) listener();
		listeners.clear();
	};
	own.onabort = leave;
	return {
		signal: {
			get aborted() {
				return aborted;
			},
			addEventListener: (_, listener) => void listeners.add(listener),
			removeEventListener: (_, listener) => void listeners.delete(listener),
		},
		leave,
		forget: () => void (own.onabort = null),
	};
}
