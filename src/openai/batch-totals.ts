import type { CascadeFacts } from "../core/cascade-facts.ts";
import type { Completion, TokenUsage } from "../core/completion.ts";

/** What the texts of one request used and cost together. Null as soon as one is unknown: a sum is never too small. */
export interface BatchTotals {
	/** Of the stages that answered. */
	readonly usage: TokenUsage | null;
	/** US dollars of every call. */
	readonly costUsd: number | null;
	/** US dollars against always asking the last stage; may be negative. */
	readonly savedUsd: number | null;
}

/** Adds up the answers of a batch. */
export function batchTotals(
	answers: readonly { readonly answer: Completion; readonly facts: CascadeFacts }[],
): BatchTotals {
	const usages = answers.map(({ answer }) => answer.usage);
	const inputTokens = sum(usages.map((usage) => usage?.inputTokens ?? null));
	const outputTokens = sum(usages.map((usage) => usage?.outputTokens ?? null));
	return {
		usage: inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens },
		costUsd: sum(answers.map(({ facts }) => facts.costUsd)),
		savedUsd: sum(answers.map(({ facts }) => facts.savedUsd)),
	};
}

function sum(values: readonly (number | null)[]): number | null {
	let total = 0;
	for (const value of values) {
		if (value === null) return null;
		total += value;
	}
	return total;
}
