import { compareBaselines, type Baseline } from "../../tuning/baselines.ts";
import { selectRows, type CascadeLog } from "../../tuning/log/cascade-log.ts";
import { checkMonotone, type Monotonicity } from "../../tuning/learning/monotonicity.ts";
import { splitRows } from "../../tuning/log/split-rows.ts";
import {
	calibrationBins,
	calibrationError,
	murphySplit,
	type Binning,
	type CalibrationBin,
	type CalibrationError,
	type MurphySplit,
} from "../../tuning/metrics/calibration-error.ts";
import {
	averageImprovementInQuality,
	costQualityHull,
	type AverageImprovementInQuality,
	type CostQualityPoint,
} from "../../tuning/metrics/cost-quality.ts";
import { deferralCurve, type DeferralCurve } from "../../tuning/metrics/deferral-curve.ts";
import { cascadeLatency, type CascadeLatency } from "../../tuning/metrics/latency.ts";
import { heldOutMatchedQuality, matchedQuality, type MatchedQuality } from "../../tuning/metrics/matched-quality.ts";
import { measureCascade, type CascadePoint } from "../../tuning/metrics/operating-point.ts";
import {
	areaUnder,
	areaUnderDeferralCurve,
	averagePerformanceGapRecovered,
	callPerformanceThreshold,
	oracleCurve,
	randomCurve,
	type CurvePoint,
	type GapMeasure,
} from "../../tuning/metrics/performance-gap.ts";
import { brierScore, logLoss } from "../../tuning/metrics/proper-scores.ts";
import { areaUnderRoc, bootstrapAurocInterval, type Interval } from "../../tuning/metrics/ranking.ts";
import { riskCoverage, type RiskCoverage } from "../../tuning/metrics/risk-coverage.ts";
import { seededRandom } from "../../tuning/seeded-random.ts";
import type { RiskKind } from "../../tuning/selection/risk.ts";
import { gateScores } from "./fit-gate.ts";

/** What is measured, and on which draw. */
export interface EvaluationRequest {
	/** How far under the last model's quality counts as the same. */
	readonly margin: number;
	/** What naive tuning is to reach. */
	readonly risk: RiskKind;
	readonly target: number;
	readonly seed: number;
	/** Resamples of every bootstrap; fewer where there are more rows, where not given. */
	readonly replicates?: number | undefined;
	/** Called after each of `EVALUATION_STEPS` steps. */
	readonly onStep?: (() => void) | undefined;
}

/** How many steps an evaluation has. */
export const EVALUATION_STEPS = 7;

/** How well bins of confidence match what was right. */
interface BinnedCalibration {
	readonly error: CalibrationError | null;
	readonly bins: readonly CalibrationBin[];
}

/** Everything that a log says of a small model before a large one. */
export interface Evaluation {
	readonly models: readonly string[];
	/** Labelled rows. */
	readonly rows: number;
	readonly withoutReading: number;
	readonly qualitySmall: number;
	readonly qualityLarge: number;
	/** Whether right answers are surer than wrong ones; null where all are right, or all wrong. */
	readonly auroc: number | null;
	readonly aurocInterval: Interval | null;
	readonly riskCoverage: RiskCoverage | null;
	/** Whether surer answers are right more often everywhere; where not, testing from strict to loose ends early. */
	readonly monotonicity: Monotonicity;
	/** Some prices are unknown, and stand at their model's mean. */
	readonly isCostEstimated: boolean;
	readonly calibration: {
		readonly equalWidth: BinnedCalibration;
		readonly equalMass: BinnedCalibration;
		readonly brier: number | null;
		readonly logLoss: number | null;
		readonly murphy: MurphySplit | null;
	};
	readonly deferral: {
		readonly curve: DeferralCurve;
		readonly area: number;
		readonly random: { readonly points: readonly CurvePoint[]; readonly area: number };
		readonly oracle: { readonly points: readonly CurvePoint[]; readonly area: number } | null;
		/** APGR; and the least escalation that recovers half, and four fifths, of the gap. */
		readonly gapRecovered: GapMeasure;
		readonly halfOfGap: GapMeasure;
		readonly mostOfGap: GapMeasure;
	};
	/** Null where a cost is unknown. */
	readonly costQuality: {
		readonly hull: readonly CostQualityPoint[];
		readonly improvement: AverageImprovementInQuality | null;
	} | null;
	/** In sample flatters; held out does not. */
	readonly matchedQuality: { readonly inSample: MatchedQuality | null; readonly heldOut: MatchedQuality | null };
	/** The cascade at the threshold that one half of the rows chose at matched quality, and what it has to beat, on the other half. */
	readonly comparison: Comparison | null;
}

/** A cascade beside its baselines, on the same rows. */
export interface Comparison {
	readonly fittingRows: number;
	/** Null: everything escalates. */
	readonly threshold: number | null;
	readonly cascade: CascadePoint;
	readonly baselines: readonly Baseline[];
	readonly latency: CascadeLatency;
}

/** Resamples of a bootstrap: with many rows intervals are so narrow that few replicates show them. */
function replicatesFor(rows: number): number {
	return rows > 100_000 ? 50 : rows > 20_000 ? 200 : 2_000;
}

