import { meanKnown, withUnknownAtMean } from "../metrics/known-values.ts";
import type { CascadeLog } from "../log/cascade-log.ts";

/**
 * What a cascade is chosen to spend least of.
 *
 * - `costUsd`: US dollars of all calls, of each row as recorded and a stage's mean where a row's is unknown
 * - `given`: the caller's cost of a call of each stage
 * - `last-stage-calls`: calls of the last stage alone, where some stage's costs are unknown
 */
export type CostObjective = "costUsd" | "given" | "last-stage-calls";

/** Costs by stage and row. */
export interface CallCosts {
	readonly objective: CostObjective;
	/** Of a call of each stage on the fitting rows. */
	readonly means: readonly number[];
	/** One column for each stage; no value is NaN. */
	readonly columns: readonly Float64Array[];
}

/**
 * Costs of each call in the log; `given` has one cost for each stage and replaces those recorded. What decides anything (the
 * objective, the means, and what stands for an unknown cost) comes from the fitting rows alone.
 */
export function callCosts(log: CascadeLog, fitting: Int32Array, given?: readonly number[]): CallCosts {
	const flat = (cost: number): Float64Array => new Float64Array(log.rows).fill(cost);
	if (given !== undefined) {
		if (given.length !== log.stages.length || !given.every((cost) => cost >= 0 && cost < Number.POSITIVE_INFINITY))
			throw new RangeError("each stage needs a cost that is not negative");
		return { objective: "given", means: given, columns: given.map(flat) };
	}
	const means = log.stages.map(({ costUsd }) => meanKnown(costUsd, fitting));
	if (means.some(Number.isNaN)) {
		const calls = log.stages.map((_, stage) => (stage === log.stages.length - 1 ? 1 : 0));
		return { objective: "last-stage-calls", means: calls, columns: calls.map(flat) };
	}
	const columns = log.stages.map(({ costUsd }, stage) => withUnknownAtMean(costUsd, means[stage]));
	return { objective: "costUsd", means, columns };
}
