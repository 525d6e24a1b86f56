import { clopperPearsonLower, clopperPearsonUpper } from "../../../tuning/bounds/clopper-pearson.ts";
import { percent } from "../../tune/show-numbers.ts";
import { claimSentence, noPromises, promises } from "../claim-sentences.ts";
import type { ReportFigures, ReportModel } from "../report-model.ts";
import { bound, savingText, shortThreshold, showCount, usdPerThousand } from "../show-figures.ts";
import { escapeMarkup } from "../escape-markup.ts";
import { table } from "./table.ts";

const TAIL = 0.025;

/** The outcome at a glance. */
export function verdict(model: ReportModel): string {
	const { claim, outcome, models } = model;
	return outcome.thresholds === null
		? `<section class="verdict no"><h2><span aria-hidden="true">✕</span> Not certified</h2><p class="claim">${escapeMarkup(needed(model))}</p></section>`
		: `<section class="verdict yes"><h2><span aria-hidden="true">✓</span> ${claim.asClaim === null ? "Certified" : "Certified, on trial"}</h2><p class="claim">${escapeMarkup(claimSentence(model))}</p>${tiles(model, outcome.thresholds, models)}</section>`;
}

function needed({ outcome, expected }: ReportModel): string {
	const reason = outcome.reason === null ? "" : `${outcome.reason.charAt(0).toUpperCase()}${outcome.reason.slice(1)}. `;
	return outcome.labelsNeeded === null
		? `${reason}More labels alone will not do: on these rows the risk is not below the target. Every request belongs to the last model.`
		: `${reason}It needs ${outcome.labelsNeededIsCapped ? "more than" : "about"} ${showCount(outcome.labelsNeeded)} labelled rows; there were ${showCount(expected.rows)} to test. Until then every request belongs to the last model.`;
}

function tiles(model: ReportModel, thresholds: readonly number[], models: readonly string[]): string {
	const { expected, heldOut, outcome, claim } = model;
	const figures = heldOut ?? expected;
	const where = heldOut === null ? "on the tested rows" : "on rows held out";
	const score = claim.score === "raw" ? "confidence" : `${claim.score} score`;
	const entries: (readonly [name: string, value: string, detail: string])[] = [
		...thresholds.map((threshold, index): readonly [string, string, string] =>
			threshold > 1
				? [models[index] ?? "", "never", "accepts nothing: leave it out"]
				: [models[index] ?? "", `≥ ${shortThreshold(threshold)}`, `${score} from which it answers`],
		),
		// What is certified is the target; the bound of a threshold that tests have chosen is no bound at the same confidence.
		[
			"risk at most",
			percent(claim.target),
			`certified; ${bound(outcome.upperBound)} would bound it, had this threshold been fixed beforehand`,
		],
		["accepted", percent(figures.coverage), `${percent(figures.escalationRate)} escalate, ${where}`],
		["right", percent(figures.quality), `${models.at(-1) ?? ""} alone ${percent(figures.lastStageQuality)}`],
		["cost of 1,000", usdPerThousand(figures.costUsd), savingText(figures.saving)],
	];
	return `<dl class="tiles columns-${columnsOf(entries.length)}">${entries
		.map(
			([name, value, detail]) =>
				`<div><dt>${escapeMarkup(name)}</dt><dd><strong>${escapeMarkup(value)}</strong><span>${escapeMarkup(detail)}</span></dd></div>`,
		)
		.join("")}</dl>`;
}

/** Rows of tiles of about the same length. */
function columnsOf(tiles: number): number {
	return Math.min(5, tiles <= 5 ? tiles : Math.ceil(tiles / 2));
}

/** What the outcome promises, and what it does not. */
export function promiseSection(model: ReportModel): string {
	const list = (items: readonly string[]): string =>
		`<ul>${items.map((item) => `<li>${escapeMarkup(item)}</li>`).join("")}</ul>`;
	return `<section class="promises"><div><h2>What this promises</h2>${list(promises(model))}</div><div><h2>What it does not</h2>${list(noPromises(model))}</div></section>`;
}

/** What to expect of the thresholds, on the tested rows and on those held out. */
export function expectationSection({ expected, heldOut, models, outcome }: ReportModel): string {
	const columns = heldOut === null ? [expected] : [expected, heldOut];
	const last = models.at(-1) ?? "";
	const entries: (readonly [string, (figures: ReportFigures) => string])[] = [
		["rows", ({ rows }) => showCount(rows)],
		["accepted", acceptedText],
		["wrong among accepted", wrongText],
		["escalated", ({ escalationRate }) => percent(escalationRate)],
		["right answers", ({ quality }) => percent(quality)],
		[`right answers, ${last} alone`, ({ lastStageQuality }) => percent(lastStageQuality)],
		["cost of 1,000", ({ costUsd, isCostEstimated }) => `${usdPerThousand(costUsd)}${isCostEstimated ? " *" : ""}`],
		[`cost of 1,000, ${last} alone`, ({ lastStageCostUsd }) => usdPerThousand(lastStageCostUsd)],
		["saving", ({ saving }) => percent(saving)],
		["mean time to the answer", ({ latencyMs }) => milliseconds(latencyMs)],
		[`mean time, ${last} alone`, ({ lastStageLatencyMs }) => milliseconds(lastStageLatencyMs)],
	];
	const isEstimated = columns.some(({ isCostEstimated }) => isCostEstimated);
	return (
		`<section><h2>What to expect</h2><p>${
			heldOut === null
				? "The thresholds were chosen on these very rows, which flatters them a little; hold rows out with <code>--calibration-share</code> to see figures that nothing was chosen on."
				: "Rows held out were looked at after everything was chosen, so their figures are fair."
		}${outcome.thresholds === null ? " Nothing is certified: these are figures of the last model alone." : ""}</p>` +
		table(
			"Figures of the chosen thresholds",
			[
				{ heading: "figure", isText: true },
				{ heading: "tested rows" },
				...(heldOut === null ? [] : [{ heading: "held out" }]),
			],
			entries.map(([name, show]) => [name, ...columns.map(show)]),
		) +
		(isEstimated ? "<p>* Unknown costs stand at the mean of the known ones.</p>" : "") +
		"</section>"
	);
}

function acceptedText({ accepted, coverage, coverageInterval: interval }: ReportFigures): string {
	const range = interval === null ? "" : `; 95% ${percent(interval[0])} to ${percent(interval[1])}`;
	return `${showCount(accepted)} (${percent(coverage)}${range})`;
}

function wrongText({ accepted, wrong, selectiveRisk }: ReportFigures): string {
	if (accepted === 0) return "–";
	const [from, to] = [clopperPearsonLower(wrong, accepted, TAIL), clopperPearsonUpper(wrong, accepted, TAIL)];
	return `${showCount(wrong)} (${percent(selectiveRisk)}; 95% ${percent(from)} to ${percent(to)})`;
}

function milliseconds(value: number | null): string {
	return value === null ? "–" : `${showCount(Math.round(value))} ms`;
}
