import { selectRows, type CascadeLog, type StageColumns } from "./log/cascade-log.ts";
import type { CostModel } from "./metrics/cost-model.ts";
import { deferralCurve, pointAtEscalation, type DeferralCurve, type DeferralPoint } from "./metrics/deferral-curve.ts";
import { labelledRows } from "./metrics/escalation-order.ts";
import { measureCascade, savingOf, type OperatingPoint } from "./metrics/operating-point.ts";
import { rankTies } from "./metrics/ties.ts";
import { countAcceptances } from "./selection/count-acceptances.ts";
import { empiricalRisk, type RiskKind } from "./selection/risk.ts";

/** What a cascade has to beat. */
export type BaselineName =
	| "always-small"
	| "always-large"
	| "random"
	| "prompt-length"
	| "mean-logprob-naive"
	| "pre-generation-gate";

/** What a baseline gives on the rows that a cascade is measured on. */
export interface Baseline extends OperatingPoint {
	readonly name: BaselineName;
	/** Where the baseline has one and it was chosen, not met by an escalation: the least score that stays with the small model. */
	readonly threshold: number | null;
}

/** What the comparison needs. */
export interface BaselineRequest {
	/** Share of requests, in [0, 1], that the cascade escalates: random, prompt length and gate escalate as many. */
	readonly escalation: number;
	/** What naive tuning is to reach, and the rows it is tuned on; without it there is no such baseline. */
	readonly naive?: NaiveTuning | undefined;
	/** A gate's score of each row: the higher, the rather the small model is asked. Without it there is no such baseline. */
	readonly gateScore?: Float64Array | undefined;
	/** Of the cascade; the gate's own cost is only of `pre-generation-gate`, shadowing only of `mean-logprob-naive`. */
	readonly costs?: CostModel | undefined;
}

/** Tuning on one part of the rows without any bound. */
export interface NaiveTuning {
	readonly risk: RiskKind;
	readonly target: number;
	/** Other rows than the ones that the baselines are measured on. */
	readonly fittingLog: CascadeLog;
}

/**
 * All baselines that the rows allow, each measured on the labelled rows of `log`, which has two stages. Empty where no row is
 * labelled; without prompt lengths there is no `prompt-length`.
 */
export function compareBaselines(log: CascadeLog, request: BaselineRequest): Baseline[] {
	const { escalation, naive, gateScore, costs = {} } = request;
	const found = [
		alwaysSmall(log),
		alwaysLarge(log),
		randomEscalation(log, escalation),
		longestPrompts(log, escalation),
		naive === undefined ? undefined : naiveThreshold(log, naive, { ...costs, gateCostUsd: 0 }),
		gateScore === undefined
			? undefined
			: preGenerationGate(log, gateScore, { escalation, gateCostUsd: costs.gateCostUsd }),
	];
	return found.filter((baseline) => baseline !== undefined);
}

/** The small model answers everything, with a reading or without. Undefined where no row is labelled. */
export function alwaysSmall(log: CascadeLog): Baseline | undefined {
	return routed(log, "always-small", 0);
}

/** The large model answers everything and the small one is not asked. Undefined where no row is labelled. */
export function alwaysLarge(log: CascadeLog): Baseline | undefined {
	return routed(log, "always-large", 1);
}

/**
 * A share of the requests, drawn at random, goes to the large model: the expected values, in closed form. Drawn before
 * any model is asked, so those requests do not pay for the small one; chance needs no answer to look at. Undefined where no
 * row is labelled.
 */
export function randomEscalation(log: CascadeLog, escalation: number): Baseline | undefined {
	return routed(log, "random", escalation);
}

/**
 * The longest prompts go to the large model unasked: those with the most `inputTokens` among the log's features, unknown ones
 * first. Of prompts that are equally long an expected part goes, so that the escalation is met exactly. Undefined where no
 * row is labelled or no length is known.
 */
