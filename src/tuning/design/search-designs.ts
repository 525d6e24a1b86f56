import { selectStages, type CascadeLog } from "../log/cascade-log.ts";
import { seededRandom } from "../seeded-random.ts";
import type { RiskKind } from "../selection/risk.ts";
import { callCosts, type CostObjective } from "./call-costs.ts";
import { enumerateDesigns, type Design, type DesignList } from "./enumerate-designs.ts";
import { measureDesign, type MeasuredDesign } from "./measure-design.ts";
import { fittingFold } from "./fitting-fold.ts";
import { planDesign, type PlannedDesign } from "./plan-design.ts";
import {
	allowanceOf,
	cutRows,
	DEFAULT_FITTING_SHARE,
	independentLabelledRows,
	startCoveragesOf,
	testVectors,
	validateRequest,
	type VectorSelection,
} from "./threshold-vectors.ts";

/** What a design is to promise, and how much quality it may lose. */
export interface DesignRequest {
	readonly risk: RiskKind;
	readonly target: number;
	/** What this attempt may spend, in (0, 1). */
	readonly delta: number;
	/** A whole number of 32 bits; decides every draw. */
	readonly seed: number;
	/** How much quality may be lost against the reference, in [0, 1): 0.01 is one answer in a hundred. */
	readonly margin: number;
	/** Share of the rows on which designs are compared; 0.3 where not given. */
	readonly fittingShare?: number | undefined;
	readonly startCoverages?: readonly number[] | undefined;
	/** The longest cascade; 5 where not given. */
	readonly maxStages?: number | undefined;
	/** Cost of a call of each model, instead of those recorded. */
	readonly callCosts?: readonly number[] | undefined;
	/** Bootstrap replicates of the intervals; 1,000 where not given. */
	readonly replicates?: number | undefined;
}

/** A design as the fitting fold saw it; `planned` is null where none of its points was likely to pass. */
interface DesignCandidate {
	readonly design: Design;
	readonly models: readonly string[];
	readonly kind: DesignKind;
	readonly planned: {
		readonly thresholds: readonly number[];
		/** Cost ÷ the reference's. */
		readonly relativeCost: number;
		readonly qualityDifference: number;
	} | null;
}

/** `reference`: the log's last model alone; `single-model`: another one alone. */
type DesignKind = "reference" | "single-model" | "cascade";

/**
 * Why the reference alone is to be asked.
 *
 * - `no-labelled-rows`: nothing to judge by
 * - `nothing-cheaper`: on the fitting fold no design was both cheaper and likely to keep the promise
 * - `not-certified`: the winner failed its test
 * - `costs-more`: what of the winner is certified costs no less than the reference on the tested rows
 */
export type ReferenceReason = "no-labelled-rows" | "nothing-cheaper" | "not-certified" | "costs-more";

/** Which cascade to build, and what is known of it. */
export interface DesignReport {
	/** What to build. */
	readonly kind: DesignKind;
	readonly design: Design;
	readonly models: readonly string[];
	/** A threshold for each model but the last. */
	readonly thresholds: readonly number[];
	readonly reason?: ReferenceReason | undefined;
	readonly reference: string;
	readonly objective: CostObjective;
	readonly orders: DesignList["orders"];
	/** By planned cost, the cheapest first; those without a plan at the end. */
	readonly candidates: readonly DesignCandidate[];
	/** What the fitting fold chose; the reference where nothing was cheaper. Null without rows. */
	readonly winner: DesignCandidate | null;
	/** The winner's test, at thresholds of all its models before the reference; null where there was nothing to test. */
	readonly selection: VectorSelection | null;
	/** What was built, on the tested rows; null without rows. */
	readonly measured: MeasuredDesign | null;
	/** Whether the quality measured there is within the margin, by its value and not by its interval; null without rows. */
	readonly withinMargin: boolean | null;
	readonly fittingRows: Int32Array;
	readonly testedRows: Int32Array;
}

