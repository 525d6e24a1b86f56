import { percent } from "../../tune/show-numbers.ts";
import { reliabilityChart } from "../charts/reliability-chart.ts";
import { riskCoverageChart } from "../charts/risk-coverage-chart.ts";
import { thresholdChart } from "../charts/threshold-chart.ts";
import type { PathStep, ReliabilityDiagram, ReportModel } from "../report-model.ts";
import { bound, numberTick, plainNumber, probability, shortThresholds, showCount } from "../show-figures.ts";
import { figure } from "./figure.ts";
import { evenly, table } from "./table.ts";

const LISTED = 21;
/** Of the steps that were not tested every so many is listed. */
const UNTESTED_STRIDE = 10;

/** Risk and escalation against threshold, with the steps of the test. */
export function thresholdFigure(model: ReportModel): string {
	const { path, claim, outcome, models } = model;
	const chosen = path.find(({ verdict }) => verdict === "chosen");
	const failed = path.find(({ verdict }) => verdict === "failed");
	const tested = path.filter(({ verdict }) => verdict !== "untested").length;
	const lead =
		chosen === undefined
			? `The first test failed, so no threshold is certified: ${outcome.reason ?? "nothing could be tested"}.`
			: `Testing went from strict to loose, ${tested} ${tested === 1 ? "step" : "steps"} of ${path.length}, and ${failed === undefined ? "every step to the end of the path passed" : "stopped at the first that failed"}. Chosen is the last that passed, with an upper bound of ${bound(chosen.upper)}, had it been fixed beforehand, against a target of ${percent(claim.target)}.`;
	return figure({
		id: "threshold",
		heading: "Risk and escalation against threshold",
		lead,
		draw: (size) => thresholdChart(model, size),
		otherwise: "No threshold could be tested.",
		caption: `Line: observed ${claim.risk === "regret" ? "regret" : `${claim.risk} risk`} of the ${showCount(outcome.testedRows)} tested rows. Band: from the lower to the upper bound (${claim.risk === "regret" ? "bets, inverted" : "Clopper-Pearson"}, each one-sided at confidence 1 − ${plainNumber(claim.deltaSpent)}), each threshold as if it were the only one. Shaded: what passed. Disc: chosen. Cross: where testing stopped. Below: the share of requests that escalate.${claim.starts > 1 ? ` Testing began at ${claim.starts} places with an equal share of δ each; drawn is the sequence that led to the choice.` : ""}`,
		tableSummary: "Table: steps of the test",
		table: table(
			"Steps of the test, strict to loose",
			[
				{ heading: models.length === 2 ? "threshold" : "thresholds", isText: models.length > 2 },
				...["accepted", "wrong", "risk", "upper bound", "p-value"].map((heading) => ({ heading })),
				{ heading: "outcome", isText: true },
			],
			path.filter(({ verdict, index }) => verdict !== "untested" || index % UNTESTED_STRIDE === 0).map(stepRow),
		),
	});
}

const VERDICTS: Readonly<Record<PathStep["verdict"], string>> = {
	passed: "passed",
	chosen: "passed: chosen",
	failed: "failed: end",
	untested: "not tested",
};

function stepRow({ thresholds, accepted, wrong, risk, upper, pValue, verdict }: PathStep): string[] {
	return [
		shortThresholds(thresholds),
		showCount(accepted),
		showCount(wrong),
		percent(risk),
		bound(upper),
		probability(pValue),
		VERDICTS[verdict],
	];
}

/** Risk against coverage. */
export function coverageFigure({ riskCoverage, claim, models }: ReportModel): string {
	const area =
		riskCoverage?.area == null || riskCoverage.excessArea === null
			? ""
			: ` Area under the curve (AURC) ${riskCoverage.area.toFixed(3)}, of that ${riskCoverage.excessArea.toFixed(3)} above the best order (E-AURC).`;
	const chosen = riskCoverage?.chosen ?? null;
	return figure({
		id: "risk-coverage",
		heading: "Risk against coverage",
		lead:
			chosen === null
				? "How often accepted answers are wrong as more are accepted, the surest first."
				: `At the chosen threshold ${percent(chosen.coverage)} of the requests are accepted, and ${percent(chosen.risk)} of those answers are wrong.`,
		draw: (size) => (riskCoverage === null ? "" : riskCoverageChart(riskCoverage, claim, size)),
		otherwise: "No answer has a confidence.",
		caption: `${models.length === 2 ? "Solid: surest answers first. Dotted: the best possible order of the same answers." : "Solid: the path that was tested."} ${targetCaption(claim.risk)} Disc: chosen, with its bounds.${area} On the far left a handful of answers decides.`,
		tableSummary: "Table: risk against coverage",
		table: table(
			"Risk against coverage",
			["coverage", "wrong among accepted"].map((heading) => ({ heading })),
			evenly(riskCoverage?.points ?? [], LISTED).map(({ coverage, risk }) => [percent(coverage), percent(risk)]),
		),
	});
}

function targetCaption(risk: ReportModel["claim"]["risk"]): string {
	switch (risk) {
		case "selective":
			return "Dashed: the target.";
		case "joint":
			return "Dashed: the target, a share of all requests, as a share of the accepted.";
		case "regret":
			return "The target is of regret and has no place here.";
	}
}

/** A reliability diagram for each model that may answer before the last. */
export function reliabilityFigures({ reliability, models }: ReportModel): string {
	return reliability
		.map((diagram, index) => reliabilityFigure(diagram, `reliability-${index}`, models.length))
		.join("");
}

function reliabilityFigure(diagram: ReliabilityDiagram, id: string, models: number): string {
	const { bins, equalWidth, equalMass, brier, auroc, withoutReading, model } = diagram;
	const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
	const three = (value: number | null | undefined): string => (value == null ? "–" : value.toFixed(3));
	return figure({
		id,
		heading: models === 2 ? "Reliability of the confidence" : `Reliability of ${model}`,
		lead: `${auroc === null ? "All answers are right, or all wrong" : `A right answer is surer than a wrong one ${percent(auroc)} of the time (AUROC)`}. The guarantee needs no calibrated confidence, only one that puts right answers first.`,
		draw: (size) => (rows === 0 ? "" : reliabilityChart(diagram, size, id)),
		otherwise: "No answer has a confidence.",
		caption: `Discs: share of right answers in ten bins of equal width, (lower, upper], with 95% intervals; on the dashed line confidence and share agree. Bars: how many answers. ECE ${three(equalWidth?.expected)} (equal width), ${three(equalMass?.expected)} (equal mass); MCE ${three(equalWidth?.maximum)}; Brier score ${three(brier)}.${withoutReading === 0 ? "" : ` ${showCount(withoutReading)} answers have no confidence and always escalate.`}`,
		tableSummary: "Table: bins of confidence",
		table: table(
			models === 2 ? "Bins of confidence" : `Bins of confidence of ${model}`,
			["from", "to", "answers", "mean confidence", "right"].map((heading) => ({ heading })),
			bins.map((bin) => [
				numberTick(bin.lower, 0.1),
				numberTick(bin.upper, 0.1),
				showCount(bin.rows),
				bin.confidence === null ? "–" : bin.confidence.toFixed(3),
				percent(bin.accuracy),
			]),
		),
	});
}
