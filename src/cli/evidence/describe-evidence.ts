import type { EvidenceReport } from "../../core/evidence/evidence-ports.ts";
import { CERTAIN } from "../../core/evidence/guarantee.ts";
import { showCount, showMoment, showUsd } from "../admin/show-values.ts";
import { textList, textTable } from "../admin/text-table.ts";
import { percent } from "../tune/show-numbers.ts";

/** What `cascade evidence show` prints: what is in force and why, candidate by candidate. */
export function describeEvidence(report: EvidenceReport): string {
	return [
		textList(summaryOf(report)),
		candidateTable(report),
		textTable(
			[
				{ heading: "epoch", right: true },
				{ heading: "opened" },
				{ heading: "closed" },
				{ heading: "cause" },
				{ heading: "delta", right: true },
			],
			report.epochs.map(({ epoch, openedAt, closedAt, cause, delta }) => [
				String(epoch),
				showMoment(openedAt),
				showMoment(closedAt),
				cause,
				delta.toPrecision(3),
			]),
		),
		textTable([{ heading: "since the ledger was made" }, { heading: "requests", right: true }], countRows(report)),
	].join("\n");
}

/** The lines at the top, as names and values. */
export function summaryOf(report: EvidenceReport): [string, string][] {
	const { address, terms, watermark } = report;
	const { risk, targetRisk, delta, onLabel } = terms.guarantee;
	const scope = onLabel === undefined ? "" : `, of answers '${onLabel}'`;
	return [
		["cascade", `${address.tenant}/${address.cascade}, stage ${terms.stage}`],
		[
			"promise",
			`${risk} risk at most ${percent(targetRisk)} with confidence ${percent(1 - delta)}, as ${terms.labeller} labels${scope}`,
		],
		["in force", inForce(report)],
		...describePacing(report),
		["risk", describeRisk(report)],
		...describeHumanCheck(report),
		["alarm", describeAlarm(report)],
		["delay", describeDelay(report)],
		["counted", `everything that arrived before ${showMoment(watermark)}`],
		["configuration", address.configHash],
	];
}

/** Why nothing new is certified, and until when. */
const FREEZES: Readonly<Record<Exclude<EvidenceReport["frozenBecause"], null>, string>> = {
	unobserved: "for now, since the last stage could not be asked about too many requests",
	late: "for now, since too many labels come too late",
	"labeller-drift": "until anchors are put anew, since the labeller has drifted from them",
};

/** What the lease says, in words. */
export function inForce({ lease, candidates, frozenBecause, closedBy }: EvidenceReport): string {
	const frozen = frozenBecause === null ? "" : `; frozen: no new certificate ${FREEZES[frozenBecause]}`;
	const regime = `epoch ${lease.epoch}, phase ${lease.phase}${frozen}`;
	switch (lease.state) {
		case "certified": {
			const coverage = candidates.find(({ threshold }) => threshold === lease.threshold)?.coverage;
			const share = coverage === undefined ? "" : `, ${percent(coverage)} of requests`;
			return `certified: accepts ${showThreshold(lease.threshold)} and above${share}; ${auditShare(lease.auditPropensity)} audited (${regime})`;
		}
		case "audition":
			return `audition: accepts nothing and labels everything, until there is evidence (${regime})`;
		case "alarm":
			return `alarm: answers have become worse; accepts nothing (${regime})`;
		case "closed":
			return `closed by ${closedBy === "tenant-key" ? "the tenant" : "an operator"}: accepts nothing (${regime})`;
	}
}

/** The estimate of the risk of what is accepted, and what it lies within. */
function describeRisk({ risk }: EvidenceReport): string {
	if (risk === null) return "no label of an accepted answer yet";
	return `${percent(risk.estimate)}, between ${percent(risk.lower)} and ${percent(risk.upper)} by ${showCount(risk.labels)} ${risk.labels === 1 ? "label" : "labels"}`;
}

/** What people found of the labeller; nothing where they have not looked. */
function describeHumanCheck({ humanCheck }: EvidenceReport): [string, string][] {
	if (humanCheck === null) return [];
	const { n, unlabelled, missed, overturned, atMost, delta } = humanCheck;
	const unjudged = unlabelled === 0 ? "" : `, ${showCount(unlabelled)} of them not judged`;
	return [
		[
			"people",
			`of ${showCount(n)} accepted answers that people were given${unjudged}, the labeller missed ${showCount(missed)} and was too strict with ${showCount(overturned)}: the true risk is at most ${percent(atMost)} above the certified one (confidence ${percent(Math.max(0, 1 - 2 * delta))}, whenever you look)`,
		],
	];
}

