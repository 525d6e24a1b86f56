import type { Spread } from "./statistics.ts";

/** What a group of measurements has found. */
export interface GroupReport {
	readonly title: string;
	/** Markdown. */
	readonly text: string;
	readonly verdicts: readonly Verdict[];
}

/** A target, and what was measured. */
export interface Verdict {
	readonly target: string;
	/** What the value may be at most, or must be at least. */
	readonly limit: { readonly most: number } | { readonly least: number } | { readonly below: number };
	readonly measured: Spread;
	readonly decimals: number;
	readonly unit?: string;
}

/** The end of the interval that is nearer to missing the target. */
export function boundOf({ limit, measured }: Verdict): number {
	return "least" in limit ? measured.low : measured.high;
}

/** `met` where the whole interval is within the limit; where only the median is, that cannot be told from noise. */
export function judge(verdict: Verdict): "met" | "missed by its bound" | "missed" {
	const { limit, measured } = verdict;
	const isWithin = (value: number) =>
		"most" in limit ? value <= limit.most : "least" in limit ? value >= limit.least : value < limit.below;
	if (isWithin(boundOf(verdict))) return "met";
	return isWithin(measured.median) ? "missed by its bound" : "missed";
}

/** A table of every target, as Markdown. */
export function verdictTable(verdicts: readonly Verdict[]): string {
	const rows = verdicts.map((verdict) => {
		const { target, limit, measured, decimals, unit = "" } = verdict;
		const [sign, value] =
			"most" in limit ? ["≤", limit.most] : "least" in limit ? ["≥", limit.least] : ["<", limit.below];
		const shown = (number: number) => `${number.toFixed(decimals)}${unit}`;
		return [target, `${sign} ${value}${unit}`, shown(measured.median), shown(boundOf(verdict)), judge(verdict)];
	});
	return table(["target", "limit", "measured", "its 95% bound", ""], rows);
}

/** `median (low–high)`. */
export function shown({ median, low, high }: Spread, decimals: number): string {
	const between = low < 0 ? " to " : "–";
	return `${median.toFixed(decimals)} (${low.toFixed(decimals)}${between}${high.toFixed(decimals)})`;
}

/** A Markdown table whose columns are aligned in its source too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const widths = head.map((title, column) => Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)));
	const line = (cells: readonly string[]) =>
		`| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
	return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
