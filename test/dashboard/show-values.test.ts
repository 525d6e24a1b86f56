import { describe, expect, it } from "vitest";
import {
	showAge,
	showConfidence,
	showCountOf,
	showDollars,
	showDuration,
	showShare,
} from "../../src/dashboard/show/show-values.ts";
import { reasonWords } from "../../src/dashboard/show/reasons.ts";
import { stageTone } from "../../src/dashboard/show/stage-tone.ts";
import { showTimes } from "../../src/dashboard/views/evidence/show-evidence.ts";

describe("numbers for people", () => {
	it.each([
		[0, "$0"],
		[1_234.5, "$1,234.50"],
		[0.5, "$0.50"],
		[0.0738, "$0.0738"],
		[0.000_001_234_5, "$0.00000123"],
		[-0.000_084, "−$0.000084"],
		[-2, "−$2.00"],
	])("show %d US dollars as %s", (usd, shown) => expect(showDollars(usd)).toBe(shown));

	it.each([
		[0, "0%"],
		[1, "100%"],
		[0.624, "62.4%"],
		[0.000_4, "<0.1%"],
		[0.999_6, ">99.9%"],
	])("show the share %d as %s, so that a few are not none and most are not all", (share, shown) =>
		expect(showShare(share)).toBe(shown),
	);

	it.each([
		[0.4, "0 ms"],
		[843, "843 ms"],
		[1_240, "1.24 s"],
		[30_012, "30.0 s"],
		[125_000, "2 min 5 s"],
	])("show %d milliseconds as %s", (ms, shown) => expect(showDuration(ms)).toBe(shown));

	it("show one as one, confidences as they are, and how long ago in one unit", () => {
		expect([showCountOf(1, "request"), showCountOf(1_200, "request")]).toEqual(["1 request", "1,200 requests"]);
		expect([0.9, 0.8251, 1].map(showConfidence)).toEqual(["0.9", "0.825", "1"]);
		expect([500, 12_000, 180_000, 7_200_000, 259_200_000].map(showAge)).toEqual([
			"now",
			"12 s ago",
			"3 min ago",
			"2 h ago",
			"3 days ago",
		]);
	});

	it("show evidence by how many times it speaks for something", () => {
		expect([0, Math.log(20), Math.log(0.1), Math.log(2_500), Math.log(2e7)].map(showTimes)).toEqual([
			"×1",
			"×20",
			"×0.1",
			"×2,500",
			"×10^7",
		]);
	});
});

describe("words for what was decided", () => {
	it("are there for each reason, and an unknown one is shown as it is", () => {
		expect(reasonWords("low-confidence").label).toBe("Not sure enough");
		expect(reasonWords("toString").label).toBe("toString");
	});
});

describe("a stage's colour", () => {
	it("is the first's, the last's, or that of those between", () => {
		const stages = ["edge", "middle", "origin"];
		expect([...stages, "gone", null].map((stage) => stageTone(stage, stages))).toEqual([
			"edge",
			"middle",
			"origin",
			"plain",
			"plain",
		]);
	});
});
