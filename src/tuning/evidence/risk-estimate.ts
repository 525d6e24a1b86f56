import { CERTAIN } from "../../core/evidence/guarantee.ts";
import { boundaryOf } from "../bounds/boundary.ts";
import { logMeanExp } from "../bounds/log-mean-exp.ts";
import { anytimeUpperBound } from "../bounds/mixture.ts";
import { logLikelihoodRatio } from "./e-detectors.ts";
import { logWealth, logWealthAbove, type Evidence } from "./log-wealth.ts";

/** A risk and what it lies within at all times at once, with the chance that was asked for. */
export interface RiskInterval {
	readonly estimate: number;
	readonly lower: number;
	readonly upper: number;
}

/** Greater risks that the lower bound looks out for, as multiples of the one it tests, each weighing the same. */
const GREATER = [1.25, 1.5, 2, 2.5, 3, 4] as const;

/**
 * The risk of a candidate from all labels of its region in the epoch, each weighted by the inverse of its chance: selective is
 * Σ wrong/π ÷ Σ labels/π, joint Σ wrong/π ÷ rows. Pooled without weights, the many labels of escalated rows, which are the
 * difficult ones, would drown the few audits. The interval inverts the e-values of `logWealth` from both sides, so it
 * contains the risk at all times at once with chance 1 − `delta`, for any propensities. Null without labels in the region.
 *
 * Rows that were counted as wrong for want of an audit make it too high, never too low.
 */
export function estimateRisk(
	evidence: Evidence & { readonly candidate: number; readonly delta: number },
): (RiskInterval & { readonly labels: number; readonly wrong: number }) | null {
	const { counts, epoch, candidate, delta } = evidence;
	let [labels, wrong, weight, weightWrong, rows] = [0, 0, 0, 0, 0];
	for (const count of counts) {
		if (count.epoch !== epoch.epoch) continue;
		rows += count.n + count.unlabelled;
		if (count.cell > candidate) continue;
		labels += count.n;
		wrong += count.wrong;
		weight += (count.n * CERTAIN) / count.propensity;
		weightWrong += (count.wrong * CERTAIN) / count.propensity;
	}
	if (labels === 0) return null;
	const needed = -Math.log(delta / 2);
	const at = (targetRisk: number) => ({ ...evidence, epoch: { ...epoch, targetRisk } });
	return {
		estimate: Math.min(1, weightWrong / (epoch.risk === "selective" ? weight : rows)),
		lower: -boundaryOf((negative) => logWealthAbove(at(-negative)), needed, -1, 0),
		upper: boundaryOf((target) => logWealth(at(target)), needed, 0, 1),
		labels,
		wrong,
	};
}

/**
 * The same from labels that all had one chance, such as those of one phase's audits: their weights cancel, and the mixture of
 * likelihood ratios is sharper. `wrong` of `n` labels, n ≥ 1; the interval holds at all times at once with chance 1 − `delta`.
 */
export function estimateConstantRisk(wrong: number, n: number, delta: number): RiskInterval {
	return {
		estimate: wrong / n,
		lower: anytimeLowerBound(wrong, n, delta / 2),
		upper: anytimeUpperBound(wrong, n, delta / 2),
	};
}

/**
 * ln of the e-value against "the risk is at most `target`", from `wrong` of `n` labels: the mean likelihood ratio of six greater
 * risks, kept below 1. Falls as the target rises.
 */
export function logMixtureAbove(wrong: number, n: number, target: number): number {
	return logMeanExp(
		GREATER.map((multiple) => logLikelihoodRatio(wrong, n, target, Math.min(multiple * target, (1 + target) / 2))),
	);
}

/** Lower bound of the risk that holds at all times at once with chance 1 − `delta`; 0 where nothing was wrong. */
export function anytimeLowerBound(wrong: number, n: number, delta: number): number {
	if (!(delta > 0 && delta < 1)) throw new RangeError("delta must lie between 0 and 1");
	if (!(Number.isSafeInteger(n) && Number.isSafeInteger(wrong) && wrong >= 0 && wrong <= n))
		throw new RangeError("wrong and n must be counts, wrong at most n");
	if (wrong === 0) return 0;
	return -boundaryOf((negative) => logMixtureAbove(wrong, n, -negative), -Math.log(delta), -wrong / n, 0);
}
