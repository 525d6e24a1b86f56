import { err, ok, type Result } from "../../core/result.ts";
import { solvePositiveDefinite } from "./linear-system.ts";
import { scaleOnly, standardise } from "./standardise.ts";

/** P = 1 / (1 + exp(−(bias + Σ weight · value))), weights in the order of the columns, on their own scale. */
export interface LogisticModel {
	readonly bias: number;
	readonly weights: readonly number[];
}

/** A fitted model, and how many Newton steps it took. */
export interface LogisticFit extends LogisticModel {
	readonly iterations: number;
}

/**
 * Why nothing was fitted.
 *
 * - `no-rows`, `length-mismatch`, `bad-ridge` (negative or not finite)
 * - `not-finite`: a value at `column`, `row`; `bad-target`: a target at `row` outside [0, 1]
 * - `one-class`: all targets are 0 or all are 1, so no finite intercept is best
 * - `collinear`: without ridge, columns that determine each other have no one best weight
 * - `separable`: without ridge, some combination of columns divides the classes, so weights grow without end
 * - `did-not-converge`: numbers too extreme for this arithmetic
 */
export type LogisticFailure =
	| { readonly kind: "not-finite"; readonly column: number; readonly row: number }
	| { readonly kind: "bad-target"; readonly row: number }
	| {
			readonly kind:
				| "no-rows"
				| "length-mismatch"
				| "bad-ridge"
				| "one-class"
				| "collinear"
				| "separable"
				| "did-not-converge";
	  };

/** How the weights are penalised. */
export interface LogisticOptions {
	/** Half of it times the sum of squared standardised weights is added to the mean log loss; 0.001 where not given. */
	readonly ridge?: number | undefined;
	/** Without one P is 0.5 where every value is 0, and columns are neither centred nor left out; true where not given. */
	readonly hasIntercept?: boolean | undefined;
}

export const DEFAULT_RIDGE = 1e-3;

const MOST_STEPS = 100;
const MOST_HALVINGS = 40;
/** Of a step in standardised weights. Newton's method squares its error, so the step after this one is rounding. */
const CONVERGED = 1e-8;
/** Below it the loss has no slope left to follow: what still grows, grows without end. */
const FLAT = 1e-6;

/**
 * Logistic regression by Newton's method with step halving: minimises mean log loss + ridge/2 · Σ w², the weights w being
 * those of the standardised columns (mean 0, deviation 1), so that no unit of measurement decides the penalty; the intercept
 * is free. Without an intercept columns are only brought to a mean square of 1. A constant column has weight 0. Targets may be fractions in [0, 1] and then stand for expected values (fractional
 * logit, Papke & Wooldridge, Journal of Applied Econometrics 11, 1996). Deterministic; O(rows · columns²) a step.
 */
export function fitLogistic(
	columns: readonly Float64Array[],
	targets: Float64Array | Uint8Array,
	{ ridge = DEFAULT_RIDGE, hasIntercept = true }: LogisticOptions = {},
): Result<LogisticFit, LogisticFailure> {
	const failure = findFailure(columns, targets, { ridge, hasIntercept });
	if (failure !== null) return err(failure);
	const scaled = hasIntercept ? standardise(columns) : scaleOnly(columns);
	const found = minimise(scaled.columns, targets, { ridge, hasIntercept });
	if (!found.ok) return found;
	const [intercept, ...slopes] = found.value.weights;
	const weights = columns.map(() => 0);
	let bias = intercept as number;
	for (const [index, position] of scaled.positions.entries()) {
		const weight = (slopes[index] as number) / (scaled.deviations[index] as number);
		weights[position] = weight;
		bias -= weight * (scaled.means[index] as number);
	}
	return ok({ bias, weights, iterations: found.value.steps });
}

/** The model's probability of each row; NaN where a value that has a weight is not finite. A weight of 0 reads nothing. */
export function predictLogistic(model: LogisticModel, columns: readonly Float64Array[], rows: number): Float64Array {
	return Float64Array.from({ length: rows }, (_, row) => {
		let sum = model.bias;
		for (const [index, weight] of model.weights.entries()) {
			if (weight === 0) continue;
			const value = columns[index]?.[row] ?? Number.NaN;
			if (!Number.isFinite(value)) return Number.NaN;
			sum += weight * value;
		}
		return 1 / (1 + Math.exp(-sum));
	});
}

