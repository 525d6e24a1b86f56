import { createHash } from "node:crypto";
import { showCount } from "../../src/cli/admin/show-values.ts";
import { escapeMarkup } from "../../src/cli/report/escape-markup.ts";
import { REPORT_STYLE } from "../../src/cli/report/report-style.ts";
import { definitions, table } from "../../src/cli/report/sections/table.ts";
import { NARROW, WIDE, type ChartSize } from "../../src/cli/report/svg/chart-size.ts";
import { percent } from "../../src/cli/tune/show-numbers.ts";
import { alarmChart, coverageChart, riskChart, type Drawn } from "./charts.ts";
import type { Money } from "./operator.ts";
import { chapterCells, CHAPTER_HEADINGS, moneyLines } from "./print-report.ts";
import { chapters, figuresOf } from "./time-line.ts";

const POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(REPORT_STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'`;

/** The demonstration as one page that needs nothing else. */
export function writePage(drawn: Drawn, money: Money, clockSpeed: number): string {
	const { run, population, target } = drawn;
	const both = (draw: (drawn: Drawn, size: ChartSize) => string) => draw(drawn, WIDE) + draw(drawn, NARROW);
	const lines = run.events.filter(({ kind }) => kind !== "threshold");
	const figure = (heading: string, caption: string, draw: (drawn: Drawn, size: ChartSize) => string) =>
		`<section class="figure"><h2>${escapeMarkup(heading)}</h2><figure>${both(draw)}<figcaption>${escapeMarkup(caption)}</figcaption></figure></section>`;
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A guarantee on live traffic, demonstrated</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main class="page">
<header><h1>A guarantee on live traffic, demonstrated</h1>
<p class="over">${showCount(run.requests.length)} requests through a local Worker, whose clock ran ${clockSpeed} times as fast, in ${Math.round(run.seconds)} seconds</p></header>
${figure("Risk of what the small model answers", `Dashed: the target, ${percent(target)}. Dotted: the true risk at the threshold in force, known exactly since all mails are. Line and band: what the ledger estimates from its audits, with its interval. Rings: the share that differed.`, riskChart)}
${figure("Coverage", "The share of requests that the small model answers.", coverageChart)}
${figure("Drift alarm", "Line: the detector. Dashed: the level at which it alarms, such that it does so by mistake at most once in 90 days.", alarmChart)}
<section><h2>What happened</h2>${table(
		"The numbers stand over the lines in the plots.",
		[{ heading: "line" }, { heading: "request" }, { heading: "what", isText: true }],
		lines.map(({ request, text }, index) => [String(index + 1), showCount(request), text]),
	)}</section>
<section><h2>Figures</h2>${table(
		"By what was in force.",
		CHAPTER_HEADINGS.map((heading, index) => ({ heading, isText: index === 0 })),
		chapters(run.requests, population, target).map(chapterCells),
	)}</section>
<section><h2>Money</h2>${definitions(moneyLines(figuresOf(run.requests, population, target), money))}</section>
<footer><p>Written by <code>npm run demo:guarantee</code> of Edge Cascade.</p></footer>
</main>
</body>
</html>
`;
}