/** What was chosen for the sake of money; nothing where the guarantee does not ask for it. */
function describePacing({ pacing }: EvidenceReport): [string, string][] {
	if (pacing === null) return [];
	const { state, usdPerDay, threshold, projectedUsdPerDay } = pacing;
	const projected = projectedUsdPerDay === null ? "" : `, projected at ${showUsd(projectedUsdPerDay)}`;
	const budget = `${showUsd(usdPerDay)} a day`;
	switch (state) {
		case "within":
			return [
				["pacing", `${showThreshold(threshold)} is the strictest certified threshold within ${budget}${projected}`],
			];
		case "infeasible":
			return [
				[
					"pacing",
					`INFEASIBLE: no certified threshold is within ${budget}; ${showThreshold(threshold)} is the cheapest${projected}`,
				],
			];
		case "unknown":
			return [
				["pacing", `too little is known of costs; the loosest certified threshold, whatever ${budget} would allow`],
			];
		case "nothing-certified":
			return [["pacing", `nothing is certified yet; everything escalates, whatever ${budget} would allow`]];
	}
}

/** Where the detector stands. */
function describeAlarm({ alarm }: EvidenceReport): string {
	const last = alarm.at === null ? "has never alarmed" : `last alarmed ${showMoment(alarm.at)}`;
	const value =
		alarm.logLevel === null
			? "nothing to watch"
			: `${showLog(alarm.logValue)} of ${showLog(alarm.logLevel)} (logarithms)`;
	return `${value}; ${last}`;
}

/** How long the alarm takes. */
function describeDelay({ alarm: { delayLabels, delayAccepted, delayRequests } }: EvidenceReport): string {
	if (delayLabels === null || delayAccepted === null || delayRequests === null) return "–";
	const [labels, accepted, requests] = [delayLabels, delayAccepted, delayRequests].map((count) =>
		showCount(Math.ceil(count)),
	);
	return `twice the allowed risk is noticed after about ${labels} labels, ${accepted} accepted requests of ${requests}`;
}

/** A threshold for reading. */
export function showThreshold(threshold: number | null): string {
	return threshold === null ? "nothing" : String(Number(threshold.toPrecision(6)));
}

/** A logarithm with one decimal; a dash where it is minus infinity, which JSON has as null. */
export function showLog(value: number | null): string {
	return value === null || !Number.isFinite(value) ? "–" : value.toFixed(1).replace("-", "−");
}

function candidateTable({ candidates, logNeeded, lease }: EvidenceReport): string {
	if (candidates.length === 0)
		return "No thresholds yet: they are chosen from readings without labels, of which there are too few.\n";
	return textTable(
		[
			{ heading: "threshold", right: true },
			{ heading: "coverage", right: true },
			{ heading: `evidence of ${showLog(logNeeded)}`, right: true },
			{ heading: "labels", right: true },
			{ heading: "wrong", right: true },
			{ heading: "" },
		],
		candidates.map(({ threshold, coverage, logEvidence, certified, labels, wrong }) => [
			showThreshold(threshold),
			percent(coverage),
			showLog(logEvidence),
			showCount(labels),
			showCount(wrong),
			[certified ? "certified" : "", lease.state === "certified" && threshold === lease.threshold ? "in force" : ""]
				.filter((word) => word !== "")
				.join(", "),
		]),
	);
}

function countRows({ counts }: EvidenceReport): string[][] {
	const words: [string, number][] = [
		["all", counts.requests],
		["accepted", counts.accepted],
		["escalated", counts.escalated],
		["past the stage by the gate", counts.gated],
		["drawn for an audit", counts.drawn],
		["labelled", counts.labelled],
		["labelled and wrong", counts.wrong],
		["of these: the audit or its labeller failed", counts.failed],
		["of these: drawn, and unresolved in time", counts.unresolved],
		["of these: late", counts.late],
		["accepted while no audit could be made", counts.unobserved],
		["left out: readings that laid the thresholds", counts.beforePath],
		["left out: of another epoch", counts.otherEpoch],
		["left out: audited too rarely", counts.underPropensity],
		["past the stage, and labelled", counts.gatedLabelled],
		["past the stage, and wrong", counts.gatedWrong],
	];
	return words.map(([word, count]) => [word, showCount(count)]);
}

function auditShare(propensity: number): string {
	return percent(propensity / CERTAIN);
}
