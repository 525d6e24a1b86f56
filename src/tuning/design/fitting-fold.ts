import { selectRows, type CascadeLog } from "../log/cascade-log.ts";
import type { RiskKind } from "../selection/risk.ts";
import { expectedRisks } from "./expected-risk.ts";
import type { PathStage } from "./vector-path.ts";

/** Columns of every model on the fitting fold; the last one is the reference, whose answers are no risk. */
export interface FittingFold {
	readonly rows: number;
	readonly models: readonly PathStage[];
}

/** The fitting fold at these rows of a log; `costs` has a column over the whole log for each model. */
export function fittingFold(
	log: CascadeLog,
	rows: Int32Array,
	risk: RiskKind,
	costs: readonly Float64Array[],
): FittingFold {
	const fold = selectRows(log, rows);
	const risks = expectedRisks(fold, risk);
	const nothing = new Float64Array(rows.length);
	const models = fold.stages.map(({ confidence, wrong }, model) => ({
		confidence,
		wrong,
		cost: Float64Array.from(rows, (row) => costs[model]?.[row] as number),
		expectedRisk: risks[model] ?? nothing,
	}));
	return { rows: rows.length, models };
}
