import type { CascadeLog } from "../../../src/tuning/log/cascade-log.ts";

/** One question, asked of a small and a large model. */
export interface Pair {
	readonly confidence: number;
	readonly small: boolean;
	readonly large: boolean;
	readonly costSmall?: number;
	readonly costLarge?: number;
	readonly latencySmall?: number;
	readonly latencyLarge?: number;
	readonly inputTokens?: number;
	readonly group?: number;
	readonly isUnlabelled?: boolean;
}

/** A log of these questions. A small answer costs 1 and a large one 20 where not said otherwise. */
export function logOfPairs(pairs: readonly Pair[]): CascadeLog {
	const column = (read: (pair: Pair) => number | undefined): Float64Array =>
		Float64Array.from(pairs, (pair) => read(pair) ?? Number.NaN);
	const hasGroups = pairs.some(({ group }) => group !== undefined);
	const hasLengths = pairs.some(({ inputTokens }) => inputTokens !== undefined);
	return {
		rows: pairs.length,
		ids: pairs.map((_, index) => `row-${index}`),
		groups: hasGroups ? Int32Array.from(pairs, ({ group }) => group ?? -1) : undefined,
		features: hasLengths ? { inputTokens: column(({ inputTokens }) => inputTokens) } : undefined,
		labelled: pairs.some(({ isUnlabelled }) => isUnlabelled === true)
			? Uint8Array.from(pairs, ({ isUnlabelled }) => (isUnlabelled === true ? 0 : 1))
			: undefined,
		stages: [
			{
				model: "small",
				confidence: column(({ confidence }) => confidence),
				wrong: Uint8Array.from(pairs, ({ small }) => (small ? 0 : 1)),
				costUsd: column(({ costSmall = 1 }) => costSmall),
				latencyMs: column(({ latencySmall }) => latencySmall),
			},
			{
				model: "large",
				confidence: column(() => undefined),
				wrong: Uint8Array.from(pairs, ({ large }) => (large ? 0 : 1)),
				costUsd: column(({ costLarge = 20 }) => costLarge),
				latencyMs: column(({ latencyLarge }) => latencyLarge),
			},
		],
	};
}

/** Rows of three columns as the reference vectors hold them. */
export function pairsOf(
	confidence: readonly number[],
	small: readonly number[],
	large: readonly number[],
): readonly Pair[] {
	return confidence.map((value, row) => ({ confidence: value, small: small[row] === 1, large: large[row] === 1 }));
}