export function longestPrompts(log: CascadeLog, escalation: number): Baseline | undefined {
	const lengths = log.features?.["inputTokens"];
	if (lengths === undefined || lengths.every(Number.isNaN)) return undefined;
	return routed(
		log,
		"prompt-length",
		escalation,
		lengths.map((length) => -length),
	);
}

/** How a gate is set: to escalate a share of requests, or at a threshold that was chosen elsewhere; and what it costs. */
export type GateSetting = ({ readonly escalation: number } | { readonly threshold: number }) & {
	/** US dollars a request; 0 where not given. */
	readonly gateCostUsd?: number | undefined;
};

/**
 * A gate alone: requests with the lowest scores, or under the threshold, go to the large model before any model is asked, and
 * what stays the small model answers, confident or not. A score that is NaN escalates. Undefined where no row is labelled.
 */
export function preGenerationGate(
	log: CascadeLog,
	score: Float64Array,
	{ gateCostUsd, ...setting }: GateSetting,
): Baseline | undefined {
	if ("escalation" in setting) return routed(log, "pre-generation-gate", setting.escalation, score, gateCostUsd);
	const { threshold } = setting;
	const curve = deferralCurve(log, { score, costs: { paysSmallWhenEscalated: false, gateCostUsd } });
	if (curve === undefined) return undefined;
	const met = curve.points.find((point) => point.threshold !== null && point.threshold >= threshold);
	const point = met ?? (curve.points.at(-1) as DeferralPoint);
	return { ...asBaseline("pre-generation-gate", curve, point), threshold };
}

/**
 * What people do: on one part of the rows take the loosest threshold on the small model's confidence whose observed risk meets
 * the target, as if it were the true one, and use it on the rest. Meets the target there about every other time. With regret as
 * risk and a margin as target it is the least escalation whose quality is within that margin of the large model's. Where no
 * threshold meets the target everything escalates. Undefined where no row of `log` is labelled.
 */
export function naiveThreshold(
	log: CascadeLog,
	{ fittingLog, risk, target }: NaiveTuning,
	costs?: CostModel,
): Baseline | undefined {
	const threshold = looselyMeeting(fittingLog, risk, target);
	const point = measureCascade(log, [threshold], costs);
	if (point === undefined) return undefined;
	const { answered: _, ...measured } = point;
	return { ...measured, name: "mean-logprob-naive", threshold };
}

function looselyMeeting(log: CascadeLog, risk: RiskKind, target: number): number | null {
	const { stages } = selectRows(log, labelledRows(log));
	const [small, large] = stages as [StageColumns, StageColumns];
	const thresholds = rankTies(small.confidence).values.toReversed();
	const counts = countAcceptances(small.confidence, small.wrong, large.wrong, thresholds);
	return thresholds[counts.findLastIndex((counted) => empiricalRisk(risk, counted) <= target)] ?? null;
}

/** Escalation before any model is asked, by a score or, without one, at random. */
function routed(
	log: CascadeLog,
	name: BaselineName,
	escalation: number,
	score: Float64Array = new Float64Array(log.rows),
	gateCostUsd?: number,
): Baseline | undefined {
	const curve = deferralCurve(log, { score, costs: { paysSmallWhenEscalated: false, gateCostUsd } });
	// Rows of one score are all one tie, and along a tie the curve is the expected value in random order.
	return curve === undefined ? undefined : asBaseline(name, curve, pointAtEscalation(curve, escalation));
}

function asBaseline(
	name: BaselineName,
	{ rows, costLargeUsd, isCostEstimated }: Pick<DeferralCurve, "rows" | "costLargeUsd" | "isCostEstimated">,
	{ escalation, quality, selectiveRisk, costUsd }: DeferralPoint,
): Baseline {
	return {
		name,
		rows,
		escalation,
		quality,
		selectiveRisk,
		costUsd,
		saving: savingOf(costUsd, costLargeUsd),
		isCostEstimated,
		threshold: null,
	};
}
