import { showCount, showUsd } from "../../src/cli/admin/show-values.ts";
import { textTable } from "../../src/cli/admin/text-table.ts";
import { percent } from "../../src/cli/tune/show-numbers.ts";
import { markedBar } from "../../src/cli/evidence/sparkline.ts";
import type { Money } from "./operator.ts";
import type { DemonstrationEvent } from "./run-demonstration.ts";
import type { Figures, TimeLineRow } from "./time-line.ts";

const right = (heading: string) => ({ heading, right: true });
const BAR = 12;

/** The time line, drawn in text: coverage and true risk as bars, the target as a line. */
export function printTimeLine(rows: readonly TimeLineRow[], target: number): string {
	const top = Math.max(3 * target, ...rows.map(({ trueRisk }) => trueRisk ?? 0));
	return textTable(
		[
			right("request"),
			{ heading: "state" },
			right("threshold"),
			right("coverage"),
			{ heading: "" },
			right("true risk"),
			{ heading: `│ = ${percent(target)}` },
			right("differ"),
		],
		rows.map(({ last, chapter, threshold, accepted, requests, trueRisk, differing }) => [
			showCount(last),
			chapter,
			threshold === null ? "–" : threshold.toPrecision(4),
			percent(accepted / requests),
			markedBar(accepted / requests, 0, 1, BAR),
			percent(trueRisk),
			trueRisk === null ? "" : markedBar(trueRisk, target, top, BAR),
			accepted === 0 ? "–" : percent(differing / accepted),
		]),
	);
}

/** What happened when. */
export function printEvents(events: readonly DemonstrationEvent[]): string {
	return textTable(
		[right("request"), { heading: "what happened" }],
		events.map(({ request, text }) => [showCount(request), text]),
	);
}

/** The figures of each chapter, as cells. */
export function chapterCells({
	chapter,
	first,
	last,
	requests,
	accepted,
	differing,
	trueRisk,
	violating,
	mistaken,
	largeMistaken,
}: Figures & { readonly chapter: string }): string[] {
	return [
		chapter,
		`${showCount(first)}–${showCount(last)}`,
		showCount(requests),
		percent(accepted / requests),
		percent(trueRisk),
		accepted === 0 ? "–" : percent(differing / accepted),
		showCount(violating),
		percent(mistaken / requests),
		percent(largeMistaken / requests),
	];
}

/** Their headings; the first two are text. */
export const CHAPTER_HEADINGS = [
	"state",
	"requests",
	"number",
	"accepted",
	"true risk",
	"differ",
	"accepted above the target",
	"mistaken",
	"mistaken, large model alone",
] as const;

/** Money of the whole run, as names and values. */
export function moneyLines(figures: Figures, { audits }: Money): [string, string][] {
	const paid = figures.costUsd + audits.usd;
	const saved = figures.largeCostUsd - paid;
	return [
		["requests answered", showUsd(figures.costUsd)],
		[`${showCount(audits.count)} audits`, showUsd(audits.usd)],
		["together", showUsd(paid)],
		["always the large model", showUsd(figures.largeCostUsd)],
		["saved", `${showUsd(saved)}, ${percent(saved / figures.largeCostUsd)}`],
	];
}
