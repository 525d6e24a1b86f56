import type { HumanCheck } from "../../core/evidence/audited-text.ts";
import { betaMixtureUpper } from "../bounds/beta-mixture.ts";

/** How many accepted answers there are of which the labeller and a person said this. */
export interface CheckedRows {
	/** The labeller found them right; where it gave no verdict it did not. */
	readonly foundRight: boolean;
	/** The person's verdict; null: none yet, or passed over. */
	readonly wrong: boolean | null;
	readonly rows: number;
}

/**
 * How people find the labeller, by all accepted answers that they were given to read. Null where a person has judged none.
 *
 * `atMost` bounds P(labelled right and truly wrong) of accepted answers at confidence 1 − `delta`, at all times at once
 * (`betaMixtureUpper`): people look at it while they read, and stop when they like. For selective risk,
 * P(wrong) ≤ P(labelled wrong) + P(labelled right and wrong): the true risk is at most the certified one and this, with confidence
 * 1 − 2 `delta`; for joint risk too, whose second term is smaller. A row without a verdict counts as missed where the labeller found it
 * right, whatever it was; where it found it wrong it cannot be one. So what is counted is never less than what was missed of all the
 * rows up to the last that was given to anybody, and it matters neither which are judged nor where one ends.
 */
export function humanCheck(checked: readonly CheckedRows[], delta: number): HumanCheck | null {
	let [n, labelled, agreements, missed, overturned] = [0, 0, 0, 0, 0];
	for (const { foundRight, wrong, rows } of checked) {
		n += rows;
		if (wrong !== null) labelled += rows;
		if (wrong !== null && foundRight !== wrong) agreements += rows;
		if (foundRight && wrong !== false) missed += rows;
		if (!foundRight && wrong === false) overturned += rows;
	}
	if (labelled === 0) return null;
	const atMost = betaMixtureUpper(missed, n, delta);
	return { n, labelled, unlabelled: n - labelled, agreements, missed, overturned, atMost, delta };
}
