import { printable, showCount, showUsd } from "../admin/show-values.ts";
import { textList, textTable } from "../admin/text-table.ts";
import type { OperatingPoint } from "../../tuning/metrics/operating-point.ts";
import type { MatchedQuality } from "../../tuning/metrics/matched-quality.ts";
import type { GapMeasure } from "../../tuning/metrics/performance-gap.ts";
import type { Comparison, Evaluation } from "./evaluate-cascade.ts";
import { exact, percent } from "./show-numbers.ts";

/** Rows of the table of risk by coverage. */
const COVERAGES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

/** What `cascade evaluate` says to people. */
export function showEvaluation(evaluation: Evaluation): string {
	const [small = "", large = ""] = evaluation.models.map(printable);
	return [
		`${small} → ${large}, ${showCount(evaluation.rows)} labelled rows\n`,
		textList(figures(evaluation, small, large)),
		`\nRisk by coverage, surest answers first\n${riskTable(evaluation)}`,
		evaluation.comparison === null ? "" : comparisonText(evaluation.comparison),
		orderWarning(evaluation),
		"\nOf these rows; nothing here is certified. `cascade tune` certifies, `--json` has the curves.\n",
	].join("");
}

/** Where surer answers are not right more often. */
function orderWarning({ monotonicity: { monotone, pValue } }: Evaluation): string {
	return monotone
		? ""
		: `\nWarning: somewhere a surer answer is wrong more often (p = ${three(pValue)}), and testing from strict to loose ends there. --score reordered may help; as these rows suggested it, certify it on others.\n`;
}

function figures(evaluation: Evaluation, small: string, large: string): (readonly [string, string])[] {
	const { auroc, aurocInterval, riskCoverage, calibration, deferral, costQuality, matchedQuality } = evaluation;
	const interval =
		aurocInterval === null ? "" : ` (95% interval ${three(aurocInterval.lower)} to ${three(aurocInterval.upper)})`;
	const { equalWidth, equalMass, brier, logLoss } = calibration;
	return [
		["quality", `${small} ${percent(evaluation.qualitySmall)}, ${large} ${percent(evaluation.qualityLarge)}`],
		...(evaluation.withoutReading === 0
			? []
			: [["no confidence", `${showCount(evaluation.withoutReading)} rows, which always escalate`] as const]),
		["AUROC", auroc === null ? "–" : `${three(auroc)}${interval}`],
		[
			"AURC",
			riskCoverage === null
				? "–"
				: `${three(riskCoverage.area)}, ${three(riskCoverage.excessArea)} above the best order (E-AURC)`,
		],
		[
			"calibration",
			`ECE ${three(equalWidth.error?.expected)} (10 bins of equal width), ${three(equalMass.error?.expected)} (of equal mass); MCE ${three(equalWidth.error?.maximum)}; Brier ${three(brier)}; log loss ${three(logLoss)}`,
		],
		[
			"deferral curve",
			`AUDC ${three(deferral.area)}; at random ${three(deferral.random.area)}, best possible ${three(deferral.oracle?.area)}`,
		],
		[
			"quality gap",
			deferral.gapRecovered === "no-gap"
				? `none: ${large} is not better than ${small} on these rows`
				: `APGR ${gap(deferral.gapRecovered)} (at random 0.5); half of the gap at ${share(deferral.halfOfGap)} escalated, 80% at ${share(deferral.mostOfGap)}`,
		],
		...(evaluation.isCostEstimated ? [["costs", "some are unknown, and stand at their model's mean"] as const] : []),
		[
			"cost and quality",
			costQuality?.improvement == null
				? "unknown: the log lacks costs"
				: `AIQ ${three(costQuality.improvement.overCostRange)} over the range of costs (as the RouterBench paper), ${three(costQuality.improvement.overHighestCost)} over the highest (as its code)`,
		],
		["same quality", matchedText(matchedQuality.heldOut, large)],
	];
}

function matchedText(matched: MatchedQuality | null, large: string): string {
	if (matched === null) return "–";
	const { escalation, qualityDifference, saving, intervals, margin } = matched;
	const points = (value: number) => `${value > 0 ? "+" : ""}${(100 * value).toFixed(2).replace("-", "−")}`;
	const { lower, upper } = intervals.qualityDifference;
	const saved =
		saving === null
			? "its cost is unknown"
			: `saves ${percent(saving)}${intervals.saving === null ? "" : ` (${percent(intervals.saving.lower)} to ${percent(intervals.saving.upper)})`}`;
	return `within ${percent(margin)} of ${large}: escalates ${percent(escalation)}, ${saved}; quality ${points(qualityDifference)} points (${points(lower)} to ${points(upper)}); threshold from one half of the rows, figures from the other`;
}

function riskTable({ riskCoverage, rows }: Evaluation): string {
	const points = riskCoverage?.points ?? [];
	const shown = COVERAGES.map((coverage) => points.find((point) => point.coverage >= coverage - 1e-9)).filter(
		(point, index, all) => point !== undefined && point !== all[index - 1],
	);
	return textTable(
		[
			{ heading: "threshold" },
			...["coverage", "accepted", "wrong", "risk"].map((heading) => ({ heading, right: true })),
		],
		shown.map((point) => [
			point?.threshold == null ? "–" : exact(Number(point.threshold.toPrecision(6))),
			percent((point?.accepted ?? 0) / rows),
			showCount(point?.accepted ?? 0),
			showCount(point?.wrong ?? 0),
			percent(point?.selectiveRisk ?? null),
		]),
	);
}

function comparisonText({ cascade, baselines, threshold, fittingRows }: Comparison): string {
	const line = (name: string, point: OperatingPoint): string[] => [
		name,
		percent(point.escalation),
		percent(point.quality),
		percent(point.selectiveRisk),
		point.costUsd === null ? "–" : showUsd(point.costUsd),
		percent(point.saving),
	];
	const table = textTable(
		[
			{ heading: "" },
			...["escalated", "quality", "risk", "cost", "saving"].map((heading) => ({ heading, right: true })),
		],
		[line("cascade", cascade), ...baselines.map((baseline) => line(baseline.name, baseline))],
	);
	const at = threshold === null ? "everything escalates" : `threshold ${exact(Number(threshold.toPrecision(6)))}`;
	return `\nOn ${showCount(cascade.rows)} rows, by what the other ${showCount(fittingRows)} chose (${at})\n${table}`;
}

function three(value: number | null | undefined): string {
	return value === null || value === undefined ? "–" : value.toFixed(3);
}

function gap(value: GapMeasure): string {
	return value === "no-gap" ? "–" : value.toFixed(3);
}

function share(value: GapMeasure): string {
	return value === "no-gap" ? "–" : percent(value);
}
