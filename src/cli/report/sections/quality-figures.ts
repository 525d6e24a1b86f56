import { percent } from "../../tune/show-numbers.ts";
import { costQualityChart } from "../charts/cost-quality-chart.ts";
import { deferralChart } from "../charts/deferral-chart.ts";
import type { NamedPoint, QualityCurves, ReportModel } from "../report-model.ts";
import { savingText, showCount, usdPerThousand } from "../show-figures.ts";
import { figure } from "./figure.ts";
import { evenly, table } from "./table.ts";

/** Points of a curve that its table lists. */
const LISTED = 21;

/** Cost against quality, and quality against escalation; a sentence where the rows say nothing of either. */
export function qualityFigures(model: ReportModel): string {
	const { quality } = model;
	if (quality === null)
		return "<p>No row has the labels of all models, so nothing can be said of quality: give the labels of the last model too.</p>";
	return costFigure(quality, model) + deferralFigure(quality, model);
}

function costFigure(quality: QualityCurves, { models }: ReportModel): string {
	const { chosen, baselines } = quality;
	const last = models.at(-1) ?? "";
	const lead =
		chosen === null
			? "Nothing is certified, so there is no point of the cascade to compare; the curve is what each threshold would have given."
			: `The chosen cascade is right on ${percent(chosen.quality)} of the requests at ${usdPerThousand(chosen.costUsd)} for 1,000 and ${savingText(chosen.saving)} against ${last} alone, which is right on ${percent(quality.qualityLast)}.`;
	return figure({
		id: "cost-quality",
		heading: "Cost against quality",
		lead,
		draw: (size) => costQualityChart(quality, size),
		otherwise: "The log has no costs, so there is no cost to set against quality.",
		caption: `Solid line: the cascade at every threshold; escalated requests pay every model asked. Dashed: the most that mixtures of everything drawn reach at each cost (the hull). Squares: one model alone. Rings: other ways to decide, at the same share of escalation${baselines.some(({ name }) => name.startsWith("naive")) ? "; naive tuning takes the loosest threshold that met the target on other rows, without any guarantee" : ""}. ${rowsSentence(quality)}`,
		tableSummary: "Table: the cascade and what it has to beat",
		table: table(
			"The cascade and what it has to beat",
			[
				{ heading: "way to answer", isText: true },
				...["rows", "escalated", "right", "cost of 1,000", "saving"].map((heading) => ({ heading })),
			],
			[...(chosen === null ? [] : [chosen]), ...baselines].map(rowOf),
		),
	});
}

function rowOf({ name, rows, escalation, quality, costUsd, saving }: NamedPoint): string[] {
	return [name, showCount(rows), percent(escalation), percent(quality), usdPerThousand(costUsd), percent(saving)];
}

function deferralFigure(quality: QualityCurves, { models }: ReportModel): string {
	const { gapRecovered, oracle, gate } = quality;
	return figure({
		id: "deferral",
		heading: "Quality against escalation",
		lead: gapSentence(quality, models),
		draw: (size) => deferralChart(quality, size),
		caption: [
			"Least sure answers escalate first. ",
			oracle === null
				? "Of more than two models the curve follows the path that was tested."
				: "Dotted: the best possible order, which knows all labels. Dashed: requests escalate at random.",
			gate === null ? "" : " Dash-dotted: a gate that reads the request alone and asks no model, fitted on other rows.",
			gapRecovered === null || gapRecovered === "no-gap"
				? ""
				: ` Averaged over all escalations the order recovers ${gapRecovered.toFixed(3)} of the gap (APGR; at random 0.5).`,
			` ${rowsSentence(quality)}`,
		].join(""),
		tableSummary: "Table: quality against escalation",
		table: table(
			"Quality against escalation",
			["escalated", "right", "cost of 1,000"].map((heading) => ({ heading })),
			evenly(quality.points, LISTED).map(({ escalation, quality: share, costUsd }) => [
				percent(escalation),
				percent(share),
				usdPerThousand(costUsd),
			]),
		),
	});
}

function gapSentence({ qualityFirst, qualityLast, chosen }: QualityCurves, models: readonly string[]): string {
	const [first, last] = [models[0] ?? "", models.at(-1) ?? ""];
	const ends = `${first} alone is right on ${percent(qualityFirst)}, ${last} alone on ${percent(qualityLast)}.`;
	if (qualityLast <= qualityFirst) return `${ends} There is no gap that escalation could close.`;
	return chosen === null
		? ends
		: `${ends} The cascade escalates ${percent(chosen.escalation)} and is right on ${percent(chosen.quality)}.`;
}

function rowsSentence({ rows, count }: QualityCurves): string {
	return rows === "held-out"
		? `Of ${showCount(count)} rows held out, on which nothing was chosen.`
		: `Of the ${showCount(count)} tested rows.`;
}