/**
 * Which models to ask in which order, for the least cost at the reference's quality less `margin`, with a certified risk. The
 * reference is the log's last model, and "accepted" is answered by any other: what a model that ends a cascade in its place
 * answers is tested like the rest, so that a single model is tested as "accept all" (binomial, for regret by bets).
 *
 * All designs are compared on a fitting fold, each at its cheapest thresholds that are likely to pass; only the winner is
 * tested, on the other rows, so no correction for the number of designs is needed. It is measured on the rows that tested
 * it, where the thresholds were picked along the tested path: the certificate allows for that, the intervals do not. Matched
 * quality is planned on the fitting fold and measured on the tested rows, where it may miss the margin (`withinMargin`); it is
 * not certified, unless the risk is `regret` and the target the margin.
 *
 * Of designs that cost within 2% of the cheapest the one with the fewest models wins.
 *
 * A model that would accept nothing at the certified thresholds is dropped: the answers are the same without it. Where
 * nothing is certified or nothing saves, the report says to ask the reference alone. Throws a RangeError where the request is
 * out of range or the log has fewer than two models.
 */
export function designCascade(log: CascadeLog, request: DesignRequest): DesignReport {
	if (log.stages.length < 2) throw new RangeError("a cascade is designed from two models or more");
	if (!(request.margin >= 0 && request.margin < 1)) throw new RangeError("margin must be at least 0 and less than 1");
	validateRequest(request);
	const { seed, fittingShare = DEFAULT_FITTING_SHARE, replicates = 1_000 } = request;
	const rows = independentLabelledRows(log, seed);
	const { fitting, tested } = cutRows(rows, fittingShare, seed);
	// Nothing of the tested rows, their costs and readings included, decides which designs are compared.
	const costs = callCosts(log, fitting, request.callCosts);
	const reference = log.stages.length - 1;
	const list = enumerateDesigns({
		meanCosts: costs.means,
		hasReadings: log.stages.map(({ confidence }) => fitting.some((row) => !Number.isNaN(confidence[row]))),
		maxStages: request.maxStages,
	});
	const shared = {
		reference: (log.stages[reference] as { model: string }).model,
		objective: costs.objective,
		orders: list.orders,
		fittingRows: fitting,
		testedRows: tested,
	};
	const nameOf = (design: Design): string[] => design.map((model) => log.stages[model]?.model as string);
	const stay = { kind: "reference", design: [reference], models: nameOf([reference]), thresholds: [] } as const;
	if (fitting.length === 0 || tested.length === 0)
		return {
			...shared,
			...stay,
			reason: "no-labelled-rows",
			candidates: [],
			winner: null,
			selection: null,
			measured: null,
			withinMargin: null,
		};

	const fold = fittingFold(log, fitting, request.risk, costs.columns);
	const planRequest = {
		...request,
		startCoverages: startCoveragesOf(request),
		allowance: allowanceOf(request),
		testedRows: tested.length,
	};
	const plans = list.designs.map((design) => ({ design, plan: planDesign(design, fold, planRequest) }));
	plans.sort((left, right) => costOf(left.plan) - costOf(right.plan) || left.design.length - right.design.length);
	const referenceCost = meanOf((fold.models[reference] as { cost: Float64Array }).cost);
	const candidates = plans.map(({ design, plan }) =>
		candidateOf(design, nameOf(design), plan, reference, referenceCost),
	);
	const chosen = simplestOfCheapest(plans);
	const plan = plans[chosen]?.plan as PlannedDesign;
	const judged = { ...shared, candidates, winner: candidates[chosen] as DesignCandidate };
	const measure = (design: Design, thresholds: readonly number[]): MeasuredDesign =>
		measureDesign(
			log,
			tested,
			{ design, thresholds },
			{ costs: costs.columns, replicates, random: seededRandom(seed) },
		);
	const refuse = (reason: ReferenceReason, selection: VectorSelection | null): DesignReport => ({
		...judged,
		...stay,
		reason,
		selection,
		measured: measure([reference], []),
		withinMargin: true,
	});
	if (judged.winner.kind === "reference") return refuse("nothing-cheaper", null);

	const selection = testDesign(log, plan, request, { fitting, tested, objective: costs.objective });
	if (selection.thresholds === null) return refuse("not-certified", selection);
	const built = withoutIdle(plan.design, selection.thresholds);
	const measured = measure(built.design, built.thresholds);
	if (!(measured.cost < measured.referenceCost)) return refuse("costs-more", selection);
	const kind = kindOf(built.design, reference);
	const withinMargin = measured.qualityDifference.value >= -request.margin;
	return { ...judged, ...built, kind, models: nameOf(built.design), selection, measured, withinMargin };
}

