/** Scores closer than this to 0 or 1 are taken as this far from it, as 0 and 1 have no finite logit. */
const CLIPPED = 1e-12;

/** ln s and ln(1 − s), with s clipped to [1e-12, 1 − 1e-12]; NaN for NaN. */
export function logOdds(score: number): { readonly right: number; readonly wrong: number } {
	const clipped = Math.min(1 - CLIPPED, Math.max(CLIPPED, score));
	return { right: Math.log(clipped), wrong: Math.log1p(-clipped) };
}

/** ln(s / (1 − s)), clipped as `logOdds`. */
export function logit(score: number): number {
	const { right, wrong } = logOdds(score);
	return right - wrong;
}

/** 1 / (1 + exp(−x)). */
export function sigmoid(x: number): number {
	return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

const MOST_STEPS = 100;
/** Converged where no coefficient moves by more than this share of its size. */
const CLOSE_ENOUGH = 1e-13;
/**
 * Maximum likelihood beyond this does not exist: with scores clipped as they are, it is a step between two scores that are
 * next to each other.
 */
const GREATEST_COEFFICIENT = 1e8;

/**
 * Maximum-likelihood coefficients of P = σ(Σ θ_j x_j) for targets in [0, 1], by Newton's method with steps halved until the
 * loss no longer rises. `columns` are the features, one array each, of at most three. Undefined where there is no finite
 * maximum or features are collinear. Not penalised.
 */
export function fitLogisticCurve(columns: readonly Float64Array[], targets: Float64Array): number[] | undefined {
	let coefficients = columns.map(() => 0);
	let loss = lossOf(columns, targets, coefficients);
	for (let step = 0; step < MOST_STEPS; step++) {
		const direction = newtonDirection(columns, targets, coefficients);
		if (direction === undefined) return undefined;
		let scale = 1;
		const at = (share: number): number[] =>
			coefficients.map((coefficient, index) => coefficient - share * (direction[index] as number));
		// Near the end the loss can no longer tell a step from none, so a step as good up to rounding is taken whole.
		while (lossOf(columns, targets, at(scale)) > loss + 1e-12 * Math.abs(loss) && scale > 1e-9) scale /= 2;
		coefficients = at(scale);
		loss = lossOf(columns, targets, coefficients);
		if (!coefficients.every((coefficient) => Math.abs(coefficient) < GREATEST_COEFFICIENT)) return undefined;
		if (
			direction.every((move, index) => Math.abs(move) <= CLOSE_ENOUGH * (1 + Math.abs(coefficients[index] as number)))
		)
			return coefficients;
	}
	return undefined;
}

function linear(columns: readonly Float64Array[], coefficients: readonly number[], row: number): number {
	let sum = 0;
	for (const [index, column] of columns.entries()) sum += (coefficients[index] as number) * (column[row] as number);
	return sum;
}

function lossOf(columns: readonly Float64Array[], targets: Float64Array, coefficients: readonly number[]): number {
	let loss = 0;
	for (let row = 0; row < targets.length; row++) {
		const sum = linear(columns, coefficients, row);
		// ln(1 + e^x) − t·x without overflow.
		loss += Math.max(0, sum) + Math.log1p(Math.exp(-Math.abs(sum))) - (targets[row] as number) * sum;
	}
	return loss;
}

/** Solves Hessian · direction = gradient. */
function newtonDirection(
	columns: readonly Float64Array[],
	targets: Float64Array,
	coefficients: readonly number[],
): number[] | undefined {
	const size = columns.length;
	const system = Array.from({ length: size }, () => new Float64Array(size + 1));
	for (let row = 0; row < targets.length; row++) {
		const probability = sigmoid(linear(columns, coefficients, row));
		const curvature = probability * (1 - probability);
		for (const [index, equation] of system.entries()) {
			const feature = (columns[index] as Float64Array)[row] as number;
			for (let other = 0; other < size; other++)
				equation[other] =
					(equation[other] as number) + curvature * feature * ((columns[other] as Float64Array)[row] as number);
			equation[size] = (equation[size] as number) + (probability - (targets[row] as number)) * feature;
		}
	}
	return solve(system);
}

/** Gauss-Jordan elimination with pivoting of a system of rows [matrix | right side]; undefined where singular. */
function solve(system: Float64Array[]): number[] | undefined {
	const size = system.length;
	for (let column = 0; column < size; column++) {
		let pivot = column;
		for (let row = column + 1; row < size; row++)
			if (Math.abs(at(system, row, column)) > Math.abs(at(system, pivot, column))) pivot = row;
		[system[column], system[pivot]] = [system[pivot] as Float64Array, system[column] as Float64Array];
		if (!(Math.abs(at(system, column, column)) > 1e-300)) return undefined;
		for (let row = 0; row < size; row++) {
			if (row === column) continue;
			const factor = at(system, row, column) / at(system, column, column);
			const equation = system[row] as Float64Array;
			for (let place = column; place <= size; place++)
				equation[place] = (equation[place] as number) - factor * at(system, column, place);
		}
	}
	const solution = system.map((equation, index) => (equation[size] as number) / (equation[index] as number));
	return solution.every(Number.isFinite) ? solution : undefined;
}

function at(system: readonly Float64Array[], row: number, column: number): number {
	return (system[row] as Float64Array)[column] as number;
}
