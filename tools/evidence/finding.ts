import { keepsPromise } from "../guarantee/violation-test.ts";

/** One way of doing it, and what came out. */
export interface Outcome {
	readonly name: string;
	/** A trap breaks its promise, a cure keeps it; what is neither is a measurement. */
	readonly kind: "trap" | "cure" | "measurement";
	/** As shown. */
	readonly measured: string;
	/** What an earlier, independent program found, as shown; absent where it did not look. */
	readonly recorded?: string;
	/** How often what had been promised at most with chance `delta` came true. */
	readonly promise?: { readonly broken: number; readonly trials: number; readonly delta: number };
}

/** What one experiment found. */
export interface Finding {
	readonly title: string;
	/** What was done, in a sentence or two. */
	readonly text: string;
	readonly outcomes: readonly Outcome[];
}

/** So many of so many broke a promise of `delta`. */
export function promised(
	name: string,
	kind: "trap" | "cure",
	counts: { readonly broken: number; readonly trials: number; readonly delta: number; readonly recorded?: string },
): Outcome {
	const { broken, trials, delta, recorded } = counts;
	const promise = { broken, trials, delta };
	return { name, kind, measured: percent(broken / trials), promise, ...(recorded === undefined ? {} : { recorded }) };
}

/** Whether each cure keeps its promise, by a one-sided binomial test at 0.001 over the number of all of them. */
export function brokenCures(findings: readonly Finding[]): Outcome[] {
	const cures = findings.flatMap(({ outcomes }) => outcomes.filter(({ kind }) => kind === "cure"));
	return cures.filter(({ promise }) => promise !== undefined && !keeps(promise, cures.length));
}

/** Traps that kept their promise after all: an experiment that shows nothing. */
export function harmlessTraps(findings: readonly Finding[]): Outcome[] {
	const traps = findings.flatMap(({ outcomes }) => outcomes.filter(({ kind }) => kind === "trap"));
	return traps.filter(({ promise }) => promise !== undefined && keeps(promise, traps.length));
}

/** A share, as a percentage with one digit. */
export function percent(share: number): string {
	return `${(100 * share).toFixed(1)}%`;
}

/** The middle value; of none it is NaN. */
export function medianOf(values: readonly number[]): number {
	const sorted = values.toSorted((left, right) => left - right);
	return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The mean; of none it is NaN. */
export function meanOf(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function keeps(
	promise: { readonly broken: number; readonly trials: number; readonly delta: number },
	checks: number,
): boolean {
	return keepsPromise(promise.broken, promise.trials, promise.delta, checks);
}
