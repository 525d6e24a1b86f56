import { fitLogistic, predictLogistic } from "../../src/tuning/learning/logistic-regression.ts";
import type { CascadeLog, StageColumns } from "../../src/tuning/log/cascade-log.ts";

/** What a way to use two models costs a request, and how many answers are right. */
export interface Point {
	readonly cost: number;
	/** Share of right answers. */
	readonly quality: number;
}

/** Costs of the calls of two models, row by row. */
export interface PairCosts {
	readonly small: Float64Array;
	readonly large: Float64Array;
	/** The log has no costs: each call of the large model counts ten of the small one. */
	readonly isNominal: boolean;
}

const NOMINAL_RATIO = 10;

/** The recorded costs where every call has one, else the nominal ratio. */
export function costsOf({ rows, stages }: CascadeLog): PairCosts {
	const [small, large] = stages as readonly [StageColumns, StageColumns];
	const isNominal = [small, large].some(({ costUsd }) => costUsd.some(Number.isNaN));
	if (!isNominal) return { small: small.costUsd, large: large.costUsd, isNominal };
	return { small: new Float64Array(rows).fill(1), large: new Float64Array(rows).fill(NOMINAL_RATIO), isNominal };
}

/** Always the large model, and nothing else. */
export function alwaysLarge(log: CascadeLog): Point {
	return { cost: meanOf(costsOf(log).large), quality: 1 - meanOf(lastOf(log).wrong) };
}

/** Always the small model. */
export function alwaysSmall(log: CascadeLog): Point {
	return { cost: meanOf(costsOf(log).small), quality: 1 - meanOf(firstOf(log).wrong) };
}

/** The small model is always asked, and the large one where the confidence is below the threshold. */
export function cascadeAt(log: CascadeLog, threshold: number): Point {
	const costs = costsOf(log);
	const { confidence, wrong } = firstOf(log);
	const last = lastOf(log).wrong;
	let cost = 0;
	let right = 0;
	for (let row = 0; row < log.rows; row++) {
		const isAccepted = (confidence[row] as number) >= threshold;
		cost += (costs.small[row] as number) + (isAccepted ? 0 : (costs.large[row] as number));
		right += 1 - ((isAccepted ? wrong[row] : last[row]) as number);
	}
	return { cost: cost / log.rows, quality: right / log.rows };
}

/** Every point that the cascade reaches, from always escalating to never. */
export function cascadeCurve(log: CascadeLog): Point[] {
	const costs = costsOf(log);
	const { confidence, wrong } = firstOf(log);
	const last = lastOf(log).wrong;
	const start = { cost: meanOf(costs.small) + meanOf(costs.large), quality: 1 - meanOf(last) };
	return movedRowByRow(confidence, start, (row) => ({
		cost: -(costs.large[row] as number) / log.rows,
		quality: ((last[row] as number) - (wrong[row] as number)) / log.rows,
	}));
}

/**
 * Every point of a router that asks one of the two models and never both: rows whose prompt has the higher score go to the
 * small model first. From the large model alone to the small one alone.
 */
export function routerCurve(log: CascadeLog, scores: Float64Array): Point[] {
	const costs = costsOf(log);
	const small = firstOf(log).wrong;
	const large = lastOf(log).wrong;
	return movedRowByRow(scores, alwaysLarge(log), (row) => ({
		cost: ((costs.small[row] as number) - (costs.large[row] as number)) / log.rows,
		quality: ((large[row] as number) - (small[row] as number)) / log.rows,
	}));
}

/** A router that throws a coin: on average every point between the two models. */
export function coinCost(log: CascadeLog, quality: number): number | null {
	const [small, large] = [alwaysSmall(log), alwaysLarge(log)];
	if (small.quality >= quality) return Math.min(small.cost, large.cost);
	if (large.quality < quality) return null;
	const share = (quality - small.quality) / (large.quality - small.quality);
	return small.cost + share * (large.cost - small.cost);
}

/** The least cost at which some point has the quality; null where none has. */
export function cheapestAt(points: readonly Point[], quality: number): number | null {
	// Means summed in another order differ in their last digits.
	const enough = points.filter((point) => point.quality >= quality - 1e-9);
	return enough.length === 0 ? null : Math.min(...enough.map(({ cost }) => cost));
}

/** Tokens of the prompt; undefined where the log does not say. */
export function promptLengths(log: CascadeLog): Float64Array | undefined {
	return log.features?.["inputTokens"];
}

/**
 * A gate before any model is asked: the chance that the small model is right, by logistic regression on the logarithm of the
 * prompt's tokens and its square, all that the traces say of a prompt. Fitted on one log, it scores the other; undefined where
 * they do not say how long prompts are.
 */
export function fitLengthGate(fittingLog: CascadeLog, log: CascadeLog): Float64Array | undefined {
	const [known, asked] = [lengthColumns(fittingLog), lengthColumns(log)];
	if (known === undefined || asked === undefined) return undefined;
	const fit = fitLogistic(
		known,
		firstOf(fittingLog).wrong.map((wrong) => 1 - wrong),
	);
	// All right or all wrong: nothing to tell prompts apart by.
	return fit.ok ? predictLogistic(fit.value, asked, log.rows) : new Float64Array(log.rows);
}

function lengthColumns(log: CascadeLog): Float64Array[] | undefined {
	const logarithms = promptLengths(log)?.map((tokens) => Math.log(tokens));
	return logarithms === undefined ? undefined : [logarithms, logarithms.map((value) => value * value)];
}

/** Moves rows one tie after the other, highest scores first, and notes where that leads. */
function movedRowByRow(scores: Float64Array, start: Point, change: (row: number) => Point): Point[] {
	const order = Array.from(scores.keys()).sort((left, right) => (scores[right] as number) - (scores[left] as number));
	const points = [start];
	let { cost, quality } = start;
	for (const [place, row] of order.entries()) {
		const moved = change(row);
		cost += moved.cost;
		quality += moved.quality;
		const next = order[place + 1];
		if (next === undefined || scores[next] !== scores[row]) points.push({ cost, quality });
	}
	return points;
}

function firstOf(log: CascadeLog): StageColumns {
	return log.stages[0] as StageColumns;
}

function lastOf(log: CascadeLog): StageColumns {
	return log.stages.at(-1) as StageColumns;
}

function meanOf(column: Float64Array | Uint8Array): number {
	let sum = 0;
	for (const value of column) sum += value;
	return sum / column.length;
}
