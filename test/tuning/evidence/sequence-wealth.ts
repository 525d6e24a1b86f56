import { logMeanExp } from "../../../src/tuning/bounds/log-mean-exp.ts";
import { BET_FRACTIONS } from "../../../src/tuning/evidence/log-wealth.ts";

/** A request as the e-process meets it. */
export interface SequenceRow {
	/** Accepted by the candidate. */
	readonly inside: boolean;
	readonly labelled: boolean;
	/** Chance of the label, above 0 and at most 1. */
	readonly propensity: number;
	readonly wrong: boolean;
	/** Least propensity of the row's phase in the candidate's region, where it differs from the process's. */
	readonly floor?: number;
}

/** ln of the e-value as its definition has it, request after request: Π (1 − b z), averaged over the bets b. */
export function sequenceWealth(
	rows: readonly SequenceRow[],
	process: { readonly risk: "selective" | "joint"; readonly target: number; readonly floor: number },
): number {
	const { risk, target } = process;
	return logMeanExp(
		BET_FRACTIONS.map((fraction) => {
			let log = 0;
			for (const { inside, labelled, propensity, wrong, floor = process.floor } of rows) {
				if (risk === "selective") {
					const z = inside && labelled ? ((wrong ? 1 : 0) - target) / propensity : 0;
					log += Math.log(1 - ((fraction * floor) / (1 - target)) * z);
					continue;
				}
				const z = (inside && labelled && wrong ? 1 / propensity : 0) - target;
				log += Math.log(1 - (fraction / (1 / floor - target)) * z);
			}
			return log;
		}),
	);
}
