import type { Certificate } from "../../../core/certificate.ts";
import { exact } from "../../tune/show-numbers.ts";
import { trialSentence } from "../claim-sentences.ts";
import type { ReportModel } from "../report-model.ts";
import { plainNumber, showCount } from "../show-figures.ts";
import { escapeMarkup } from "../escape-markup.ts";
import { definitions, table } from "./table.ts";

/** The certificate field by field, with every digit, or why there is none. */
export function certificateSection({ certificate, claim }: ReportModel): string {
	if (certificate === null)
		return `<section><h2>Certificate</h2><p>There is none. ${escapeMarkup(claim.asClaim === null ? attemptSentence(claim) : trialSentence(claim.asClaim))}</p></section>`;
	return (
		`<section><h2>Certificate</h2><p>Anybody with the log can compute it again: <code>cascade verify CERTIFICATE LOG</code>.</p>` +
		`${definitions(certificateEntries(certificate))}</section>`
	);
}

function certificateEntries(certificate: Certificate): (readonly [string, string])[] {
	const { models, thresholds, tenant, cascade, onLabel } = certificate;
	return [
		...(tenant === null ? [] : [["tenant and cascade", `${tenant}/${cascade ?? ""}`] as const]),
		["models", models.join(" → ")],
		[
			"thresholds",
			thresholds
				.map((threshold, index) => `${models[index] ?? ""}: ${threshold > 1 ? "accepts nothing" : exact(threshold)}`)
				.join("; "),
		],
		["risk", `${certificate.risk}, at most ${exact(certificate.targetRisk)}`],
		["on the label", onLabel ?? "any"],
		["delta", `${exact(certificate.delta)}, of which this attempt could spend ${exact(certificate.deltaSpent)}`],
		["method and score", `${certificate.method}, ${certificate.score}`],
		["rows, accepted, wrong", [certificate.rows, certificate.n, certificate.wrong].map(showCount).join(", ")],
		["p-value", exact(certificate.pValue)],
		["upper bound of a threshold fixed beforehand", exact(certificate.upperBound)],
		["path", `${showCount(certificate.path.length)} steps, tested from step ${certificate.start + 1}`],
		["seed", String(certificate.seed)],
		["labeller", certificate.labeller],
		["attempt on these rows", String(certificate.attempts)],
		["rows’ SHA-256", certificate.rowsDigest],
		["claim’s SHA-256", certificate.configHash],
		["issued", certificate.issuedAt],
		["expires", certificate.expiresAt ?? "never"],
	];
}

function attemptSentence({ attempt, deltaSpent, delta }: ReportModel["claim"]): string {
	return `This was attempt ${attempt} on these rows and could spend ${plainNumber(deltaSpent)} of δ = ${plainNumber(delta)}.`;
}

/** Where the rows came from, who labelled them, and which lines were left out. */
export function inputSection({ input, labeller, outcome, claim }: ReportModel): string {
	const { report, labels } = input;
	const counts = (byModel: Readonly<Record<string, number>>): string =>
		Object.entries(byModel)
			.map(([model, count]) => `${model} ${showCount(count)}`)
			.join(", ");
	const [failed, unlabelled] = [counts(report.labellerFailed), counts(report.unlabelled)];
	return (
		`<section><h2>Rows and labels</h2>${definitions([
			["log", `${input.file} (${input.format})`],
			["labeller", labeller],
			["rows read", showCount(report.rows)],
			[
				"rows tested",
				`${showCount(outcome.testedRows)}${claim.calibrationShare < 1 ? `, of a share of ${plainNumber(claim.calibrationShare)} for calibration` : ""}`,
			],
			["bad lines left out", showCount(report.rejected)],
			["repeated ids left out", showCount(report.duplicates)],
			["records set aside", showCount(report.setAside)],
			["labeller failed, counted as wrong", failed === "" ? "0" : failed],
			["answers without a label", unlabelled === "" ? "0" : unlabelled],
			...(labels === null
				? []
				: ([
						["bad labels left out", showCount(labels.rejected)],
						["labels of unknown answers", showCount(labels.unused)],
					] as const)),
			["seed", String(claim.seed)],
		])}` +
		reasonsTable("Lines left out", report.rejectedByReason) +
		reasonsTable("Records set aside", report.setAsideByReason) +
		linesTable(report) +
		"</section>"
	);
}

function reasonsTable(caption: string, byReason: Readonly<Record<string, number>>): string {
	const rows = Object.entries(byReason);
	if (rows.length === 0) return "";
	return table(
		caption,
		[{ heading: "reason", isText: true }, { heading: "lines" }],
		rows.map(([reason, count]) => [reason, showCount(count)]),
	);
}

function linesTable({ firstRejected, rejected }: ReportModel["input"]["report"]): string {
	if (firstRejected.length === 0) return "";
	return table(
		firstRejected.length < rejected ? `The first ${firstRejected.length} lines left out` : "Each line left out",
		[{ heading: "line" }, { heading: "reason", isText: true }, { heading: "value", isText: true }],
		firstRejected.map(({ line, reason, value }) => [String(line), reason, value ?? ""]),
	);
}
