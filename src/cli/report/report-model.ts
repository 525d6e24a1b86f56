import type { Certificate } from "../../core/certificate.ts";
import type { RowReport } from "../../tuning/log/row-report.ts";
import type { CalibrationBin, CalibrationError } from "../../tuning/metrics/calibration-error.ts";
import type { CostQualityPoint } from "../../tuning/metrics/cost-quality.ts";
import type { CurvePoint, GapMeasure } from "../../tuning/metrics/performance-gap.ts";
import type { AcceptanceCounts, RiskKind } from "../../tuning/selection/risk.ts";

/**
 * Everything that a report of a tuning run shows, as plain data: figures and curves, no rows. Curves are thin enough to
 * draw. Shares and risks in [0, 1], money in US dollars.
 */
export interface ReportModel {
	/** In the order asked; the last one answers what no other does. */
	readonly models: readonly string[];
	readonly claim: ReportClaim;
	readonly outcome: ReportOutcome;
	readonly certificate: Certificate | null;
	readonly labeller: string;
	readonly input: ReportInput;
	/** What to expect, of the tested rows; where nothing is certified, of the last model alone. */
	readonly expected: ReportFigures;
	/** The same of rows that nothing was chosen on; null where none were held out. */
	readonly heldOut: ReportFigures | null;
	/** Thresholds in the order of their test. */
	readonly path: readonly PathStep[];
	readonly riskCoverage: RiskCoverageCurve | null;
	/** One for each model but the last. */
	readonly reliability: readonly ReliabilityDiagram[];
	/** Null where no row has the labels of all models. */
	readonly quality: QualityCurves | null;
}

/** What was asked. */
export interface ReportClaim {
	readonly risk: RiskKind;
	readonly target: number;
	/** The chance, at most, that the claim is false; and what this attempt could spend of it. */
	readonly delta: number;
	readonly deltaSpent: number;
	readonly attempt: number;
	readonly plannedAttempts: number | null;
	/**
	 * Of a trial, which holds rows out and has no certificate: which attempt on the whole log it would be as a claim. Null of
	 * a claim.
	 */
	readonly asClaim: number | null;
	readonly onLabel: string | null;
	/** What one request is counted of, such as a conversation; null where every row counts. */
	readonly group: string | null;
	readonly score: string;
	readonly calibrationShare: number;
	readonly seed: number;
	/** How many starts shared delta. */
	readonly starts: number;
}

/** What came of it. */
interface ReportOutcome {
	/** One for each model but the last; null where nothing is certified. */
	readonly thresholds: readonly number[] | null;
	readonly counts: AcceptanceCounts | null;
	readonly pValue: number | null;
	readonly upperBound: number | null;
	readonly method: string;
	/** Why nothing is certified. */
	readonly reason: string | null;
	readonly labelsNeeded: number | null;
	/** `labelsNeeded` is the most that is worth saying, and more are needed. */
	readonly labelsNeededIsCapped: boolean;
	/** Rows that the test saw. */
	readonly testedRows: number;
}

/** Where the rows came from, and what became of the lines. */
interface ReportInput {
	readonly file: string;
	readonly format: string;
	readonly report: RowReport;
	/** Labels that were no labels, and labels of unknown answers; null where they had no file of their own. */
	readonly labels: { readonly rejected: number; readonly unused: number } | null;
}

/** What thresholds do with some rows. */
export interface ReportFigures {
	readonly rows: number;
	readonly accepted: number;
	readonly wrong: number;
	readonly coverage: number;
	/** Of the coverage, two-sided at 95%; null of no rows. */
	readonly coverageInterval: readonly [lower: number, upper: number] | null;
	readonly escalationRate: number;
	readonly selectiveRisk: number | null;
	readonly quality: number | null;
	readonly lastStageQuality: number | null;
	readonly costUsd: number | null;
	readonly lastStageCostUsd: number | null;
	readonly saving: number | null;
	readonly isCostEstimated: boolean;
	readonly latencyMs: number | null;
	readonly lastStageLatencyMs: number | null;
}

/**
 * What became of a step of the path.
 *
 * - `passed`: tested on the way to the chosen threshold, and rejected as too risky no longer
 * - `chosen`: the last that passed
 * - `failed`: the test that ended the sequence
 * - `untested`: before the start or after the end
 */
export type StepVerdict = "passed" | "chosen" | "failed" | "untested";

/** One step of the path, on the tested rows. */
export interface PathStep {
	/** From 0. */
	readonly index: number;
	/** One for each model but the last; 2 accepts nothing at a stage. */
	readonly thresholds: readonly number[];
	readonly accepted: number;
	readonly wrong: number;
	readonly escalation: number;
	/** Observed; null where it is of nothing. */
	readonly risk: number | null;
	/** One-sided bounds of the risk at confidence 1 − delta spent, each as if this were the only step. */
	readonly lower: number;
	readonly upper: number;
	readonly pValue: number;
	readonly verdict: StepVerdict;
}

/** Share of wrong answers among the accepted as more are accepted, surest first. */
export interface RiskCoverageCurve {
	readonly points: readonly { readonly coverage: number; readonly risk: number }[];
	/** The best order of the same answers; null for cascades of more than two models. */
	readonly oracle: readonly { readonly coverage: number; readonly risk: number }[] | null;
	/** AURC and E-AURC; null for cascades of more than two models. */
	readonly area: number | null;
	readonly excessArea: number | null;
	/** The chosen thresholds, with the one-sided bounds of the selective risk; null where nothing is certified. */
	readonly chosen: {
		readonly coverage: number;
		readonly risk: number;
		readonly lower: number;
		readonly upper: number;
	} | null;
}

/** How a model's confidence matches what was right. */
export interface ReliabilityDiagram {
	readonly model: string;
	/** Of equal width. */
	readonly bins: readonly CalibrationBin[];
	readonly equalWidth: CalibrationError | null;
	readonly equalMass: CalibrationError | null;
	readonly brier: number | null;
	/** Whether right answers are surer than wrong ones; null where all are right, or all wrong. */
	readonly auroc: number | null;
	/** Answers without a confidence. */
	readonly withoutReading: number;
}

/** Quality against escalation and cost; of rows held out, else of the tested ones. */
export interface QualityCurves {
	readonly rows: "held-out" | "tested";
	readonly count: number;
	/** Always the first model, and always the last. */
	readonly qualityFirst: number;
	readonly qualityLast: number;
	readonly points: readonly QualityPoint[];
	readonly hull: readonly CostQualityPoint[] | null;
	/** Escalation at random, the best possible order, and by a gate that decides before any model is asked; where there are two models. */
	readonly random: readonly CurvePoint[];
	readonly oracle: readonly CurvePoint[] | null;
	readonly gate: readonly CurvePoint[] | null;
	/** APGR; null for cascades of more than two models. */
	readonly gapRecovered: GapMeasure | null;
	/** At the chosen thresholds; null where nothing is certified. */
	readonly chosen: NamedPoint | null;
	/** What the cascade has to beat, at the same escalation where that is theirs to choose. */
	readonly baselines: readonly NamedPoint[];
}

/** A point of the cascade's own curve. */
export interface QualityPoint extends CurvePoint {
	/** Mean of a request; null where a price is unknown. */
	readonly costUsd: number | null;
}

/** One way to answer, with a name. */
export interface NamedPoint extends QualityPoint {
	readonly name: string;
	/** Rows that it is measured on. */
	readonly rows: number;
	/** 1 − cost ÷ cost of the last model alone. */
	readonly saving: number | null;
}
