import type { CascadeLog, StageColumns } from "../log/cascade-log.ts";
import type { CostModel } from "./cost-model.ts";
import { numberOrNull } from "./deferral-curve.ts";
import { labelledRows } from "./escalation-order.ts";

/** What a way of answering gives on recorded rows. */
export interface OperatingPoint {
	readonly rows: number;
	/** Share that the last model answers, in [0, 1]. */
	readonly escalation: number;
	/** Share answered right, in [0, 1]. */
	readonly quality: number;
	/** Share of what an earlier model answers that is wrong; null where it answers nothing. */
	readonly selectiveRisk: number | null;
	/** Mean US dollars of a request; null where a price is unknown. */
	readonly costUsd: number | null;
	/** 1 − cost / cost of asking only the last model; below 0 where that is cheaper. Null where a price is unknown. */
	readonly saving: number | null;
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
	const last = lastStage(log, thresholds);
	const rows = labelledRows(log);
	if (rows.length === 0) return undefined;
	const answered = log.stages.map(() => 0);
	let [right, acceptedWrong, cost, costLast] = [0, 0, 0, 0];
	for (const row of rows) {
		const position = answeringPosition(log, thresholds, row);
		const isWrong = (log.stages[position] as StageColumns).wrong[row] === 1;
		const isAccepted = position < log.stages.length - 1;
		answered[position] = (answered[position] as number) + 1;
		if (!isWrong) right++;
		if (isWrong && isAccepted) acceptedWrong++;
		cost += gateCostUsd;
		for (const stage of log.stages.slice(0, position + 1)) cost += stage.costUsd[row] as number;
		if (isAccepted && shadowRate > 0) cost += shadowRate * ((last.costUsd[row] as number) + judgeCostUsd);
		costLast += last.costUsd[row] as number;
	}
	const escalated = answered.at(-1) as number;
	return {
		rows: rows.length,
		answered: answered.map((count) => count / rows.length),
		escalation: escalated / rows.length,
		quality: right / rows.length,
		selectiveRisk: escalated === rows.length ? null : acceptedWrong / (rows.length - escalated),
		costUsd: numberOrNull(cost / rows.length),
		saving: savingOf(cost, costLast),
	};
}

/** 1 − cost / cost of the last model alone; null where either is unknown or the last model costs nothing. */
export function savingOf(cost: number | null, costLast: number | null): number | null {
	return cost === null || !(costLast !== null && costLast > 0) ? null : numberOrNull(1 - cost / costLast);
}

/** Position of the stage that answers a row. */
export function answeringPosition(log: CascadeLog, thresholds: readonly (number | null)[], row: number): number {
	for (let position = 0; position < thresholds.length; position++) {
		const threshold = thresholds[position] as number | null;
		if (threshold !== null && ((log.stages[position] as StageColumns).confidence[row] as number) >= threshold)
			return position;
	}
	return thresholds.length;
}

/** The last stage. Throws a RangeError where not each stage before it has a threshold. */
export function lastStage({ stages }: CascadeLog, thresholds: readonly (number | null)[]): StageColumns {
	const last = stages.at(-1);
	if (last === undefined || thresholds.length !== stages.length - 1)
		throw new RangeError("each stage but the last needs a threshold");
	return last;
}
