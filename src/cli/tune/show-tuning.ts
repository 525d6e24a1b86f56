import { printable, showCount, showUsd } from "../admin/show-values.ts";
import { textList } from "../admin/text-table.ts";
import { clopperPearsonLower, clopperPearsonUpper } from "../../tuning/bounds/clopper-pearson.ts";
import type { Attempt } from "./attempts-file.ts";
import { exact, percent } from "./show-numbers.ts";
import type { CascadeSummary } from "./summarise-cascade.ts";
import { isCapped, type TuningResult } from "./tuning-result.ts";

/** What `cascade tune` says to people. */
export function showTuning(result: TuningResult): string {
	return (result.outcome.certified ? showCertified(result) : showNotCertified(result)) + orderHint(result.outOfOrder);
}

/** A hint for rows to come: what these rows suggested they cannot certify. */
function orderHint(outOfOrder: readonly string[]): string {
	return outOfOrder.length === 0
		? ""
		: `Surer answers of ${outOfOrder.map(printable).join(", ")} are wrong more often somewhere, where testing may end early: on new rows --score reordered may reach further.\n`;
}

function showCertified(result: TuningResult): string {
	const { outcome, expected, question, attempt, delta, heldOut } = result;
	const models = outcome.tested.stages.map(({ model }) => model);
	const thresholds = outcome.thresholds ?? [];
	const chosen = thresholds.map((threshold, index) =>
		threshold > 1
			? `  ${printable(models[index] ?? "")} accepts nothing: leave it out\n`
			: `  ${printable(models[index] ?? "")} answers from a ${question.score === "raw" ? "confidence" : `${question.score} score`} of ${exact(threshold)}\n`,
	);
	const claim = describeClaim(result);
	const entries: (readonly [string, string])[] = [
		["rows tested", describeTested(result)],
		[
			"certified",
			`at most ${percent(question.target)}, the target (p = ${outcome.pValue?.toExponential(2) ?? "–"}); ${boundText(outcome.upperBound, question.delta)}`,
		],
		[
			"attempt",
			`${attempt.number}${attempt.planned === null ? "" : ` of ${attempt.planned}`} on these rows${overlapText(attempt)}: spends ${short(question.delta)} of delta ${short(delta)}${attempt.asClaim === null ? "" : `; a trial, without a certificate: with --certificate or --apply it is attempt ${attempt.asClaim} on the log`}`,
		],
		...expectedEntries(expected, models.at(-1) ?? ""),
	];
	return (
		`Certified: ${claim}\n${chosen.join("")}  everything else goes to ${printable(models.at(-1) ?? "")}\n\n${textList(entries)}` +
		(heldOut === null
			? ""
			: `\nOn ${showCount(heldOut.rows)} rows held out:\n${textList(heldOutEntries(heldOut, models.at(-1) ?? ""))}`)
	);
}

function showNotCertified({ outcome, question, attempt, delta, expected }: TuningResult): string {
	const { labelsNeeded, reason } = outcome;
	const needs =
		labelsNeeded === null
			? "more labels alone will not do: on these rows the risk is not below the target"
			: `needs ${isCapped(outcome) ? "more than" : "about"} ${showCount(labelsNeeded)} labels at this start (there are ${showCount(expected.rows)} to test)`;
	return (
		`Not certified: ${needs}.\n${reason === null ? "" : `${printable(reason)}.\n`}` +
		`Attempt ${attempt.number} on these rows${overlapText(attempt)} could spend ${short(question.delta)} of delta ${short(delta)}.\n` +
		"Without a certificate everything belongs to the last stage: leave the policy as it is, or take the small model out.\n" +
		"What may help: a looser --target, other --starts, a surer model; `cascade evaluate` shows which. Each is another attempt.\n"
	);
}

/** Attempts that came with another log. */
export function overlapText({ onOverlappingLogs: others }: Attempt): string {
	return others === 0
		? ""
		: ` (${others} of them on ${others === 1 ? "a log" : "logs"} that shared rows with this one)`;
}

/** The claim in a sentence. */
function describeClaim({ question, delta, outcome, loaded }: TuningResult): string {
	const of = question.onLabel === null ? "" : ` labelled ${printable(question.onLabel)}`;
	const last = printable(outcome.tested.stages.at(-1)?.model ?? "");
	const most = percent(question.target);
	const { group } = loaded.source;
	const unit = group === undefined ? "" : `, counting one request of each ${printable(group)}`;
	const chance = `with a chance of at least ${percent(1 - delta)} over the draw of these rows`;
	switch (question.risk) {
		case "selective":
			return `${chance}, at most ${most} of the accepted answers${of} are wrong${unit}`;
		case "joint":
			return `${chance}, at most ${most} of all requests${of} get an accepted answer that is wrong${unit}`;
		case "regret":
			return `${chance}, at most ${most} more of all answers${of} are wrong than with ${last} alone${unit}`;
	}
}

function describeTested({ outcome, expected }: TuningResult): string {
	const { counts } = outcome;
	if (counts === null) return showCount(expected.rows);
	const isComparable = expected.lastStageQuality !== null && counts.worse + counts.better > 0;
	const better = isComparable
		? `; the last stage would have been right on ${showCount(counts.worse)} of those, and wrong on ${showCount(counts.better)} that were right`
		: "";
	return `${showCount(counts.rows)}: ${showCount(counts.accepted)} accepted, ${showCount(counts.wrong)} of them wrong (${percent(counts.wrong / counts.accepted)})${better}`;
}

/** What to expect of thresholds, for people. */
export function expectedEntries(summary: CascadeSummary, last: string): (readonly [string, string])[] {
	const {
		coverage,
		coverageInterval: interval,
		escalationRate,
		quality,
		lastStageQuality,
		costUsd,
		lastStageCostUsd,
		saving,
	} = summary;
	const estimated = summary.isCostEstimated ? " (unknown costs at the mean of the known)" : "";
	return [
		[
			"coverage",
			`${percent(coverage)} accepted${interval === null ? "" : ` (95% interval ${percent(interval[0])} to ${percent(interval[1])})`}, ${percent(escalationRate)} escalated`,
		],
		[
			"quality",
			quality === null
				? "unknown: answers without a label"
				: `${percent(quality)} right; ${printable(last)} alone ${percent(lastStageQuality)}`,
		],
		[
			"cost",
			costUsd === null || lastStageCostUsd === null
				? "unknown: the log has no costs"
				: `${showUsd(costUsd)} a request, ${printable(last)} alone ${showUsd(lastStageCostUsd)}: ${saving !== null && saving < 0 ? `${percent(-saving)} dearer` : `saves ${percent(saving)}`}${estimated}`,
		],
	];
}

function heldOutEntries(summary: CascadeSummary, last: string): (readonly [string, string])[] {
	const { accepted, wrong, selectiveRisk } = summary;
	const interval =
		accepted === 0
			? ""
			: `, 95% interval ${percent(clopperPearsonLower(wrong, accepted, 0.025))} to ${percent(clopperPearsonUpper(wrong, accepted, 0.025))}`;
	return [
		["risk", `${showCount(wrong)} of ${showCount(accepted)} accepted are wrong (${percent(selectiveRisk)}${interval})`],
		...expectedEntries(summary, last),
	];
}

/** The bound at the threshold, with what it is not. */
export function boundText(upperBound: number | null, delta: number): string {
	return `the bound ${percent(upperBound)}, at 1 − ${short(delta)}, is of a threshold fixed beforehand, and this one was chosen`;
}

function short(value: number): string {
	return String(Number(value.toPrecision(3)));
}