/** Mean log loss of probabilities against targets in [0, 1], in nats. */
export function meanLogLoss(probabilities: Float64Array, targets: ArrayLike<number>): number {
	// A probability that rounded to 0 or 1 would cost infinity; it was not quite 0 or 1.
	const bounded = probabilities.map((probability) => Math.min(1 - Number.EPSILON / 2, Math.max(1e-300, probability)));
	const losses = bounded.map(
		(probability, row) =>
			-(targets[row] as number) * Math.log(probability) - (1 - (targets[row] as number)) * Math.log1p(-probability),
	);
	return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

function findFailure(
	columns: readonly Float64Array[],
	targets: Float64Array | Uint8Array,
	{ ridge, hasIntercept }: Penalty,
): LogisticFailure | null {
	if (!(ridge >= 0 && ridge < Number.POSITIVE_INFINITY)) return { kind: "bad-ridge" };
	if (targets.length === 0) return { kind: "no-rows" };
	if (columns.some((column) => column.length !== targets.length)) return { kind: "length-mismatch" };
	const badTarget = targets.findIndex((target) => !(target >= 0 && target <= 1));
	if (badTarget >= 0) return { kind: "bad-target", row: badTarget };
	for (const [column, values] of columns.entries()) {
		const row = values.findIndex((value) => !Number.isFinite(value));
		if (row >= 0) return { kind: "not-finite", column, row };
	}
	if (!hasIntercept) return null;
	const isOneClass = targets.every((target) => target === 0) || targets.every((target) => target === 1);
	return isOneClass ? { kind: "one-class" } : null;
}

type Penalty = Required<{ readonly [Option in keyof LogisticOptions]: NonNullable<LogisticOptions[Option]> }>;

interface Minimum {
	/** Intercept first. */
	readonly weights: Float64Array;
	readonly steps: number;
}

function minimise(
	columns: readonly Float64Array[],
	targets: ArrayLike<number>,
	penalty: Penalty,
): Result<Minimum, LogisticFailure> {
	const size = columns.length + 1;
	let weights = new Float64Array(size);
	let slope = Number.POSITIVE_INFINITY;
	let objective = penalisedLoss(columns, targets, penalty.ridge, weights);
	for (let steps = 1; steps <= MOST_STEPS; steps++) {
		const { gradient, curvature } = derivatives(columns, targets, penalty, weights);
		slope = largestOf(gradient);
		const step = solvePositiveDefinite(curvature, gradient, size);
		if (step === null)
			return err({ kind: steps === 1 ? "collinear" : slope < FLAT ? "separable" : "did-not-converge" });
		let share = 1;
		let next = weights;
		for (let halvings = 0; halvings <= MOST_HALVINGS; halvings++, share /= 2) {
			next = weights.map((weight, index) => weight - share * (step[index] as number));
			const reached = penalisedLoss(columns, targets, penalty.ridge, next);
			// Near the minimum two losses differ by rounding alone.
			if (!(reached <= objective + 1e-14 * (1 + Math.abs(objective)))) continue;
			objective = reached;
			break;
		}
		weights = next;
		if (largestOf(step) <= CONVERGED * (1 + largestOf(weights))) return ok({ weights, steps });
	}
	return err({ kind: slope < FLAT ? "separable" : "did-not-converge" });
}

function penalisedLoss(
	columns: readonly Float64Array[],
	targets: ArrayLike<number>,
	ridge: number,
	weights: Float64Array,
): number {
	let loss = 0;
	for (let row = 0; row < targets.length; row++) {
		const score = scoreOf(columns, weights, row);
		// log(1 + e^score) − target · score, without overflow.
		loss += Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - (targets[row] as number) * score;
	}
	let squares = 0;
	for (let index = 1; index < weights.length; index++) squares += (weights[index] as number) ** 2;
	return loss / targets.length + (ridge / 2) * squares;
}

function derivatives(
	columns: readonly Float64Array[],
	targets: ArrayLike<number>,
	{ ridge, hasIntercept }: Penalty,
	weights: Float64Array,
): { readonly gradient: Float64Array; readonly curvature: Float64Array } {
	const size = weights.length;
	const gradient = new Float64Array(size);
	const curvature = new Float64Array(size * size);
	const values = new Float64Array(size).fill(hasIntercept ? 1 : 0, 0, 1);
	for (let row = 0; row < targets.length; row++) {
		for (let index = 1; index < size; index++) values[index] = columns[index - 1]?.[row] as number;
		const score = scoreOf(columns, weights, row);
		const tail = Math.exp(-Math.abs(score));
		const rare = tail / (1 + tail);
		const common = 1 / (1 + tail);
		const positive = score >= 0 ? common : rare;
		const negative = score >= 0 ? rare : common;
		const target = targets[row] as number;
		// P − target, written so that it keeps its digits where P is next to 0 or 1.
		const residual = (1 - target) * positive - target * negative;
		const weight = rare * common;
		for (let left = 0; left < size; left++) {
			const value = values[left] as number;
			gradient[left] = (gradient[left] as number) + residual * value;
			for (let right = 0; right <= left; right++) {
				const place = left * size + right;
				curvature[place] = (curvature[place] as number) + weight * value * (values[right] as number);
			}
		}
	}
	for (let left = 0; left < size; left++) {
		// An intercept that is not wanted has no slope, and a curvature that keeps it at 0.
		const penalty = left > 0 ? ridge : hasIntercept ? 0 : 1;
		gradient[left] = (gradient[left] as number) / targets.length + penalty * (weights[left] as number);
		for (let right = 0; right <= left; right++) {
			const place = left * size + right;
			curvature[place] = (curvature[place] as number) / targets.length + (left === right ? penalty : 0);
		}
	}
	return { gradient, curvature };
}

function scoreOf(columns: readonly Float64Array[], weights: Float64Array, row: number): number {
	let score = weights[0] as number;
	for (let index = 0; index < columns.length; index++)
		score += (weights[index + 1] as number) * ((columns[index] as Float64Array)[row] as number);
	return score;
}

function largestOf(values: Float64Array): number {
	return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
