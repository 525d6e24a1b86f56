import { sampleQuantile } from "../../core/confidence/logprob-confidence.ts";
import { selectStages, type CascadeLog } from "../log/cascade-log.ts";
import type { Interval } from "../metrics/ranking.ts";
import { answeringStages, spentByRow } from "../metrics/replay-cascade.ts";

/** A figure, and its 95% percentile bootstrap interval over rows (pairs of design and reference stay together). */
interface MeasuredFigure {
	readonly value: number;
	readonly interval: Interval;
}

/** What a cascade did on the tested rows, next to always asking the reference. */
export interface MeasuredDesign {
	readonly rows: number;
	/** Means of a row. */
	readonly cost: number;
	readonly referenceCost: number;
	/** Cost ÷ the reference's. */
	readonly relativeCost: MeasuredFigure;
	/** Shares of right answers, in [0, 1]. */
	readonly quality: number;
	readonly referenceQuality: number;
	readonly qualityDifference: MeasuredFigure;
	/** Share of the rows that each model answered, in the order asked. */
	readonly answeredShares: readonly number[];
}

/** A cascade by positions in the log: the last model answers whatever no other accepts. */
export interface MeasuredCascade {
	readonly design: readonly number[];
	readonly thresholds: readonly number[];
}

/** How intervals are made. */
export interface MeasureOptions {
	readonly costs: readonly Float64Array[];
	readonly replicates: number;
	readonly random: () => number;
}

/** Replays a cascade on rows of a log. */
export function measureDesign(
	log: CascadeLog,
	rows: Int32Array,
	{ design, thresholds }: MeasuredCascade,
	{ costs, replicates, random }: MeasureOptions,
): MeasuredDesign {
	const reference = log.stages.length - 1;
	const answering = answeringStages(selectStages(log, design), thresholds);
	const spentOf = spentByRow(
		design.map((model) => costs[model] as Float64Array),
		answering,
	);
	const answered = design.map(() => 0);
	for (const row of rows) answered[answering[row] as number] = (answered[answering[row] as number] as number) + 1;
	const spent = Float64Array.from(rows, (row) => spentOf[row] as number);
	const right = Float64Array.from(
		rows,
		(row) => 1 - (log.stages[design[answering[row] as number] as number]?.wrong[row] as number),
	);
	const referenceSpent = Float64Array.from(rows, (row) => costs[reference]?.[row] as number);
	const referenceRight = Float64Array.from(rows, (row) => 1 - (log.stages[reference]?.wrong[row] as number));
	const columns = [spent, referenceSpent, right, referenceRight] as const;
	const [cost, referenceCost, quality, referenceQuality] = meansOf(columns);
	const drawn = Array.from({ length: replicates }, () => resampledMeans(columns, random));
	return {
		rows: rows.length,
		cost,
		referenceCost,
		relativeCost: {
			value: cost / referenceCost,
			interval: intervalOf(drawn.map(([cost, referenceCost]) => cost / referenceCost)),
		},
		quality,
		referenceQuality,
		qualityDifference: {
			value: quality - referenceQuality,
			interval: intervalOf(drawn.map(([, , quality, referenceQuality]) => quality - referenceQuality)),
		},
		answeredShares: answered.map((count) => count / rows.length),
	};
}

type Columns = readonly [Float64Array, Float64Array, Float64Array, Float64Array];
type Means = [number, number, number, number];

function meansOf(columns: Columns): Means {
	return columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length) as Means;
}

function resampledMeans([first, second, third, fourth]: Columns, random: () => number): Means {
	const rows = first.length;
	const sums: Means = [0, 0, 0, 0];
	for (let draw = 0; draw < rows; draw++) {
		const row = Math.floor(random() * rows);
		sums[0] += first[row] as number;
		sums[1] += second[row] as number;
		sums[2] += third[row] as number;
		sums[3] += fourth[row] as number;
	}
	return sums.map((sum) => sum / rows) as Means;
}

function intervalOf(values: readonly number[]): Interval {
	return { lower: sampleQuantile(values, 0.025), upper: sampleQuantile(values, 0.975) };
}
