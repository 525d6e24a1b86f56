import { printable } from "./show-values.ts";

/** A column's heading; numbers stand at the right. */
export interface Column {
	readonly heading: string;
	readonly right?: boolean;
}

/** Columns two spaces apart, no space at line ends, each line with its break. A character counts as one wide. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
	const cells = [columns.map(({ heading }) => heading), ...rows.map((row) => row.map(printable))];
	const widths = columns.map((_, index) => Math.max(...cells.map((row) => widthOf(row[index] ?? ""))));
	const lines = cells.map((row) =>
		columns
			.map(({ right = false }, index) => {
				const text = row[index] ?? "";
				const space = " ".repeat((widths[index] ?? 0) - widthOf(text));
				return right ? space + text : text + space;
			})
			.join("  ")
			.trimEnd(),
	);
	return `${lines.join("\n")}\n`;
}

/** Names beside their values, one a line. */
export function textList(entries: readonly (readonly [string, string])[]): string {
	const width = Math.max(...entries.map(([name]) => name.length));
	return entries.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}\n`).join("");
}

function widthOf(text: string): number {
	return [...text].length;
}