/** A model more has to save this share of the cost: less is chance, and each model asked takes time too. */
const LEAST_WORTHWHILE_SAVING = 0.02;

/** Position, in plans from cheap to dear, of the first with the fewest models among those that cost about the least. */
function simplestOfCheapest(
	plans: readonly { readonly design: Design; readonly plan: PlannedDesign | null }[],
): number {
	const least = costOf(plans[0]?.plan ?? null);
	const close = plans.filter(({ plan }) => costOf(plan) * (1 - LEAST_WORTHWHILE_SAVING) <= least);
	const fewest = Math.min(...close.map(({ design }) => design.length));
	return close.findIndex(({ design }) => design.length === fewest);
}

/** Tests the planned path on the other rows. */
function testDesign(
	log: CascadeLog,
	{ design, path }: PlannedDesign,
	request: DesignRequest,
	rows: { readonly fitting: Int32Array; readonly tested: Int32Array; readonly objective: CostObjective },
): VectorSelection {
	const reference = log.stages.length - 1;
	const used = { calibrationRows: rows.tested, pathRows: rows.fitting, objective: rows.objective };
	if (design.at(-1) === reference) return testVectors(selectStages(log, design), request, { ...used, path });
	// A model that ends the cascade accepts everything, with or without a reading.
	const asked = selectStages(log, [...design, reference]);
	const end = design.length - 1;
	const ending = {
		...(asked.stages[end] as CascadeLog["stages"][number]),
		confidence: new Float64Array(log.rows).fill(1),
	};
	const vectors = path.vectors.map((vector) => [...vector, 0]);
	return testVectors({ ...asked, stages: asked.stages.with(end, ending) }, request, {
		...used,
		path: { vectors, starts: path.starts },
	});
}

/** Drops the models that accept nothing; the last one answers without a threshold. */
function withoutIdle(design: Design, tested: readonly number[]): { design: Design; thresholds: readonly number[] } {
	const last = design.length - 1;
	const isBusy = (index: number): boolean => index === last || (tested[index] as number) <= 1;
	return {
		design: design.filter((_, index) => isBusy(index)),
		thresholds: tested.slice(0, last).filter((_, index) => isBusy(index)),
	};
}

function candidateOf(
	design: Design,
	models: readonly string[],
	plan: PlannedDesign | null,
	reference: number,
	referenceCost: number,
): DesignCandidate {
	const kind = kindOf(design, reference);
	if (plan === null) return { design, models, kind, planned: null };
	const { thresholds, cost, qualityDifference } = plan;
	return { design, models, kind, planned: { thresholds, relativeCost: cost / referenceCost, qualityDifference } };
}

function kindOf(design: Design, reference: number): DesignKind {
	if (design.length > 1) return "cascade";
	return design[0] === reference ? "reference" : "single-model";
}

function costOf(plan: PlannedDesign | null): number {
	return plan === null ? Number.MAX_VALUE : plan.cost;
}

function meanOf(column: Float64Array): number {
	return column.reduce((sum, value) => sum + value, 0) / column.length;
}
