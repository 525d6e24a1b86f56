import { err, ok, type Result } from "../../core/result.ts";
import { chooseRidge } from "./choose-ridge.ts";
import { DEFAULT_RIDGE, fitLogistic, type LogisticFailure } from "./logistic-regression.ts";

/** How a score is fitted on named features. */
export interface TrainOptions {
	/** A whole number of 32 bits; decides the folds of cross-validation. */
	readonly seed: number;
	/** Strength of the penalty as in `fitLogistic`; chosen by cross-validation where not given. */
	readonly ridge?: number | undefined;
}

/**
 * Why no score was trained; those of the regression, and
 *
 * - `no-features`: the log has none of the features that the Worker reads
 * - `no-usable-rows`: no labelled row has all of them as finite numbers
 * - `constant-features`: none of them varies, so every score would be the same
 */
export type TrainFailure =
	| LogisticFailure
	| { readonly kind: "no-features" | "no-usable-rows" | "constant-features" | "no-costs" };

/** A regression by name of feature. */
export interface NamedFit<Feature extends string> {
	readonly bias: number;
	/** Without those that are 0. */
	readonly weights: Readonly<Partial<Record<Feature, number>>>;
	/** Rows fitted on, and labelled rows left out since a feature was missing or infinite. */
	readonly rows: number;
	readonly leftOut: number;
	readonly ridge: number;
}

/** Rows on which a regression is fitted. */
export interface TrainingRows {
	readonly features: Readonly<Record<string, Float64Array>> | undefined;
	/** In [0, 1]. */
	readonly targets: Float64Array;
	readonly isLabelled: (row: number) => boolean;
	readonly groups?: Int32Array | undefined;
}

/** Below this many rows a cross-validated penalty is chance, and the default is taken. */
const LEAST_ROWS_TO_CHOOSE = 50;

/** Fits a logistic regression of the targets on those of the named features that the rows have. */
export function fitNamedFeatures<Feature extends string>(
	names: readonly Feature[],
	training: TrainingRows,
	options: TrainOptions,
): Result<NamedFit<Feature>, TrainFailure> {
	const { features = {}, targets, isLabelled, groups } = training;
	const used = names.filter((name) => features[name] !== undefined);
	if (used.length === 0) return err({ kind: "no-features" });
	const columns = used.map((name) => features[name] as Float64Array);
	const labelled = Int32Array.from({ length: targets.length }, (_, row) => row).filter(isLabelled);
	const rows = labelled.filter((row) => columns.every((column) => Number.isFinite(column[row])));
	if (rows.length === 0) return err({ kind: "no-usable-rows" });
	const picked = columns.map((column) => Float64Array.from(rows, (row) => column[row] as number));
	const pickedTargets = Float64Array.from(rows, (row) => targets[row] as number);
	const ridge = ridgeFor(
		picked,
		pickedTargets,
		options,
		groups && Int32Array.from(rows, (row) => groups[row] as number),
	);
	if (!ridge.ok) return ridge;
	const fit = fitLogistic(picked, pickedTargets, { ridge: ridge.value });
	if (!fit.ok) return fit;
	const weights: Partial<Record<Feature, number>> = {};
	for (const [index, name] of used.entries()) {
		const weight = fit.value.weights[index] as number;
		if (weight !== 0) weights[name] = weight;
	}
	if (Object.keys(weights).length === 0) return err({ kind: "constant-features" });
	const leftOut = labelled.length - rows.length;
	return ok({ bias: fit.value.bias, weights, rows: rows.length, leftOut, ridge: ridge.value });
}

function ridgeFor(
	columns: readonly Float64Array[],
	targets: Float64Array,
	{ seed, ridge }: TrainOptions,
	groups: Int32Array | undefined,
): Result<number, LogisticFailure> {
	if (ridge !== undefined) return ok(ridge);
	if (targets.length < LEAST_ROWS_TO_CHOOSE) return ok(DEFAULT_RIDGE);
	const choice = chooseRidge(columns, targets, { seed, groups });
	return choice.ok ? ok(choice.value.ridge) : choice;
}
