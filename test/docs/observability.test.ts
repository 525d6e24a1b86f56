import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DATA_POINT_COLUMNS } from "../../src/core/metrics/data-point.ts";
import { METRIC_FAMILIES } from "../../src/core/metrics/metric-families.ts";

const text = readFileSync("docs/observability.md", "utf8");
const names = Object.values(METRIC_FAMILIES).map(({ name }) => name);

describe("the page on metrics", () => {
	it("has every series in its table, some without the beginning that all share", () => {
		const table = text.split("\n").filter((line) => line.startsWith("| `edge_cascade_"));
		const listed = table.flatMap((line) =>
			[...(line.split("|")[1] ?? "").matchAll(/`(?:edge_cascade_|…_)(\w+)`/gu)].map(
				([, name]) => `edge_cascade_${name}`,
			),
		);
		expect(listed.toSorted()).toEqual(names.toSorted());
	});

	it("asks for no series in its alerts that is not there", () => {
		const asked = [...text.matchAll(/\bedge_cascade_\w+/gu)].map(([name]) => name);
		expect(asked.filter((name) => !names.some((known) => known === name))).toEqual([]);
	});
});

describe("the page on data points", () => {
	const rows = [...text.matchAll(/^\| `(blob|double)(\d+)` \| `(\w+)`/gmu)].map(([, kind, number, name]) => [
		`${kind}${number}`,
		name,
	]);
	const columns = Object.entries({ blob: DATA_POINT_COLUMNS.blobs, double: DATA_POINT_COLUMNS.doubles }).flatMap(
		([kind, names]) => names.map((name, index) => [`${kind}${index + 1}`, name]),
	);

	it("has every column at its place", () => {
		expect(rows).toEqual(columns);
	});

	it("asks in its examples for columns that there are", () => {
		const examples = [...text.matchAll(/```sql\n(.*?)```/gsu)].map(([, sql]) => sql ?? "");
		expect(examples.length).toBeGreaterThanOrEqual(3);
		const asked = examples.flatMap((sql) => [...sql.matchAll(/\b(?:blob|double|index)\d+\b/gu)].map(([name]) => name));
		const known = ["index1", ...columns.map(([column]) => column)];
		expect(asked.filter((name) => !known.includes(name))).toEqual([]);
	});
});
