import type { DailyTraffic } from "./cost-window.ts";

/** Which of several certified thresholds is deployed; absent, the loosest, which escalates least. */
export interface Pacing {
	/** The strictest, and so the one that escalates most, whose projected cost a day is at most this. */
	readonly preferQualityWithin: { readonly usdPerDay: number };
}

/** What pacing makes of the certified thresholds. */
export interface PacedChoice {
	/** Position among the candidates given. */
	readonly choice: number;
	/**
	 * - `within`: the choice is projected to meet the budget
	 * - `infeasible`: no certified threshold is; the choice is the cheapest, and nothing looser is accepted
	 * - `unknown`: not enough is known of the traffic; the choice is the loosest
	 */
	readonly state: "within" | "infeasible" | "unknown";
	/** US dollars a day; null where it is unknown. */
	readonly projectedUsdPerDay: number | null;
}

/** A stricter threshold is taken where this share of the budget covers it, so that small changes of traffic move nothing. */
const MARGIN = 0.95;

/**
 * What a day costs if a share `coverage` of all requests is accepted: the first stage for all that reach it, the later ones
 * and a label for what is not accepted, both again for the share of accepted answers that is audited, and the first stage
 * and a label for that share of the gated ones. US dollars.
 */
export function projectedUsdPerDay(
	{ requestsPerDay, gatedShare, stageUsd, restUsd, labelUsd }: DailyTraffic,
	coverage: number,
	auditShare: number,
): number {
	const escalated = Math.max(0, 1 - coverage - gatedShare);
	const audited = coverage * auditShare;
	const gatedAudited = gatedShare * auditShare;
	return (
		requestsPerDay *
		((1 - gatedShare + gatedAudited) * stageUsd +
			(escalated + gatedShare + audited) * restUsd +
			(escalated + audited + gatedAudited) * labelUsd)
	);
}

/**
 * The strictest of the certified thresholds that meets a budget a day. It never leaves what is certified: where budget and
 * promise conflict neither can be kept by moving a threshold, so the cheapest certified one is chosen and the conflict told.
 *
 * `coverages`: of the certified candidates, strict to loose, at least one; of all requests. `deployed`: the position of
 * the one in force, null where none of them is. Where audits are so frequent that accepting costs more than escalating, the cheapest
 * is the strictest.
 */
export function paceThreshold(input: {
	readonly coverages: readonly number[];
	readonly traffic: DailyTraffic | null;
	/** Of accepted answers. */
	readonly auditShare: number;
	readonly usdPerDay: number;
	readonly deployed: number | null;
}): PacedChoice {
	const { coverages, traffic, auditShare, usdPerDay, deployed } = input;
	if (coverages.length === 0) throw new RangeError("pacing chooses among certified thresholds");
	if (traffic === null) return { choice: coverages.length - 1, state: "unknown", projectedUsdPerDay: null };
	const projected = coverages.map((coverage) => projectedUsdPerDay(traffic, coverage, auditShare));
	const within = projected.findIndex((usd, index) => usd <= usdPerDay * (index < (deployed ?? 0) ? MARGIN : 1));
	const cheapest = projected.indexOf(Math.min(...projected));
	const choice = within === -1 ? cheapest : within;
	return { choice, state: within === -1 ? "infeasible" : "within", projectedUsdPerDay: projected[choice] ?? null };
}
