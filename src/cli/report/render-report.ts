import { createHash } from "node:crypto";
import { showCount } from "./show-figures.ts";
import type { ReportModel } from "./report-model.ts";
import { REPORT_SCRIPT, REPORT_STYLE } from "./report-style.ts";
import { certificateSection, inputSection } from "./sections/provenance.ts";
import { qualityFigures } from "./sections/quality-figures.ts";
import { coverageFigure, reliabilityFigures, thresholdFigure } from "./sections/risk-figures.ts";
import { expectationSection, promiseSection, verdict } from "./sections/summary.ts";
import { escapeMarkup } from "./escape-markup.ts";

/** What the file may do: show itself. Nothing is loaded, and of scripts and styles only these very ones run. */
const POLICY = `default-src 'none'; style-src '${hashOf(REPORT_STYLE)}'; script-src '${hashOf(REPORT_SCRIPT)}'; base-uri 'none'; form-action 'none'`;

/**
 * The report of a tuning run as one HTML file that needs nothing else, not even a script. The same model gives the same file.
 * Names and texts from the log are escaped.
 */
export function renderReport(model: ReportModel): string {
	const cascade = escapeMarkup(model.models.join(" → "));
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Threshold report: ${cascade}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main class="page">
<header><h1>${cascade}</h1><p class="over">${escapeMarkup(overview(model))}</p></header>
${verdict(model)}
${promiseSection(model)}
<section><h2>Plots</h2>
${qualityFigures(model)}
${thresholdFigure(model)}
${coverageFigure(model)}
${reliabilityFigures(model)}
</section>
${expectationSection(model)}
${certificateSection(model)}
${inputSection(model)}
<footer><p>Written by <code>cascade tune</code> of Edge Cascade.</p></footer>
</main>
<script>${REPORT_SCRIPT}</script>
</body>
</html>
`;
}

function overview({ claim, certificate, outcome, heldOut }: ReportModel): string {
	const held = heldOut === null ? "" : `, ${showCount(heldOut.rows)} held out`;
	const issued = certificate === null ? "" : ` · ${certificate.issuedAt.slice(0, 10)}`;
	return `Threshold report · ${claim.risk} risk · ${showCount(outcome.testedRows)} rows tested${held}${issued}`;
}

function hashOf(text: string): string {
	return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
