import { equalBins, type ScoreBin } from "./equal-bins.ts";
import { poolAdjacentViolators } from "../score-calibration/isotonic.ts";

/** How the check is made. */
export interface MonotonicityOptions {
	/** Uniform in [0, 1); an argument, so that the check can be repeated. */
	readonly random: () => number;
	/** 10 where not given. */
	readonly bins?: number | undefined;
	/** Simulations behind the p-value; 1,000 where not given. */
	readonly replicates?: number | undefined;
	/** At or below it the score is said not to be monotone; 0.05 where not given. */
	readonly level?: number | undefined;
}

/** A bin's share of wrong answers, and the nearest that falls as the score rises. */
interface MonotonicityBin extends ScoreBin {
	readonly rate: number;
	readonly isotonicRate: number;
}

/** Whether the share of wrong answers falls as the score rises. */
export interface Monotonicity {
	/** False: thresholds from strict to loose will be stopped early, and `fitReordering` is worth its fold. */
	readonly monotone: boolean;
	readonly pValue: number;
	readonly bins: readonly MonotonicityBin[];
}

/**
 * Tests "the risk never rises with the score". Scores are binned by equal numbers, wrong shares are fitted by isotonic
 * regression, and the statistic is the weighted squared distance between the two over the fit's binomial variance. Its
 * p-value is from a parametric bootstrap that draws labels with the isotonic rates, (1 + at least as far) / (1 + replicates).
 * A diagnosis, not part of any guarantee: those hold for any score. To be made on a fitting fold when it decides what is
 * tested.
 */
export function checkMonotone(scores: Float64Array, wrong: Uint8Array, options: MonotonicityOptions): Monotonicity {
	const { random, bins: most = 10, replicates = 1_000, level = 0.05 } = options;
	const cut = equalBins(scores, wrong, most);
	const rows = Float64Array.from(cut, (bin) => bin.rows);
	const fitted = fallingRates(
		Float64Array.from(cut, (bin) => bin.wrong),
		rows,
	);
	const observed = fitted.distance;
	let asFar = 0;
	for (let replicate = 0; replicate < replicates; replicate++) {
		const drawn = fitted.rates.map((rate, bin) => drawBinomial(rows[bin] as number, rate, random));
		if (fallingRates(drawn, rows).distance >= observed - 1e-12) asFar++;
	}
	const pValue = (1 + asFar) / (1 + replicates);
	const bins = cut.map((bin, index) => ({
		...bin,
		rate: bin.wrong / bin.rows,
		isotonicRate: fitted.rates[index] as number,
	}));
	return { monotone: !(pValue <= level), pValue, bins };
}

/** The isotonic rates, falling as the score rises, and how far the observed ones are from them. */
function fallingRates(wrong: Float64Array, rows: Float64Array): { rates: Float64Array; distance: number } {
	const right = wrong.map((count, bin) => 1 - count / (rows[bin] as number));
	const rates = poolAdjacentViolators(right, rows).map((rate) => 1 - rate);
	const distance = rates.reduce((sum, rate, bin) => {
		const apart = (wrong[bin] as number) / (rows[bin] as number) - rate;
		// A pool of only right or only wrong answers has no violation in it.
		return apart === 0 || !(rate > 0 && rate < 1)
			? sum
			: sum + ((rows[bin] as number) * apart * apart) / (rate * (1 - rate));
	}, 0);
	return { rates, distance };
}

/** Above this variance the normal distribution is as good, and a million rows a replicate would take minutes. */
const NEARLY_NORMAL = 1_000;

function drawBinomial(trials: number, chance: number, random: () => number): number {
	const variance = trials * chance * (1 - chance);
	if (variance > NEARLY_NORMAL) {
		// Box and Muller, 1958.
		const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
		return Math.min(trials, Math.max(0, Math.round(trials * chance + Math.sqrt(variance) * normal)));
	}
	let successes = 0;
	for (let trial = 0; trial < trials; trial++) if (random() < chance) successes++;
	return successes;
}
