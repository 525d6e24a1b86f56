import { clopperPearsonLower, clopperPearsonUpper } from "../../tuning/bounds/clopper-pearson.ts";
import type { CascadeLog, StageColumns } from "../../tuning/log/cascade-log.ts";
import { numberOrNull } from "../../tuning/metrics/deferral-curve.ts";
import { isPartlyKnown, withUnknownAtMean } from "../../tuning/metrics/known-values.ts";
import { savingOf } from "../../tuning/metrics/operating-point.ts";
import { answeringStages, spentByRow } from "../../tuning/metrics/replay-cascade.ts";

/** What a cascade does with the rows of a log under given thresholds; per request where it is a mean. */
export interface CascadeSummary {
	readonly rows: number;
	/** Answered before the last stage. */
	readonly accepted: number;
	/** Accepted and wrong. */
	readonly wrong: number;
	readonly coverage: number;
	/** Of the coverage of all traffic: Clopper-Pearson, 95%, two-sided; null without rows. */
	readonly coverageInterval: readonly [number, number] | null;
	readonly escalationRate: number;
	/** Wrong ÷ accepted; null where nothing is accepted. */
	readonly selectiveRisk: number | null;
	/** Share of right answers; null where a label that decides it is missing. */
	readonly quality: number | null;
	/** Of the last stage alone. */
	readonly lastStageQuality: number | null;
	/** US dollars, of every stage asked; null where costs are unknown. */
	readonly costUsd: number | null;
	readonly lastStageCostUsd: number | null;
	/** 1 − cost ÷ cost of the last stage alone; negative where the cascade costs more. */
	readonly saving: number | null;
	/** Some costs were missing, and stand at their stage's mean. */
	readonly isCostEstimated: boolean;
	/** Milliseconds until the answer, of every stage asked; null where unknown. */
	readonly latencyMs: number | null;
	readonly lastStageLatencyMs: number | null;
}

/** Runs the rows through the cascade: the first stage whose confidence reaches its threshold answers, else the last. */
export function summariseCascade(log: CascadeLog, thresholds: readonly number[]): CascadeSummary {
	const { rows } = log;
	const answering = answeringStages(log, thresholds);
	const lastIndex = log.stages.length - 1;
	let accepted = 0;
	let wrong = 0;
	let right = 0;
	let isLabelled = true;
	for (const [row, index] of answering.entries()) {
		const stage = log.stages[index] as StageColumns;
		if (index < lastIndex) accepted++;
		if (index < lastIndex && stage.wrong[row] === 1) wrong++;
		if (stage.wrong[row] === 0) right++;
		isLabelled &&= stage.labelled?.[row] !== 0;
	}
	const last = log.stages[lastIndex] as StageColumns;
	const costs = log.stages.map((stage) => withUnknownAtMean(stage.costUsd));
	const latencies = log.stages.map(({ latencyMs }) => withUnknownAtMean(latencyMs));
	const costUsd = meanOf(spentByRow(costs, answering));
	const lastStageCostUsd = meanOf(costs[lastIndex] as Float64Array);
	const coverage = rows === 0 ? 0 : accepted / rows;
	return {
		rows,
		accepted,
		wrong,
		coverage,
		coverageInterval:
			rows === 0 ? null : [clopperPearsonLower(accepted, rows, 0.025), clopperPearsonUpper(accepted, rows, 0.025)],
		escalationRate: 1 - coverage,
		selectiveRisk: accepted === 0 ? null : wrong / accepted,
		quality: isLabelled && rows > 0 ? right / rows : null,
		lastStageQuality:
			last.labelled === undefined && rows > 0 ? last.wrong.reduce((sum, mark) => sum - mark, rows) / rows : null,
		costUsd,
		lastStageCostUsd,
		saving: savingOf(costUsd, lastStageCostUsd),
		isCostEstimated: costUsd !== null && log.stages.some((stage) => isPartlyKnown(stage.costUsd)),
		latencyMs: meanOf(spentByRow(latencies, answering)),
		lastStageLatencyMs: meanOf(latencies[lastIndex] as Float64Array),
	};
}

/** What it is to send everything to the last stage and ask no other. */
export function summariseLastStage(log: CascadeLog): CascadeSummary {
	const escalated = summariseCascade(
		log,
		Array.from({ length: log.stages.length - 1 }, () => Number.POSITIVE_INFINITY),
	);
	const { lastStageCostUsd, lastStageLatencyMs } = escalated;
	return { ...escalated, costUsd: lastStageCostUsd, saving: 0, latencyMs: lastStageLatencyMs };
}

/** Null where a value is unknown, or there is none. */
function meanOf(column: Float64Array): number | null {
	return numberOrNull(column.reduce((sum, value) => sum + value, 0) / column.length);
}
