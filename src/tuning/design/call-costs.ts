import { meanKnown } from "../learning/mean-known.ts";
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
	/** One column for each stage; no value is NaN. */
	readonly columns: readonly Float64Array[];
}

/** Costs of each call in the log; `given` has one cost for each stage and replaces those recorded. */
export function callCosts(log: CascadeLog, given?: readonly number[]): CallCosts {
	const flat = (cost: number): Float64Array => new Float64Array(log.rows).fill(cost);
	if (given !== undefined) {
		if (given.length !== log.stages.length || !given.every((cost) => cost >= 0 && cost < Number.POSITIVE_INFINITY))
			throw new RangeError("each stage needs a cost that is not negative");
		return { objective: "given", columns: given.map(flat) };
	}
	const means = log.stages.map(({ costUsd }) => meanKnown(costUsd));
	if (means.some(Number.isNaN)) {
		const last = log.stages.length - 1;
		return { objective: "last-stage-calls", columns: log.stages.map((_, stage) => flat(stage === last ? 1 : 0)) };
	}
	return {
		objective: "costUsd",
		columns: log.stages.map(({ costUsd }, stage) =>
			costUsd.map((cost) => (Number.isNaN(cost) ? (means[stage] as number) : cost)),
		),
	};
}
