import type { RejectedLine, RowReport } from "../../tuning/log/row-report.ts";
import { printable, showCount } from "../admin/show-values.ts";
import type { LoadedLog } from "./read-log.ts";

/** What became of the lines of a log and of its labels, for people; empty where every line is a row. */
export function showRowReport(file: string, { report, labelsRead }: LoadedLog, labelsFile: string | undefined): string {
	const labels = labelsRead === undefined ? "" : showRejected(labelsFile ?? "labels", "labels", labelsRead);
	const unused = labelsRead?.unused ?? 0;
	return [
		showRejected(file, "rows", report),
		labels,
		unused === 0
			? ""
			: `${printable(labelsFile ?? "labels")}: ${showCount(unused)} labels are of answers that the log does not have\n`,
		showDuplicates(file, report),
		...Object.entries(report.setAsideByReason).map(
			([reason, count]) => `${printable(file)}: ${showCount(count)} records left out: ${printable(reason)}\n`,
		),
		...Object.entries(report.labellerFailed).map(
			([model, count]) =>
				`${printable(file)}: the labeller gave nothing to go by for ${showCount(count)} answers of ${printable(model)}${detailed(model, report)}; they count as wrong\n`,
		),
	].join("");
}

/** How many of a model's failed labels are texts that say neither, and how many are two labels that differ. */
function detailed(model: string, { labellerUnreadable, labelsDisputed }: RowReport): string {
	const [unreadable, disputed] = [labellerUnreadable[model] ?? 0, labelsDisputed[model] ?? 0];
	const parts = [
		...(unreadable === 0 ? [] : [`${showCount(unreadable)} neither true nor false`]),
		...(disputed === 0 ? [] : [`${showCount(disputed)} with two labels that differ`]),
	];
	return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** The same for programs. */
export function rowReportJson({ report, format, labelsRead }: LoadedLog): Readonly<Record<string, unknown>> {
	const { rows, rejected, rejectedByReason, firstRejected, duplicates, setAside, setAsideByReason } = report;
	return {
		format,
		rows,
		rejected,
		rejectedByReason,
		firstRejected,
		duplicates,
		setAside,
		setAsideByReason,
		labellerFailed: report.labellerFailed,
		labellerUnreadable: report.labellerUnreadable,
		labelsDisputed: report.labelsDisputed,
		unlabelled: report.unlabelled,
		...(labelsRead === undefined ? {} : { labels: labelsRead }),
	};
}

function showRejected(
	file: string,
	what: string,
	faults: {
		readonly rejected: number;
		readonly rejectedByReason: Readonly<Record<string, number>>;
		readonly firstRejected: readonly RejectedLine[];
	},
): string {
	if (faults.rejected === 0) return "";
	const lines = faults.firstRejected.map(
		({ line, reason, value }) => `${file}:${line}: ${reason}${value === undefined ? "" : `: ${value}`}`,
	);
	const more = faults.rejected - lines.length;
	const counts = Object.entries(faults.rejectedByReason).map(
		([reason, count]) => `  ${showCount(count)} × ${printable(reason)}`,
	);
	return [
		...lines.map(printable),
		...(more === 0 ? [] : [`… and ${showCount(more)} more`]),
		`${printable(file)}: ${showCount(faults.rejected)} bad ${what} left out:`,
		...counts,
		"",
	].join("\n");
}

function showDuplicates(file: string, { duplicates, firstDuplicates }: RowReport): string {
	if (duplicates === 0) return "";
	const lines = firstDuplicates.join(", ");
	return `${printable(file)}: ${showCount(duplicates)} rows have the id of an earlier one and are left out (retried or cached requests): lines ${lines}${duplicates > firstDuplicates.length ? ", …" : ""}\n`;
}
