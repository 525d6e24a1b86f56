import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
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
