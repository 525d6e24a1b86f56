import { BET_FRACTIONS } from "../bounds/betting.ts";
import { labelsForPower } from "../bounds/labels-needed.ts";
import { empiricalRisk, type AcceptanceCounts, type RiskKind } from "./risk.ts";

/** What is tested, and how surely. */
export interface TestLevel {
	readonly risk: RiskKind;
	readonly target: number;
	/** What the test may spend. */
	readonly delta: number;
}

/** The chance of success that is planned for, and its quantile of the normal distribution. */
const POWER = 0.8;
/** Estimates end here. */
const MOST_TIMES_THE_ROWS = 100;
const NORMAL_QUANTILE_OF_POWER = 0.8416212335729143;

/**
 * About how many labelled rows in all (not only accepted ones) would pass this test with chance 0.8, were the risk and the
 * coverage what these rows say. An estimate to plan by, not a promise. At most 100 times the rows at hand,
 * which then means "more than": that far from what was seen an estimate is none. Null where the observed risk is at or above
 * the target, so that more labels are not what is missing, or where nothing was accepted.
 *
 * Exact binomial power for selective and joint risk; for regret the log-wealth of the best bet is taken as normal.
 */
export function estimateLabels(counts: AcceptanceCounts, { risk, target, delta }: TestLevel): number | null {
	const observed = empiricalRisk(risk, counts);
	if (!(observed < target)) return null;
	const most = MOST_TIMES_THE_ROWS * counts.rows;
	if (risk === "regret") return Math.min(most, estimateForRegret(counts, target, delta));
	const labels = labelsForPower({ target, delta, trueRisk: observed, power: POWER }) ?? Number.POSITIVE_INFINITY;
	return Math.min(most, risk === "joint" ? labels : Math.ceil((labels * counts.rows) / counts.accepted));
}

/** Whether an estimate over so many rows only says "more than". */
export function isLabelsNeededCapped(labelsNeeded: number, rows: number): boolean {
	return labelsNeeded >= MOST_TIMES_THE_ROWS * rows;
}

/** Infinite where no bet grows: the risk is too close to the target. */
function estimateForRegret({ rows, worse, better }: AcceptanceCounts, target: number, delta: number): number {
	// A mean over the bets is at least the best one's share of it.
	const needed = Math.log(BET_FRACTIONS.length / delta);
	const estimates = BET_FRACTIONS.map((fraction) => {
		const bet = fraction / (1 - target);
		const gains = [-1, 0, 1].map((regret) => Math.log1p(-bet * (regret - target)));
		const shares = [better / rows, 1 - (better + worse) / rows, worse / rows];
		const growth = dot(shares, gains);
		if (!(growth > 0)) return Number.POSITIVE_INFINITY;
		const variance = Math.max(
			0,
			dot(
				shares,
				gains.map((gain) => gain * gain),
			) -
				growth * growth,
		);
		// n · growth − z √(n · variance) = needed, solved for √n.
		const spread = NORMAL_QUANTILE_OF_POWER * Math.sqrt(variance);
		return ((spread + Math.sqrt(spread * spread + 4 * growth * needed)) / (2 * growth)) ** 2;
	});
	return Math.ceil(Math.min(...estimates));
}

function dot(left: readonly number[], right: readonly number[]): number {
	return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}
