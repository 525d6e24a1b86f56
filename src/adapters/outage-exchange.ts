import QuickLRU from "quick-lru";
import type { Clock } from "../cascade/ports.ts";
import type { CircuitBreaker } from "../core/resilience/circuit-breaker.ts";
import type { SharedOutagePort } from "../core/resilience/shared-outage.ts";
import { settledWithin } from "../web/settled-within.ts";
import type { OutageExchange } from "./upstream-guard.ts";

/** How often an isolate tells of one upstream, at most. */
export const REPORT_MS = 2_000;

/** How long the shared object may take; nobody waits for it. */
const MOST_REPORT_MS = 2_000;

/** An isolate whose own call has succeeded so lately does not go by what others say. */
const OWN_EVIDENCE_MS = 5_000;

const MOST_UPSTREAMS = 2_000;

/** What sharing outages needs of its surroundings. */
export interface OutageExchangePorts {
	/** A stub for each use. Throws where there is none. */
	readonly outageOf: (upstream: string) => SharedOutagePort;
	readonly clock: Clock;
	/** Keeps the running request's invocation alive until the promise settles; the runtime's own. */
	readonly waitUntil: (promise: Promise<unknown>) => void;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string | number>>) => void;
	/** Which isolate this is. */
	readonly reporter: string;
	/** Uniform in [0, 1). */
	readonly random: () => number;
}

/** Where isolates do not share what they know. */
export const NO_OUTAGE_EXCHANGE: OutageExchange = { noted() {} };

interface Told {
	calls: number;
	failures: number;
	toldAt: number;
}

/**
 * Tells the others of an upstream's failures and hears of theirs, after answers and never before one. An upstream that is well
 * costs nothing: the first failure begins it, and it ends with a report without failures.
 */
export function createOutageExchange(ports: OutageExchangePorts): OutageExchange {
	const { outageOf, clock, waitUntil, logFault, reporter, random } = ports;
	const told = new QuickLRU<string, Told>({ maxSize: MOST_UPSTREAMS });

	const tell = async (upstream: string, about: Told, breaker: CircuitBreaker): Promise<void> => {
		const { calls, failures } = about;
		about.calls = 0;
		about.failures = 0;
		about.toldAt = clock.now();
		try {
			const asking = outageOf(upstream).report({ calls, failures, reporter });
			const verdict = await settledWithin(asking, MOST_REPORT_MS, clock);
			if (verdict === undefined) throw new Error("no answer in time");
			const now = clock.now();
			// Not all at one time: each isolate sends a probe when its hold ends.
			if (verdict.downMs > 0) breaker.hold(now + verdict.downMs * (1 + random()), now - OWN_EVIDENCE_MS);
			else if (failures === 0) told.delete(upstream);
		} catch (error) {
			logFault("outage-not-shared", { reason: String(error) });
		}
	};

	return {
		noted(upstream, result, breaker) {
			if (result === "neither" || (result === "succeeded" && told.size === 0)) return;
			let about = told.get(upstream);
			if (about === undefined) {
				if (result === "succeeded") return;
				about = { calls: 0, failures: 0, toldAt: Number.NEGATIVE_INFINITY };
				told.set(upstream, about);
			}
			about.calls += 1;
			if (result === "failed") about.failures += 1;
			// By time alone: an invocation that was ended while it told would otherwise be the last to tell.
			if (clock.now() - about.toldAt >= REPORT_MS) waitUntil(tell(upstream, about, breaker));
		},
	};
}
