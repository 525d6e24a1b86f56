import type { CascadeLog, StageColumns } from "../log/cascade-log.ts";
import type { CostModel } from "./cost-model.ts";
import { numberOrNull } from "./deferral-curve.ts";
import { labelledRows } from "./escalation-order.ts";
import { isPartlyKnown, withUnknownAtMean } from "./known-values.ts";
import { answeringStages, spentByRow } from "./replay-cascade.ts";

/** What a way of answering gives on recorded rows. */
export interface OperatingPoint {
	readonly rows: number;
	/** Share that the last model answers, in [0, 1]. */
	readonly escalation: number;
	/** Share answered right, in [0, 1]. */
	readonly quality: number;
	/** Share of what an earlier model answers that is wrong; null where it answers nothing. */
	readonly selectiveRisk: number | null;
	/** Mean US dollars of a request, a stage's mean where one is unknown; null where a stage has no known price. */
	readonly costUsd: number | null;
	/** 1 − cost / cost of asking only the last model; below 0 where that is cheaper. Null where a price is unknown. */
	readonly saving: number | null;
	/** Some prices are unknown, and stand at their stage's mean. */
	readonly isCostEstimated: boolean;
}

/** An operating point of a cascade, and which stage answers how much. */
export interface CascadePoint extends OperatingPoint {
	/** For each stage the share of requests that it answers. */
	readonly answered: readonly number[];
}

/**
 * Replays a cascade of any length: the first stage whose confidence reaches its threshold answers, and every stage asked up
 * to there is paid for. One threshold for each stage but the last; null accepts nothing. Of labelled rows; undefined where
 * there is none. Throws a RangeError where there are not so many thresholds.
 */
export function measureCascade(
	log: CascadeLog,
	thresholds: readonly (number | null)[],
	costs: Omit<CostModel, "paysSmallWhenEscalated"> = {},
): CascadePoint | undefined {
	const { shadowRate = 0, judgeCostUsd = 0, gateCostUsd = 0 } = costs;
	const answering = answeringStages(log, thresholds);
	const last = log.stages.length - 1;
	const rows = labelledRows(log);
	if (rows.length === 0) return undefined;
	const prices = log.stages.map(({ costUsd }) => withUnknownAtMean(costUsd));
	const spent = spentByRow(prices, answering);
	const lastPrices = prices[last] as Float64Array;
	const answered = log.stages.map(() => 0);
	let [right, acceptedWrong, cost, costLast] = [0, 0, 0, 0];
	for (const row of rows) {
		const position = answering[row] as number;
		const isWrong = (log.stages[position] as StageColumns).wrong[row] === 1;
		const isAccepted = position < last;
		answered[position] = (answered[position] as number) + 1;
		if (!isWrong) right++;
		if (isWrong && isAccepted) acceptedWrong++;
		cost += gateCostUsd + (spent[row] as number);
		if (isAccepted && shadowRate > 0) cost += shadowRate * ((lastPrices[row] as number) + judgeCostUsd);
		costLast += lastPrices[row] as number;
	}
	const escalated = answered[last] as number;
	return {
		rows: rows.length,
		answered: answered.map((count) => count / rows.length),
		escalation: escalated / rows.length,
		quality: right / rows.length,
		selectiveRisk: escalated === rows.length ? null : acceptedWrong / (rows.length - escalated),
		costUsd: numberOrNull(cost / rows.length),
		saving: savingOf(cost, costLast),
		isCostEstimated: log.stages.some(({ costUsd }) => isPartlyKnown(costUsd)),
	};
}

/** 1 − cost / cost of the last model alone; null where either is unknown or the last model costs nothing. */
export function savingOf(cost: number | null, costLast: number | null): number | null {
	return cost === null || !(costLast !== null && costLast > 0) ? null : numberOrNull(1 - cost / costLast);
}
