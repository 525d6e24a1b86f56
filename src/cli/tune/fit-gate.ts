import { PROMPT_FEATURES } from "../../core/prompt-features.ts";
import type { CascadeLog } from "../../tuning/log/cascade-log.ts";
import { fitLogistic, predictLogistic } from "../../tuning/learning/logistic-regression.ts";
import { gateScores as scoresOfGate, trainGate } from "../../tuning/learning/train-gate.ts";

/** Features of requests whose size is better read by its logarithm. */
const COUNTS: readonly string[] = ["inputTokens"];

/**
 * A pre-generation gate as a baseline: P(the small model is right | the request), on other rows than it is fitted on. Where all
 * features of requests that the log has are the Worker's own, it is the gate that the Worker would run (`trainGate`); where
 * there are others, such as the prompt's tokens, a logistic regression on all of them, since a baseline is to be the best that
 * the log allows. Undefined where the log has none, or nothing can be fitted.
 */
export function gateScores(fitting: CascadeLog, measured: CascadeLog, seed = 1): Float64Array | undefined {
	const names = Object.keys(fitting.features ?? {});
	if (names.length === 0) return undefined;
	if (names.every((name) => PROMPT_FEATURES.some((known) => known === name))) {
		// Where it closes is the comparison's to say.
		const gate = trainGate(fitting, { seed, threshold: 0 });
		return gate.ok ? scoresOfGate(measured, gate.value.score) : undefined;
	}
	const targets = Float64Array.from(fitting.stages[0]?.wrong ?? [], (wrong) => 1 - wrong);
	const fit = fitLogistic(columnsOf(fitting, names), targets);
	return fit.ok ? predictLogistic(fit.value, columnsOf(measured, names), measured.rows) : undefined;
}

function columnsOf({ features, rows }: CascadeLog, names: readonly string[]): Float64Array[] {
	return names.map((name) => {
		const column = features?.[name] ?? new Float64Array(rows).fill(Number.NaN);
		return COUNTS.includes(name) ? column.map((value) => Math.log1p(value)) : column;
	});
}
