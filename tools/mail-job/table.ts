/** One table as rows of cells, the first row its head. */
export type Table = readonly (readonly string[])[];

/** A table in Markdown, its columns aligned so that it also reads in a terminal. */
export function formatTable(table: Table): string {
	const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
	const line = (row: readonly string[]) =>
		`| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
	const [head = [], ...rows] = table;
	return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** A share as a percentage with one decimal. */
export function percent(value: number): string {
	return `${(value * 100).toFixed(1)}%`;
}

/** The sum of the values. */
export function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
