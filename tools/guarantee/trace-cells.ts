import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { chooseThreshold } from "../../src/tuning/selection/choose-threshold.ts";
import { countAcceptances } from "../../src/tuning/selection/count-acceptances.ts";
import { empiricalRisk, type RiskKind } from "../../src/tuning/selection/risk.ts";
import { countsAt, drawRows, oracleCoverage, type Population } from "./population.ts";
import { naiveChoice } from "./rules.ts";
import { logOf } from "./simulate.ts";

/** A risk and a target that are asked of a population. */
export interface Claim {
	readonly risk: RiskKind;
	readonly target: number;
}

export const CLAIMS: readonly Claim[] = (["selective", "joint", "regret"] as const).flatMap((risk) =>
	[0.02, 0.05, 0.1, 0.2].map((target) => ({ risk, target })),
);

/** How a rule fared over all draws. */
interface Fared {
	/** Draws whose threshold has a risk above the target in the population. */
	readonly violations: number;
	/** Draws in which something was chosen. */
	readonly chosen: number;
	/** Mean coverage in the population; 0 where nothing was chosen. */
	readonly meanCoverage: number;
	/** The furthest that a true risk was above the target; 0 where none was. */
	readonly worstExcess: number;
}

/** One claim, one size of calibration set, many draws. */
export interface Cell extends Claim {
	readonly rows: number;
	readonly draws: number;
	readonly oracle: number;
	readonly tuner: Fared;
	readonly naive: Fared;
}

/** What the cells of one population are asked. */
export interface CellsRequest {
	readonly claims: readonly Claim[];
	readonly rows: number;
	readonly draws: number;
	readonly delta: number;
	readonly seed: number;
}

class Tally {
	violations = 0;
	chosen = 0;
	coverage = 0;
	worstExcess = 0;

	add(population: Population, { risk, target }: Claim, threshold: number | null): void {
		if (threshold === null) return;
		const truth = countsAt(population, threshold);
		const trueRisk = empiricalRisk(risk, truth);
		this.chosen++;
		this.coverage += truth.accepted / truth.rows;
		if (trueRisk > target) this.violations++;
		this.worstExcess = Math.max(this.worstExcess, trueRisk - target);
	}

	over(draws: number): Fared {
		const { violations, chosen, coverage, worstExcess } = this;
		return { violations, chosen, meanCoverage: coverage / draws, worstExcess };
	}
}

/** Draws calibration sets from a population and asks each of them every claim, of the tuner and of naive tuning. */
export function runCells(population: Population, request: CellsRequest): Cell[] {
	const { claims, rows, draws, delta, seed } = request;
	const random = seededRandom(seed);
	const tallies = claims.map((claim) => ({ claim, tuner: new Tally(), naive: new Tally() }));
	for (let draw = 0; draw < draws; draw++) {
		const drawn = drawRows(population, rows, random);
		const log = logOf(drawn);
		// A score that was not drawn is no other threshold than the next looser one that was.
		const counts = countAcceptances(drawn.confidence, drawn.wrong, drawn.lastWrong, population.thresholds);
		const choiceSeed = Math.floor(random() * 2 ** 31);
		for (const { claim, tuner, naive } of tallies) {
			tuner.add(population, claim, chooseThreshold(log, { ...claim, delta, seed: choiceSeed }).threshold);
			const loosest = naiveChoice(counts, { ...claim, delta });
			naive.add(population, claim, loosest === null ? null : (population.thresholds[loosest] as number));
		}
	}
	return tallies.map(({ claim, tuner, naive }) => ({
		...claim,
		rows,
		draws,
		oracle: oracleCoverage(population, claim.risk, claim.target),
		tuner: tuner.over(draws),
		naive: naive.over(draws),
	}));
}
