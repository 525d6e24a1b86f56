import { MOST_PATTERN_STEPS, patternCost } from "../pattern-cost.ts";
import type { FailedCheck } from "./failed-check.ts";

/** Regular expressions of a policy, with the flag `u`. */
export interface AnswerPattern {
	/** The answer must hold a match. */
	readonly mustMatch?: string | undefined;
	readonly mustNotMatch?: string | undefined;
}

/** Whether the text breaks a policy's pattern, or is too long to find out without blocking everyone else. */
export function failedPatternCheck(pattern: AnswerPattern, text: string): FailedCheck | null {
	const { mustMatch, mustNotMatch } = pattern;
	for (const source of [mustMatch, mustNotMatch]) {
		if (source !== undefined && !(patternCost(source, text.length) <= MOST_PATTERN_STEPS))
			return "too-long-for-pattern";
	}
	if (mustMatch !== undefined && !new RegExp(mustMatch, "u").test(text)) return "pattern-mismatch";
	return mustNotMatch !== undefined && new RegExp(mustNotMatch, "u").test(text) ? "pattern-mismatch" : null;
}
