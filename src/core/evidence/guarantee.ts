import type { Pacing } from "./pacing.ts";

/** What a tenant asks for: accepted answers of a cascade's first stage are wrong at most `targetRisk`, with confidence 1 − `delta`. */
export interface Guarantee {
	/**
	 * `selective`: P(wrong | accepted); `joint`: P(accepted and wrong). There is no regret on live traffic: labels compare
	 * with the last stage, against which regret is the joint risk.
	 */
	readonly risk: "selective" | "joint";
	/** Above 0 and below 1. */
	readonly targetRisk: number;
	/** Above 0 and below 1. */
	readonly delta: number;
	/** The promise is about accepted answers with this label alone; absent: about all, and of moderations about `safe` ones (`isInScope`). */
	readonly onLabel?: string | undefined;
	/** While no certificate is valid: escalate everything, or accept at the stage's manual threshold, marked in every answer. */
	readonly withoutCertificate: "escalate" | "manual-threshold";
	/** Which of several certified thresholds is deployed; absent: the loosest. */
	readonly pacing?: Pacing | undefined;
}

/** Whole parts per million, from 1 to a million; exact, so that counts with the same chance add up. */
export type PartsPerMillion = number;

/** Certainty. */
export const CERTAIN: PartsPerMillion = 1_000_000;
