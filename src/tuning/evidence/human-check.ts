import type { HumanCheck } from "../../core/evidence/audited-text.ts";
import { clopperPearsonUpper } from "../bounds/clopper-pearson.ts";

/** What the labeller and a person said of one accepted answer. */
export interface CheckedRow {
	/** The labeller found it right; where it gave no verdict it did not. */
	readonly foundRight: boolean;
	/** The person's verdict; null: passed over. */
	readonly wrong: boolean | null;
}

/**
 * How people find the labeller by these rows, which are in the order of their arrival; those after the last that a person has judged do
 * not count, since nobody has come to them yet. Null where a person has judged none.
 *
 * `atMost` bounds P(labelled right and truly wrong) of accepted answers at confidence 1 − `delta` (Clopper-Pearson). For selective risk,
 * P(wrong) ≤ P(labelled wrong) + P(labelled right and wrong): the true risk is at most the certified one and this, with confidence
 * 1 − 2 `delta`; for joint risk too, whose second term is smaller. A row passed over counts as missed where the labeller found it right,
 * whatever it was; where it found it wrong it cannot be one. The bound is of a number of rows that was not chosen by what they say.
 */
export function humanCheck(rows: readonly CheckedRow[], delta: number): HumanCheck | null {
	const counted = rows.slice(0, rows.findLastIndex(({ wrong }) => wrong !== null) + 1);
	if (counted.length === 0) return null;
	let [labelled, agreements, missed, overturned] = [0, 0, 0, 0];
	for (const { foundRight, wrong } of counted) {
		if (wrong !== null) labelled += 1;
		if (wrong !== null && foundRight !== wrong) agreements += 1;
		if (foundRight && wrong !== false) missed += 1;
		if (!foundRight && wrong === false) overturned += 1;
	}
	const n = counted.length;
	const atMost = clopperPearsonUpper(missed, n, delta);
	return { n, labelled, unlabelled: n - labelled, agreements, missed, overturned, atMost, delta };
}
