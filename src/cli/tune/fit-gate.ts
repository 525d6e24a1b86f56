import type { CascadeLog } from "../../tuning/log/cascade-log.ts";
import { fitLogistic, predictLogistic } from "../../tuning/learning/logistic-regression.ts";

/** Features of requests whose size is better read by its logarithm. */
const COUNTS: readonly string[] = ["inputTokens"];

/**
 * A pre-generation gate as a baseline: P(the small model is right | the request), fitted by logistic regression on all features
 * of requests that the log has, on other rows than it is applied to. Undefined where the log has none, or nothing can be fitted.
 */
export function gateScores(fitting: CascadeLog, measured: CascadeLog): Float64Array | undefined {
	const names = Object.keys(fitting.features ?? {});
	if (names.length === 0) return undefined;
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
