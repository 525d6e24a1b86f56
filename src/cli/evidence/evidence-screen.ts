import type { EvidenceReport } from "../../core/evidence/evidence-ports.ts";
import { coloured, printable, showCount, showMoment } from "../admin/show-values.ts";
import { textList } from "../admin/text-table.ts";
import { percent } from "../tune/show-numbers.ts";
import { showLog, showThreshold, summaryOf } from "./describe-evidence.ts";
import { markedBar, sparkline } from "./sparkline.ts";

/** How much fits on the terminal. */
export interface ScreenSize {
	readonly columns: number;
	readonly rows: number;
}

const LONGEST_NAME = "alarm trace".length;
const NAME_WIDTH = LONGEST_NAME + 2;
const FIGURES_WIDTH = 34;
/** Lines beside the candidates. */
const OTHER_LINES = 15;
const FEWEST_CANDIDATES = 5;

/**
 * What `cascade watch` shows: the summary, the log-wealth of each candidate as a bar with the line that certifies, and the trace of the
 * alarm, which is `trace`, the detector's values since watching began. Where not all candidates fit, they are shown evenly, the one in
 * force always.
 */
export function evidenceScreen(
	report: EvidenceReport,
	trace: readonly number[],
	{ columns, rows }: ScreenSize,
): string {
	const summary = summaryOf(report).filter(([name]) => name !== "configuration");
	const width = Math.max(10, Math.min(60, columns - FIGURES_WIDTH - 2));
	const traceWidth = Math.max(10, columns - NAME_WIDTH - 12);
	const { alarm, counts } = report;
	return [
		textList(summary.map(([name, value]) => [name.padEnd(LONGEST_NAME), value] as const)),
		"\n",
		candidateBars(report, width, Math.max(FEWEST_CANDIDATES, rows - OTHER_LINES)),
		"\n",
		`${"alarm trace".padEnd(NAME_WIDTH)}${alarmTrace(trace, alarm.logLevel, traceWidth)}\n`,
		`${"counted".padEnd(NAME_WIDTH)}${showCount(counts.requests)} requests: ${showCount(counts.accepted)} accepted, ${showCount(counts.escalated)} escalated, ${showCount(counts.labelled)} labelled, ${showCount(counts.unresolved + counts.late + counts.failed + counts.unobserved)} wrong for want of a label\n`,
	].join("");
}

function alarmTrace(trace: readonly number[], level: number | null, width: number): string {
	return level === null
		? "nothing is accepted, so there is nothing to watch"
		: `${sparkline(trace, level, width)} ▏${showLog(level)}`;
}

/** One line for a log: everything that a change of is worth a new line. `at` is when it was seen. */
export function evidenceLine(report: EvidenceReport, at: number): string {
	const { lease, risk, alarm, counts, candidates, frozenBecause } = report;
	const coverage =
		lease.state === "certified" ? candidates.find(({ threshold }) => threshold === lease.threshold)?.coverage : 0;
	return `${[
		showMoment(at),
		`${lease.state}${frozenBecause === null ? "" : ` (frozen: ${frozenBecause})`}`,
		`epoch ${lease.epoch} phase ${lease.phase}`,
		`threshold ${showThreshold(lease.threshold)}`,
		`coverage ${coverage === undefined ? "–" : percent(coverage)}`,
		risk === null ? "risk –" : `risk ${percent(risk.estimate)} [${percent(risk.lower)}–${percent(risk.upper)}]`,
		`alarm ${showLog(alarm.logValue)}/${showLog(alarm.logLevel)}`,
		`${showCount(counts.requests)} requests`,
	]
		.map(printable)
		.join("  ")}\n`;
}

function candidateBars({ candidates, logNeeded, lease }: EvidenceReport, width: number, most: number): string {
	if (candidates.length === 0)
		return "No thresholds yet: they are chosen from readings without labels, of which there are too few.\n";
	const top = Math.max(2 * logNeeded, ...candidates.map(({ logEvidence }) => logEvidence ?? 0));
	const inForce =
		lease.state === "certified" ? candidates.findIndex(({ threshold }) => threshold === lease.threshold) : -1;
	const shown = positions(candidates.length, most, inForce);
	const head = `${"threshold".padStart(10)}${"coverage".padStart(10)}${"evidence".padStart(10)}   │ certifies at ${showLog(logNeeded)}\n`;
	return (
		head +
		shown
			.map((index) => {
				const candidate = candidates[index] as EvidenceReport["candidates"][number];
				const { threshold, coverage, logEvidence, certified } = candidate;
				const sign = index === inForce ? "►" : certified ? "✓" : " ";
				const figures = `${showThreshold(threshold).padStart(10)}${percent(coverage).padStart(10)}${showLog(logEvidence).padStart(10)} ${sign} `;
				const bar = markedBar(logEvidence ?? 0, logNeeded, top, width);
				return `${figures}${certified ? coloured("green", bar) : bar}\n`;
			})
			.join("")
	);
}

/** At most `most` positions of `count`, evenly, with `always` among them. */
function positions(count: number, most: number, always: number): number[] {
	if (count <= most) return Array.from({ length: count }, (_, index) => index);
	const evenly = Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1)));
	if (always === -1 || evenly.includes(always)) return evenly;
	const nearest = evenly.reduce(
		(best, position, index) =>
			Math.abs(position - always) < Math.abs((evenly[best] as number) - always) ? index : best,
		0,
	);
	return evenly.with(nearest, always);
}
