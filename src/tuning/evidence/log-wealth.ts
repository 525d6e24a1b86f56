import { CERTAIN } from "../../core/evidence/guarantee.ts";
import { logMeanExp } from "../bounds/log-mean-exp.ts";
import { floorOf, type EpochRecord, type EvidenceCount, type PhaseRecord } from "./evidence-table.ts";

/** Shares of the greatest bet that cannot ruin; several, since which is best depends on the risk that is not known. */
export const BET_FRACTIONS = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95] as const;

/**
 * What the gambler bets against: that the risk is at least the target (`below` is what would be shown), or that it is at
 * most the target.
 */
type Claim = "below" | "above";

/** The evidence of one epoch. Counts and phases of other epochs are passed over. */
export interface Evidence {
	readonly counts: readonly EvidenceCount[];
	readonly phases: readonly PhaseRecord[];
	readonly epoch: EpochRecord;
}

/**
 * ln of the e-value against "the risk of `candidate` is at least the target": the mean over bets of the wealth of a gambler
 * who stakes a fixed share against each wrong answer, weighted by the inverse of the chance of its label (the betting
 * e-process of Waudby-Smith & Ramdas, JRSS B 86, 2024, with inverse propensities as in Waudby-Smith et al., "Anytime-valid
 * off-policy inference", 2024). By Ville's inequality it ever reaches 1/delta with chance at most delta where the claim holds,
 * for whatever propensities, as long as they were fixed before the answers and lie at or above the phase's floor.
 *
 * A function of the counts alone: their order, and how they were split over shards, change nothing. 0 without evidence.
 * Throws a RangeError for a count whose phase is not given or whose propensity is under the phase's floor.
 */
export function logWealth(evidence: Evidence & { readonly candidate: number }): number {
	return logMeanExp(logWealthPerFraction(evidence));
}

/**
 * ln of the e-value against "the risk of `candidate` is at most the target", from bets on wrong answers: the evidence that it is
 * worse. It falls as the target rises, and `logWealth` rises.
 */
export function logWealthAbove(evidence: Evidence & { readonly candidate: number }): number {
	return logMeanExp(wealthOf(evidence, "above"));
}

/** The same for each of `BET_FRACTIONS` alone. */
export function logWealthPerFraction(evidence: Evidence & { readonly candidate: number }): number[] {
	return wealthOf(evidence, "below");
}

function wealthOf(evidence: Evidence & { readonly candidate: number }, claim: Claim): number[] {
	const { candidate, epoch } = evidence;
	if (!(Number.isInteger(candidate) && candidate >= 0 && candidate < epoch.path.length))
		throw new RangeError("a candidate is a position of the path");
	return wealthByCandidate(evidence, claim)[candidate] as number[];
}

/** `logWealth` of every candidate of the path, in one pass over the counts. */
export function logWealths(evidence: Evidence): number[] {
	return wealthByCandidate(evidence, "below").map(logMeanExp);
}

/** How a bet changes ln wealth: by a row outside of the region, by a right one inside and by a wrong one. */
interface Bet {
	readonly outside: number;
	readonly right: (propensity: number) => number;
	readonly wrong: (propensity: number) => number;
}

function wealthByCandidate({ counts, phases, epoch }: Evidence, claim: Claim): number[][] {
	const size = epoch.path.length;
	const total = Array.from({ length: size }, () => BET_FRACTIONS.map(() => 0));
	const ofEpoch = phases.filter((phase) => phase.epoch === epoch.epoch);
	const known = new Map(ofEpoch.map((phase) => [phase.phase, [] as EvidenceCount[]]));
	for (const count of counts) {
		if (count.epoch !== epoch.epoch) continue;
		const same = known.get(count.phase);
		if (same === undefined) throw new RangeError(`phase ${count.phase} is not known`);
		same.push(count);
	}
	for (const phase of ofEpoch) {
		const rows = known.get(phase.phase) as EvidenceCount[];
		if (rows.length === 0) continue;
		for (const { propensity, cell } of rows)
			if (cell < size && propensity < floorOf(phase, cell))
				throw new RangeError("a propensity is under its phase's floor");
		// The floor of a region takes at most two values: with accepted rows alone, and with escalated ones too.
		const floors = floorsByCandidate(phase, size);
		for (const floor of new Set(floors))
			for (const [index, fraction] of BET_FRACTIONS.entries()) {
				const byCandidate = sumOverRegions(rows, size, betOf(epoch, claim, fraction, floor / CERTAIN));
				for (let candidate = 0; candidate < size; candidate++)
					if (floors[candidate] === floor) {
						const sums = total[candidate] as number[];
						sums[index] = (sums[index] as number) + (byCandidate[candidate] as number);
					}
			}
	}
	return total;
}

/** Least propensity in the region of each candidate. */
function floorsByCandidate(phase: PhaseRecord, size: number): number[] {
	let least = CERTAIN;
	return Array.from({ length: size }, (_, cell) => {
		least = Math.min(least, floorOf(phase, cell));
		return least;
	});
}

/** The greatest stake at which no row can ruin the gambler, times `fraction`. */
function betOf({ risk, targetRisk: target }: EpochRecord, claim: Claim, fraction: number, floor: number): Bet {
	const stake =
		claim === "above"
			? (-fraction * floor) / target
			: (fraction * floor) / (risk === "selective" ? 1 - target : 1 - target * floor);
	if (risk === "selective")
		return {
			outside: 0,
			right: (propensity) => Math.log1p((stake * target) / propensity),
			wrong: (propensity) => Math.log1p((-stake * (1 - target)) / propensity),
		};
	const right = Math.log1p(stake * target);
	return { outside: right, right: () => right, wrong: (propensity) => Math.log1p(-stake * (1 / propensity - target)) };
}

/** ln wealth of each candidate by one bet: cells join the region one after the other. */
function sumOverRegions(rows: readonly EvidenceCount[], size: number, bet: Bet): number[] {
	const inside = new Float64Array(size);
	let allOutside = 0;
	// Neighbouring rows mostly have the same chance, and logarithms are what this costs.
	let chance = Number.NaN;
	let [rightGain, wrongGain] = [0, 0];
	for (const { cell, propensity, n, wrong, unlabelled } of rows) {
		allOutside += bet.outside * (n + unlabelled);
		if (cell >= size) continue;
		if (propensity !== chance) {
			chance = propensity;
			rightGain = bet.right(chance / CERTAIN);
			wrongGain = bet.wrong(chance / CERTAIN);
		}
		const gained = wrong * (wrongGain - bet.outside) + (n - wrong) * (rightGain - bet.outside);
		inside[cell] = (inside[cell] as number) + gained;
	}
	let sum = allOutside;
	return Array.from(inside, (gain) => {
		sum += gain;
		return sum;
	});
}
