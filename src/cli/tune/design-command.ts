import { ok, type Result } from "../../core/result.ts";
import { printable, showCount } from "../admin/show-values.ts";
import { textList, textTable } from "../admin/text-table.ts";
import { designCascade, type DesignReport, type ReferenceReason } from "../../tuning/design/search-designs.ts";
import { selectRows } from "../../tuning/log/cascade-log.ts";
import { isLabelsNeededCapped } from "../../tuning/selection/estimate-labels.ts";
import { countAttempt, defaultAttemptsFile, type Attempt } from "./attempts-file.ts";
import { digestRows, digestSettings, sketchLog } from "./digests.ts";
import { withLabelledRows } from "./labelled-rows.ts";
import { loadLog, refused, usage, type Failure, type LoadedCascade } from "./load-cascade.ts";
import { readNumberOption } from "./log-options.ts";
import { pickStages } from "./pick-stages.ts";
import { inOrder, rowLabelled } from "./run-tuning.ts";
import { rowReportJson } from "./show-row-report.ts";
import { exact, percent } from "./show-numbers.ts";
import { boundText, overlapText } from "./show-tuning.ts";
import { readPlan, readQuestion, type ClaimOptions, type CountOptions } from "./tune-options.ts";
import type { LogOptions } from "./log-options.ts";
import type { TuningQuestion } from "./tuning-question.ts";

/** What `cascade design` takes. */
export interface DesignOptions extends LogOptions, ClaimOptions, CountOptions {
	readonly margin: string;
}

/** Designs shown to people; `--json` has all. */
const MOST_SHOWN = 12;

/**
 * `cascade design LOG`: which of the log's models to ask, in which order, for the least cost at matched quality with a certified
 * risk; or that no cascade pays. 0 where something cheaper than the last model is certified, or nothing is cheaper; 3 where the
 * best design was not certified.
 */
export async function design(file: string, options: DesignOptions): Promise<Result<0 | 3, Failure>> {
	const question = readQuestion(options);
	if (!question.ok) return question;
	const planned = readPlan(options);
	if (!planned.ok) return planned;
	const margin = readNumberOption("--margin", options.margin, { least: 0, most: 0.5, isLeastAllowed: true });
	if (!margin.ok) return usage(margin.error);
	const loaded = await loadModels(file, options);
	if (!loaded.ok) return loaded;
	const labelled = withLabelledRows(loaded.value.cascade, "regret");
	if (!labelled.ok) return refused(labelled.error);
	const log = rowLabelled(inOrder(labelled.value));
	const { risk, target, delta, seed, startCoverages } = question.value;
	const models = log.stages.map(({ model }) => model);
	const attempt = countAttempt(options.attemptsFile ?? defaultAttemptsFile(process.env), {
		rows: digestRows(log),
		sketch: sketchLog(log),
		question: digestSettings({ ...question.value, models, margin: margin.value, design: true }),
		delta,
		planned: planned.value,
	});
	if (!attempt.ok) return refused(attempt.error);
	const report = designCascade(log, {
		risk,
		target,
		delta: attempt.value.deltaSpent,
		seed,
		margin: margin.value,
		startCoverages: startCoverages ?? undefined,
	});
	process.stdout.write(
		options.json === true
			? `${JSON.stringify(designJson(report, loaded.value, { question: question.value, attempt: attempt.value, margin: margin.value }))}\n`
			: showDesign(report, question.value, attempt.value, margin.value),
	);
	return ok(report.reason === "not-certified" || report.reason === "no-labelled-rows" ? 3 : 0);
}

/** All models of the log, or those that the user names; rows in which one of them was not asked say nothing of designs. */
async function loadModels(file: string, options: DesignOptions): Promise<Result<LoadedCascade, Failure>> {
	const read = await loadLog(file, options);
	if (!read.ok) return read;
	const names = read.value.loaded.log.stages.map(({ model }) => model);
	const origin = options.origin ?? names.at(-1) ?? "";
	const edge = options.edge ?? names.filter((name) => name !== origin);
	if (names.length < 2) return usage("a design needs a log of two models or more");
	const picked = pickStages(read.value.loaded, { edge, origin });
	if (!picked.ok) return usage(picked.error);
	const last = picked.value.stages.at(-1);
	const kept = Array.from(picked.value.ids.keys()).filter((row) => last?.labelled?.[row] !== 0);
	return ok({
		...read.value,
		cascade: kept.length === picked.value.rows ? picked.value : selectRows(picked.value, kept),
	});
}

