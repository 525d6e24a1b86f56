import { env } from "cloudflare:workers";
import type { Clock } from "../../src/cascade/ports.ts";

/** The real KV, with its reads counted, and failing where a test says so. */
export function observedKv() {
	const state = { reads: 0, failing: false, hanging: false };
	const kv = {
		get: (async (key: string, options: KVNamespaceGetOptions<"text">) => {
			state.reads++;
			if (state.failing) throw new Error("KV GET failed: 500 Internal Server Error");
			if (state.hanging) return new Promise<string | null>(() => {});
			return env.CONFIG.get(key, options);
		}) as KVNamespace["get"],
	};
	return { kv, state };
}

/** A clock that a test sets forward; its timers are real, for what must not wait for ever. */
export function handClock(): { readonly clock: Clock; readonly advance: (ms: number) => void } {
	let now = 1_790_000_000_000;
	const setTimer: Clock["setTimer"] = (ms, onExpiry) => {
		const timer = setTimeout(onExpiry, ms);
		return () => clearTimeout(timer);
	};
	return { clock: { now: () => now, setTimer }, advance: (ms) => (now += ms) };
}
