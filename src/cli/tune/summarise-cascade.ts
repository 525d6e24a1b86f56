import { clopperPearsonLower, clopperPearsonUpper } from "../../tuning/bounds/clopper-pearson.ts";
import type { CascadeLog, StageColumns } from "../../tuning/log/cascade-log.ts";

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
	const { rows } = log;
	const last = log.stages[lastIndex] as StageColumns;
	const costs = log.stages.map(({ costUsd }) => filled(costUsd));
	const latencies = log.stages.map(({ latencyMs }) => filled(latencyMs));
	const costUsd = meanPaid(costs, answering);
	const lastStageCostUsd = meanOf(costs[lastIndex]);
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
		isCostEstimated: costUsd !== null && log.stages.some((stage) => stage.costUsd.some(Number.isNaN)),
		latencyMs: meanPaid(latencies, answering),
		lastStageLatencyMs: meanOf(latencies[lastIndex]),
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

function answeringStages({ rows, stages }: CascadeLog, thresholds: readonly number[]): Uint8Array {
	const answering = new Uint8Array(rows).fill(stages.length - 1);
	for (let index = stages.length - 2; index >= 0; index--) {
		const confidence = stages[index]?.confidence as Float64Array;
		const threshold = thresholds[index] ?? Number.POSITIVE_INFINITY;
		for (let row = 0; row < rows; row++) if ((confidence[row] as number) >= threshold) answering[row] = index;
	}
	return answering;
}

/** The column with what is missing at the mean of the rest; undefined where all is missing. */
function filled(column: Float64Array): Float64Array | undefined {
	const known = column.filter((value) => !Number.isNaN(value));
	if (known.length === column.length) return column;
	const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
	return known.length === 0 ? undefined : column.map((value) => (Number.isNaN(value) ? mean : value));
}

/** Mean over rows of the sum over the stages asked. Null where a stage that was asked is unknown. */
function meanPaid(columns: readonly (Float64Array | undefined)[], answering: Uint8Array): number | null {
	let total = 0;
	for (const [row, index] of answering.entries()) {
		for (let stage = 0; stage <= index; stage++) {
			const column = columns[stage];
			if (column === undefined) return null;
			total += column[row] as number;
		}
	}
	return answering.length === 0 ? null : total / answering.length;
}

function meanOf(column: Float64Array | undefined): number | null {
	if (column === undefined || column.length === 0) return null;
	return column.reduce((sum, value) => sum + value, 0) / column.length;
}

function savingOf(costUsd: number | null, lastStageCostUsd: number | null): number | null {
	if (costUsd === null || lastStageCostUsd === null || lastStageCostUsd === 0) return null;
	return 1 - costUsd / lastStageCostUsd;
}
