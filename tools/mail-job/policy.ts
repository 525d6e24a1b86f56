import { MAIL_EDGE, MAIL_ORIGIN } from "../../src/local/demo-records.ts";
import { EARLY_THRESHOLDS, FIVE_SAMPLES, TRIALS, type Confidence } from "./trials.ts";

/** Thresholds on the probability of the small model's label; 0 accepts everything, above 1 would accept nothing. */
export const THRESHOLDS = [0, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1] as const;

/** The cascade that a threshold of the sweep is served under. */
export function sweepAlias(threshold: number): string {
	return `threshold-${threshold}`;
}

/** The cascade of `agreement` with `stopEarly` at a threshold. */
export function earlyAlias(threshold: number): string {
	return `early-${threshold}`;
}

/** The cascade whose weights are fitted in the course of the job. */
export const LEARNED_ALIAS = "learned";

/** One policy holds every cascade of the job: a tenant may have many. Without `learned` that cascade is left out. */
export function jobPolicy(learned?: Confidence): Record<string, unknown> {
	const cascades: Record<string, unknown> = {};
	const add = (alias: string, confidence: Confidence, threshold: number, stage: Record<string, unknown> = {}) => {
		cascades[alias] = { stages: [{ ...MAIL_EDGE, ...stage, confidence, threshold }, MAIL_ORIGIN] };
	};
	for (const threshold of THRESHOLDS) add(sweepAlias(threshold), { method: "mean-logprob" }, threshold);
	// All accept, so that every reading is of an answer that was served.
	for (const { alias, confidence, stage } of TRIALS) add(alias, confidence, 0, stage);
	for (const threshold of EARLY_THRESHOLDS) add(earlyAlias(threshold), { ...FIVE_SAMPLES, stopEarly: true }, threshold);
	if (learned !== undefined) add(LEARNED_ALIAS, learned, 0);
	return { version: 1, cascades };
}
