/** Aborts when the client leaves, by whichever way that becomes known. */
export interface ClientSignal {
	readonly signal: AbortSignal;
	readonly leave: () => void;
	/** The exchange is over. */
	readonly forget: () => void;
}

/** The signal of one exchange. */
export function clientSignal(raw: Request, stream: boolean): ClientSignal {
	// Only a stream can notice the client's leaving in another way than by the request's own signal.
	if (!stream) return { signal: raw.signal, leave() {}, forget() {} };
	const controller = new AbortController();
	const leave = () => controller.abort();
	if (raw.signal.aborted) leave();
	else raw.signal.addEventListener("abort", leave);
	// A listener left on a request's signal keeps the whole exchange in memory over several garbage collections.
	return { signal: controller.signal, leave, forget: () => raw.signal.removeEventListener("abort", leave) };
}
