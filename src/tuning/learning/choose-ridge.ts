import { err, ok, type Result } from "../../core/result.ts";
import { cutFolds } from "../log/folds.ts";
import { seededRandom } from "../seeded-random.ts";
import { fitLogistic, meanLogLoss, predictLogistic, type LogisticFailure } from "./logistic-regression.ts";

/** How ridge strengths are compared. */
export interface RidgeOptions {
	/** A whole number of 32 bits; decides the folds. */
	readonly seed: number;
	/** 5 where not given. */
	readonly folds?: number | undefined;
	/** Strengths to compare; powers of ten from 0.0001 to 1 where not given. */
	readonly candidates?: readonly number[] | undefined;
	/** Rows of one group are never divided between fitting and judging. */
	readonly groups?: Int32Array | undefined;
}

/** The strength chosen, and the mean held-out log loss, in nats, of each. */
export interface RidgeChoice {
	readonly ridge: number;
	readonly losses: readonly { readonly ridge: number; readonly logLoss: number }[];
}

const DEFAULT_CANDIDATES = [1e-4, 1e-3, 1e-2, 1e-1, 1] as const;
const DEFAULT_FOLDS = 5;

/**
 * The ridge strength with the least log loss in k-fold cross-validation, the stronger one of two that are equal. A fold whose
 * rest cannot be fitted (say, all of one class) judges no strength; where none can be, the failure of the first is returned.
 */
export function chooseRidge(
	columns: readonly Float64Array[],
	targets: Float64Array | Uint8Array,
	options: RidgeOptions,
): Result<RidgeChoice, LogisticFailure> {
	const { seed, folds = DEFAULT_FOLDS, candidates = DEFAULT_CANDIDATES, groups } = options;
	if (targets.length === 0) return err({ kind: "no-rows" });
	const shares = Array.from({ length: folds }, () => 1 / folds);
	const cuts = cutFolds(targets.length, shares, seededRandom(seed), groups).filter((fold) => fold.length > 0);
	const losses = [];
	for (const ridge of candidates) {
		let sum = 0;
		let judged = 0;
		for (const held of cuts) {
			const isHeld = new Set(held);
			const rest = Int32Array.from({ length: targets.length }, (_, row) => row).filter((row) => !isHeld.has(row));
			const fit = fitLogistic(pickEach(columns, rest), pick(targets, rest), { ridge });
			if (!fit.ok) continue;
			const probabilities = predictLogistic(fit.value, pickEach(columns, held), held.length);
			sum += meanLogLoss(probabilities, pick(targets, held)) * held.length;
			judged += held.length;
		}
		if (judged > 0) losses.push({ ridge, logLoss: sum / judged });
	}
	const [first, ...others] = losses;
	if (first === undefined) {
		const fit = fitLogistic(columns, targets, { ridge: candidates[0] });
		return err(fit.ok ? { kind: "no-rows" } : fit.error);
	}
	const best = others.reduce((best, loss) => (isBetter(loss, best) ? loss : best), first);
	return ok({ ridge: best.ridge, losses });
}

function isBetter(
	left: { readonly ridge: number; readonly logLoss: number },
	right: { readonly ridge: number; readonly logLoss: number },
): boolean {
	return left.logLoss < right.logLoss || (left.logLoss === right.logLoss && left.ridge > right.ridge);
}

function pick(column: Float64Array | Uint8Array, rows: Int32Array): Float64Array {
	return Float64Array.from(rows, (row) => column[row] as number);
}

function pickEach(columns: readonly Float64Array[], rows: Int32Array): Float64Array[] {
	return columns.map((column) => pick(column, rows));
}