/**
 * Measures a log of two stages, all of whose rows are labelled; undefined where it has no row. Nothing here is certified:
 * figures are of these rows.
 */
export function evaluateCascade(log: CascadeLog, request: EvaluationRequest): Evaluation | undefined {
	const curve = deferralCurve(log);
	if (curve === undefined) return undefined;
	const { margin, seed, replicates = replicatesFor(log.rows), onStep = () => {} } = request;
	const step = <Value>(work: () => Value): Value => {
		const value = work();
		onStep();
		return value;
	};
	const matched = { margin, random: seededRandom(seed), replicates };
	const oracle = oracleCurve(log);
	const random = randomCurve(curve);
	return {
		models: log.stages.map(({ model }) => model),
		rows: curve.rows,
		withoutReading: curve.withoutReading,
		qualitySmall: curve.qualitySmall,
		qualityLarge: curve.qualityLarge,
		isCostEstimated: curve.isCostEstimated,
		...step(() => discrimination(log, seed, replicates)),
		monotonicity: step(() => orderOf(log, seed)),
		calibration: step(() => calibrationOf(log)),
		deferral: step(() => ({
			curve,
			area: areaUnderDeferralCurve(curve),
			random: { points: random, area: areaUnder(random) },
			oracle: oracle === undefined ? null : { points: oracle, area: areaUnder(oracle) },
			gapRecovered: averagePerformanceGapRecovered(curve),
			halfOfGap: callPerformanceThreshold(curve, 0.5),
			mostOfGap: callPerformanceThreshold(curve, 0.8),
		})),
		costQuality: costQualityOf(curve),
		matchedQuality: {
			inSample: step(() => matchedQuality(log, matched) ?? null),
			heldOut: step(() => heldOutMatchedQuality(log, matched) ?? null),
		},
		comparison: step(() => compare(log, request)),
	};
}

/** Whether a small model's confidence orders its answers; of rows with labels. */
function orderOf(log: CascadeLog, seed: number): Monotonicity {
	const { confidence, wrong } = readings(log);
	return checkMonotone(confidence, wrong, { random: seededRandom(seed) });
}

function discrimination(
	log: CascadeLog,
	seed: number,
	replicates: number,
): Pick<Evaluation, "auroc" | "aurocInterval" | "riskCoverage"> {
	const { confidence, correct, wrong } = readings(log);
	const interval = bootstrapAurocInterval(confidence, correct, {
		level: 0.95,
		replicates,
		random: seededRandom(seed),
	});
	return {
		auroc: areaUnderRoc(confidence, correct) ?? null,
		aurocInterval: interval ?? null,
		riskCoverage: riskCoverage(confidence, wrong) ?? null,
	};
}

function calibrationOf(log: CascadeLog): Evaluation["calibration"] {
	const { confidence, correct } = readings(log);
	const binned = (binning: Binning): BinnedCalibration => {
		const bins = calibrationBins(confidence, correct, binning);
		return { error: calibrationError(bins) ?? null, bins };
	};
	const equalWidth = binned("equal-width");
	return {
		equalWidth,
		equalMass: binned("equal-mass"),
		brier: brierScore(confidence, correct) ?? null,
		logLoss: logLoss(confidence, correct) ?? null,
		murphy: murphySplit(equalWidth.bins) ?? null,
	};
}

/** The small model's answers that have a confidence. */
function readings({ stages }: CascadeLog): { confidence: Float64Array; correct: Uint8Array; wrong: Uint8Array } {
	const small = stages[0];
	if (small === undefined) throw new RangeError("the log has no stage");
	const isRead = (_: number, row: number): boolean => !Number.isNaN(small.confidence[row]);
	const wrong = small.wrong.filter(isRead);
	return { confidence: small.confidence.filter(isRead), correct: wrong.map((mark) => 1 - mark), wrong };
}

function costQualityOf({ points }: DeferralCurve): Evaluation["costQuality"] {
	const priced: CostQualityPoint[] = [];
	for (const { costUsd, quality } of points) if (costUsd !== null) priced.push({ costUsd, quality });
	if (priced.length === 0) return null;
	const hull = costQualityHull(priced);
	return { hull, improvement: averageImprovementInQuality(hull) ?? null };
}

function compare(log: CascadeLog, { margin, risk, target, seed }: EvaluationRequest): Comparison | null {
	const { drawn, rest } = splitRows(log, 0.5, seededRandom(seed));
	const fitting = selectRows(log, drawn);
	const measured = selectRows(log, rest);
	const chosen = matchedQuality(fitting, { margin, random: seededRandom(seed), replicates: 1 });
	if (chosen === undefined) return null;
	const { threshold } = chosen;
	const cascade = measureCascade(measured, [threshold]);
	if (cascade === undefined) return null;
	const baselines = compareBaselines(measured, {
		escalation: cascade.escalation,
		naive: { risk, target, fittingLog: fitting },
		gateScore: gateScores(fitting, measured, seed),
	});
	return { fittingRows: fitting.rows, threshold, cascade, baselines, latency: cascadeLatency(measured, [threshold]) };
}
