import { selectRows, type CascadeLog } from "../../src/tuning/log/cascade-log.ts";
import { cutFolds } from "../../src/tuning/log/folds.ts";
import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { chooseThreshold } from "../../src/tuning/selection/choose-threshold.ts";
import { empiricalRisk } from "../../src/tuning/selection/risk.ts";
import { countsAt, populationOf, type Population } from "./population.ts";
import {
	alwaysLarge,
	cascadeAt,
	cheapestAt,
	coinCost,
	fitLengthGate,
	promptLengths,
	routerCurve,
	type Point,
} from "./routing.ts";
import { naiveChoice } from "./rules.ts";
import type { Claim } from "./trace-cells.ts";

/** What a threshold does with the half that it was not chosen on. */
export interface HeldOut extends Point {
	readonly threshold: number;
	readonly coverage: number;
	/** The risk that was asked for. */
	readonly risk: number;
	/** Against always asking the large model; negative where the cascade costs more. */
	readonly saving: number;
}

/** The least cost at which a way without a cascade reaches the cascade's quality on the same rows, as a saving against always-large. */
export interface SameQuality {
	readonly coin: number | null;
	readonly length: number | null;
	readonly gate: number | null;
}

/** One split into halves. */
export interface SplitResult {
	/** Null where nothing was certified. */
	readonly certified: HeldOut | null;
	/** Null where no threshold meets the target on the first half. */
	readonly naive: HeldOut | null;
	/** At the certified cascade's quality; null with it. */
	readonly sameQuality: SameQuality | null;
	readonly largeQuality: number;
}

/** Halves of a log, and what all claims on them share. */
interface Halves {
	readonly fitting: CascadeLog;
	readonly heldOut: CascadeLog;
	readonly fittingPopulation: Population;
	readonly heldOutPopulation: Population;
	readonly large: Point;
	readonly lengthCurve: readonly Point[] | undefined;
	readonly gateCurve: readonly Point[] | undefined;
}

/** Cuts a pair's rows into random halves many times; each claim is certified on one half and measured on the other. */
export function measureHeldOut(
	log: CascadeLog,
	claims: readonly Claim[],
	{ splits, delta, seed }: { readonly splits: number; readonly delta: number; readonly seed: number },
): SplitResult[][] {
	const random = seededRandom(seed);
	const results: SplitResult[][] = claims.map(() => []);
	for (let split = 0; split < splits; split++) {
		const halves = cut(log, random);
		const choiceSeed = Math.floor(random() * 2 ** 31);
		for (const [index, claim] of claims.entries())
			results[index]?.push(measureSplit(halves, claim, { delta, seed: choiceSeed }));
	}
	return results;
}

function cut(log: CascadeLog, random: () => number): Halves {
	const [drawn, rest] = cutFolds(log.rows, [0.5, 0.5], seededRandom(Math.floor(random() * 2 ** 31))) as [
		Int32Array,
		Int32Array,
	];
	const [fitting, heldOut] = [selectRows(log, drawn), selectRows(log, rest)];
	const lengths = promptLengths(heldOut);
	const gate = fitLengthGate(fitting, heldOut);
	return {
		fitting,
		heldOut,
		fittingPopulation: populationOf(fitting),
		heldOutPopulation: populationOf(heldOut),
		large: alwaysLarge(heldOut),
		lengthCurve:
			lengths &&
			routerCurve(
				heldOut,
				lengths.map((tokens) => -tokens),
			),
		gateCurve: gate && routerCurve(heldOut, gate),
	};
}

function measureSplit(
	halves: Halves,
	claim: Claim,
	{ delta, seed }: { readonly delta: number; readonly seed: number },
): SplitResult {
	const { fitting, fittingPopulation, large } = halves;
	const certified = outcomeAt(halves, claim, chooseThreshold(fitting, { ...claim, delta, seed }).threshold);
	const loosest = naiveChoice(fittingPopulation.counts, { ...claim, delta });
	const naive = outcomeAt(halves, claim, loosest === null ? null : (fittingPopulation.thresholds[loosest] as number));
	return {
		certified,
		naive,
		sameQuality: certified === null ? null : atSameQuality(halves, certified.quality),
		largeQuality: large.quality,
	};
}

function outcomeAt(
	{ heldOut, heldOutPopulation, large }: Halves,
	{ risk }: Claim,
	threshold: number | null,
): HeldOut | null {
	if (threshold === null) return null;
	const point = cascadeAt(heldOut, threshold);
	const counts = countsAt(heldOutPopulation, threshold);
	return {
		...point,
		threshold,
		coverage: counts.accepted / counts.rows,
		// Nothing accepted, nothing wrong.
		risk: counts.accepted === 0 ? 0 : empiricalRisk(risk, counts),
		saving: 1 - point.cost / large.cost,
	};
}

/** Each other way at its best on these very rows, which flatters it: the cascade's threshold was chosen on the other half. */
function atSameQuality({ heldOut, large, lengthCurve, gateCurve }: Halves, quality: number): SameQuality {
	const saving = (cost: number | null): number | null => (cost === null ? null : 1 - cost / large.cost);
	return {
		coin: saving(coinCost(heldOut, quality)),
		length: lengthCurve === undefined ? null : saving(cheapestAt(lengthCurve, quality)),
		gate: gateCurve === undefined ? null : saving(cheapestAt(gateCurve, quality)),
	};
}
