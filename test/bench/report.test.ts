import { describe, expect, it } from "vitest";
import { document } from "../../bench/document.ts";
import { boundOf, judge, table, verdictTable, type Verdict } from "../../bench/report.ts";

const verdict = (limit: Verdict["limit"], median: number, low: number, high: number): Verdict => ({
	target: "cost",
	limit,
	measured: { median, low, high },
	decimals: 2,
});

describe("the judgement of a target", () => {
	it.each([
		[1.05, 1.0, 1.1, "met"],
		[1.05, 1.0, 1.11, "missed by its bound"],
		[1.1, 0.9, 1.2, "missed by its bound"],
		[1.11, 1.0, 1.2, "missed"],
	])("of at most 1.1 goes by the upper end: %d (%d to %d) is %s", (median, low, high, judged) => {
		expect(judge(verdict({ most: 1.1 }, median, low, high))).toBe(judged);
		expect(boundOf(verdict({ most: 1.1 }, median, low, high))).toBe(high);
	});

	it.each([
		[2.0, 1.8, 2.2, "met"],
		[2.0, 1.79, 2.2, "missed by its bound"],
		[1.79, 1.7, 2.2, "missed"],
	])("of at least 1.8 goes by the lower end: %d (%d to %d) is %s", (median, low, high, judged) => {
		expect(judge(verdict({ least: 1.8 }, median, low, high))).toBe(judged);
		expect(boundOf(verdict({ least: 1.8 }, median, low, high))).toBe(low);
	});

	it("of below 1 is missed at 1", () => {
		expect(judge(verdict({ below: 1 }, 0.9, 0.8, 1))).toBe("missed by its bound");
		expect(judge(verdict({ below: 1 }, 0.9, 0.8, 0.99))).toBe("met");
	});

	it("is never met by what was not measured", () => {
		for (const limit of [{ most: 1 }, { least: 1 }, { below: 1 }])
			expect(judge(verdict(limit, Number.NaN, Number.NaN, Number.NaN))).toBe("missed");
	});

	it("is shown with the limit, the value and the bound in its unit", () => {
		const shown = verdictTable([{ ...verdict({ most: 20 }, 12.345, 11, 13.5), decimals: 1, unit: " ms" }]);
		expect(shown.split("\n").at(-1)?.replaceAll(/ +/gu, " ")).toBe("| cost | ≤ 20 ms | 12.3 ms | 13.5 ms | met |");
	});
});

describe("the report", () => {
	it("is a document whose targets come first", () => {
		const text = document(
			[
				{ title: "Requests", text: "| a |", verdicts: [verdict({ most: 1 }, 0.5, 0.4, 0.6)] },
				{ title: "Bundle", text: "| b |", verdicts: [verdict({ most: 1 }, 2, 1.5, 2.5)] },
			],
			{
				command: "npm run bench",
				date: "2026-11-25",
				machine: "2 cores",
				rounds: 5,
				seconds: 90,
				loads: [0.5, 1],
				pinned: false,
			},
		);
		expect(text.match(/^#+ .*$/gmu)).toEqual(["# Performance: results", "## Targets", "## Requests", "## Bundle"]);
		expect(text.match(/\| (?:met|missed) +\|/gu)).toHaveLength(2);
		expect(text).toContain("NOT PINNED");
		expect(text).toContain("1.5 minutes");
	});

	it("has tables whose columns are aligned", () => {
		expect(table(["a", "longer"], [["12345", "b"]])).toBe(
			["| a     | longer |", "| ----- | ------ |", "| 12345 | b      |"].join("\n"),
		);
	});
});