function designJson(
	report: DesignReport,
	{ loaded }: LoadedCascade,
	{
		question,
		attempt,
		margin,
	}: { readonly question: TuningQuestion; readonly attempt: Attempt; readonly margin: number },
): Readonly<Record<string, unknown>> {
	const { selection, fittingRows, testedRows, ...rest } = report;
	return {
		...rest,
		reason: report.reason ?? null,
		margin,
		certified: selection?.certified ?? false,
		risk: question.risk,
		target: question.target,
		delta: question.delta,
		deltaSpent: attempt.deltaSpent,
		attempt: attempt.number,
		attemptsOnOverlappingLogs: attempt.onOverlappingLogs,
		counts: selection?.counts ?? null,
		pValue: selection?.pValue ?? null,
		upperBound: selection?.upperBound ?? null,
		labelsNeeded: selection?.labelsNeeded ?? null,
		labelsNeededIsCapped:
			selection?.labelsNeeded != null && isLabelsNeededCapped(selection.labelsNeeded, testedRows.length),
		fittingRows: fittingRows.length,
		testedRows: testedRows.length,
		input: rowReportJson(loaded),
	};
}

function showDesign(report: DesignReport, question: TuningQuestion, attempt: Attempt, margin: number): string {
	const { candidates, objective, fittingRows, testedRows } = report;
	const columns = [
		{ heading: "design" },
		{ heading: "cost", right: true },
		{ heading: "quality", right: true },
		{ heading: "thresholds" },
	];
	const table = textTable(
		columns,
		candidates
			.slice(0, MOST_SHOWN)
			.map(({ models, planned }) => [
				models.join(" → "),
				planned === null ? "–" : percent(planned.relativeCost),
				planned === null ? "cannot keep it" : signed(planned.qualityDifference),
				planned?.thresholds.map((threshold) => (threshold > 1 ? "never" : threshold.toPrecision(4))).join(" ") ?? "",
			]),
	);
	const more = candidates.length > MOST_SHOWN ? `… and ${candidates.length - MOST_SHOWN} more; --json has all\n` : "";
	return (
		`${headline(report)}\n${measuredList(report, question, attempt, margin)}\n` +
		`Designs compared on ${showCount(fittingRows.length)} rows (cost and quality against ${printable(report.reference)} alone, margin ${percent(margin)}${objective === "costUsd" ? "" : "; the log has no costs, so a cost is a call of the last model"}); the first was tested on the other ${showCount(testedRows.length)}:\n${table}${more}`
	);
}

function headline({ kind, models, thresholds, reason, reference, withinMargin }: DesignReport): string {
	const missed = withinMargin === false ? ", if less quality than asked for will do: see margin" : "";
	if (kind === "reference") return `No cascade pays: ask ${printable(reference)} alone. ${explain(reason)}`;
	if (kind === "single-model")
		return `No cascade pays: ask ${printable(models[0] ?? "")} alone, instead of ${printable(reference)}${missed}.`;
	const steps = models.map((model, index) => {
		const threshold = thresholds[index];
		return threshold === undefined ? printable(model) : `${printable(model)} from ${exact(threshold)}`;
	});
	return `Build: ${steps.join(" → ")}${missed}`;
}

function explain(reason: ReferenceReason | undefined): string {
	switch (reason) {
		case "no-labelled-rows":
			return "There are too few labelled rows to say more.";
		case "nothing-cheaper":
			return "Nothing cheaper was likely to keep the promise.";
		case "not-certified":
			return "The best design found could not be certified.";
		case "costs-more":
			return "The best design found is certified, and costs more.";
		case undefined:
			return "";
	}
}

function measuredList(
	{ measured, selection, withinMargin }: DesignReport,
	question: TuningQuestion,
	attempt: Attempt,
	margin: number,
): string {
	if (measured === null) return "";
	const { relativeCost, qualityDifference, quality, referenceQuality } = measured;
	const spent = `attempt ${attempt.number}${overlapText(attempt)} spends ${Number(attempt.deltaSpent.toPrecision(3))} of delta ${question.delta}`;
	return textList([
		[
			"certified",
			selection?.certified === true
				? `${question.risk} risk at most ${percent(question.target)} (${spent}); ${boundText(selection.upperBound, attempt.deltaSpent)}`
				: `nothing (${spent})`,
		],
		[
			"cost",
			`${percent(relativeCost.value)} of the reference's (95% interval ${percent(relativeCost.interval.lower)} to ${percent(relativeCost.interval.upper)})`,
		],
		[
			"quality",
			`${percent(quality)}, reference ${percent(referenceQuality)}: ${signed(qualityDifference.value)} (95% interval ${signed(qualityDifference.interval.lower)} to ${signed(qualityDifference.interval.upper)})`,
		],
		[
			"margin",
			`${signed(-margin)}: ${withinMargin === true ? "kept" : "missed"} on these rows${qualityDifference.interval.lower < -margin && withinMargin === true ? ", and the interval reaches below it" : ""}${certifiesQuality(question, margin) ? "" : "; quality is measured here and not certified, as --risk regret with the margin as --target does"}`,
		],
	]);
}

/** Whether the claim is the margin itself: no more quality lost than that. */
function certifiesQuality({ risk, target }: TuningQuestion, margin: number): boolean {
	return risk === "regret" && target <= margin;
}

/** A difference of shares in points. */
function signed(difference: number): string {
	const points = (100 * difference).toFixed(2);
	return `${difference > 0 ? "+" : ""}${points.replace("-", "−")} points`;
}
