/** When a circuit breaker opens and how it closes again. */
export interface BreakerRules {
	/** The last so many calls are looked at, as far as they are not too old. */
	readonly windowCalls: number;
	readonly windowMs: number;
	/** With fewer calls in the window it stays closed: a share of few says nothing. */
	readonly leastCalls: number;
	/** It opens where at least this share of them has failed. */
	readonly failureShare: number;
	/** How long it stays open; doubled by each probe that fails, up to the most. */
	readonly openMs: number;
	readonly mostOpenMs: number;
	/** So many probes in a row must succeed for it to close; one is out at a time. */
	readonly probes: number;
	/** A probe of which nothing was heard for so long has failed. */
	readonly mostProbeMs: number;
}

/**
 * An isolate is a small client: it sees few calls, so the window is short, and shares are of ten calls and not of a hundred
 * (Envoy, resilience4j). What several isolates know together comes in by `hold`.
 */
export const BREAKER_RULES: BreakerRules = {
	windowCalls: 20,
	windowMs: 60_000,
	leastCalls: 10,
	failureShare: 0.5,
	openMs: 5_000,
	mostOpenMs: 60_000,
	probes: 2,
	mostProbeMs: 60_000,
};

/** A permission to make one call, to be given back with its result. */
export interface Permit {
	readonly isProbe: boolean;
}

/** Of a call: `neither` says nothing about the upstream, such as one that its client gave up. */
export type CallResult = "succeeded" | "failed" | "neither";

/** A circuit breaker of one upstream. Times are milliseconds since the Unix epoch, and never its own. */
export interface CircuitBreaker {
	/** Null: the call is not to be made. */
	readonly enter: (now: number, mostMs?: number) => Permit | null;
	/** To be called once for each permit. */
	readonly leave: (permit: Permit, result: CallResult, now: number) => void;
	/** Whether a call made now would be refused. */
	readonly isOpen: (now: number) => boolean;
	/** Milliseconds until the next probe may be made; 0 where calls are let through. */
	readonly msLeft: (now: number) => number;
	/** Others have found the upstream down: opens it until then, unless a call of its own has succeeded since `since`. */
	readonly hold: (until: number, since: number) => void;
}

type State =
	| { readonly kind: "closed" }
	| { readonly kind: "open"; readonly until: number; readonly pauseMs: number }
	| {
			readonly kind: "half-open";
			readonly pauseMs: number;
			readonly succeeded: number;
			/** The probe that is out, and when nothing more is expected of it; null: none is. */
			readonly probe: { readonly permit: Permit; readonly endsAt: number } | null;
	  };

/**
 * A circuit breaker (Nygard, Release It!, 2007): closed, it lets calls through and counts; open, it refuses them; after its time it
 * is half open and lets one probe through at a time. A closed breaker costs a call one write into a short list.
 */
export function createCircuitBreaker(rules: BreakerRules = BREAKER_RULES): CircuitBreaker {
	let state: State = { kind: "closed" };
	let calls: { readonly at: number; readonly failed: boolean }[] = [];
	let succeededAt = Number.NEGATIVE_INFINITY;

	const open = (now: number, pauseMs: number) => {
		calls = [];
		state = { kind: "open", until: now + pauseMs, pauseMs };
	};
	const count = (failed: boolean, now: number) => {
		calls.push({ at: now, failed });
		if (calls.length > rules.windowCalls) calls.shift();
		if (!failed) return;
		const recent = calls.filter(({ at }) => now - at <= rules.windowMs);
		const failures = recent.filter((call) => call.failed).length;
		if (recent.length >= rules.leastCalls && failures >= rules.failureShare * recent.length) open(now, rules.openMs);
	};
	const probed = (result: CallResult, now: number) => {
		if (state.kind !== "half-open") return;
		const { pauseMs, succeeded } = state;
		if (result === "failed") open(now, Math.min(rules.mostOpenMs, 2 * pauseMs));
		else if (result === "succeeded" && succeeded + 1 >= rules.probes) state = { kind: "closed" };
		else state = { ...state, probe: null, succeeded: succeeded + (result === "succeeded" ? 1 : 0) };
	};

	return {
		enter(now, mostMs = rules.mostProbeMs) {
			if (state.kind === "closed") return { isProbe: false };
			if (state.kind === "open") {
				if (now < state.until) return null;
				state = { kind: "half-open", pauseMs: state.pauseMs, succeeded: 0, probe: null };
			}
			if (state.probe !== null) {
				if (now >= state.probe.endsAt) open(now, Math.min(rules.mostOpenMs, 2 * state.pauseMs));
				return null;
			}
			const permit = { isProbe: true };
			state = { ...state, probe: { permit, endsAt: now + Math.min(mostMs, rules.mostProbeMs) } };
			return permit;
		},
		leave(permit, result, now) {
			if (result === "succeeded") succeededAt = now;
			if (permit.isProbe) {
				// One that was given up as lost says nothing of the probe that is out now.
				if (state.kind === "half-open" && state.probe?.permit === permit) probed(result, now);
			}
			// Calls that were under way when it opened tell nothing new.
			else if (state.kind === "closed" && result !== "neither") count(result === "failed", now);
		},
		isOpen: (now) => (state.kind === "half-open" ? state.probe !== null : state.kind === "open" && now < state.until),
		msLeft: (now) => (state.kind === "open" ? Math.max(0, state.until - now) : 0),
		hold(until, since) {
			if (succeededAt >= since || state.kind === "half-open") return;
			if (state.kind === "open" && state.until >= until) return;
			calls = [];
			state = { kind: "open", until, pauseMs: state.kind === "open" ? state.pauseMs : rules.openMs };
		},
	};
}
