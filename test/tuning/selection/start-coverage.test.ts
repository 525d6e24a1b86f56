import { describe, expect, it } from "vitest";
import { startCoverage } from "../../../src/tuning/selection/start-coverage.ts";

const of = (rows: number, pathRows = 1e12) => startCoverage({ target: 0.1, delta: 0.1, rows, pathRows });

describe("where to start", () => {
	it("is a fifth of the traffic where that is enough", () => {
		expect(of(1_000)).toBeCloseTo(0.2, 5);
		expect(of(190)).toBeCloseTo(0.2, 5);
	});

	it("is what one forgiven error needs, up to half the traffic", () => {
		// 38 accepted rows may have one wrong at target 0.1 and delta 0.1.
		expect(of(100)).toBeCloseTo(0.38, 5);
		expect(of(76)).toBeCloseTo(0.5, 5);
	});

	it("is a standard error more, for the rows that lay the path", () => {
		expect(of(100, 10)).toBeCloseTo(0.38 + Math.sqrt((0.38 * 0.62) / 10), 12);
		expect(of(190, 19)).toBeCloseTo(0.2 + Math.sqrt((0.2 * 0.8) / 19), 12);
		expect(of(1_000, 100)).toBe(0.2);
		expect(of(25, 3)).toBe(1);
	});

	it("is exact where no rows lay it", () => {
		expect(of(100, 0)).toBe(0.38);
	});

	it("is what no error needs, where one would need more than half", () => {
		expect(of(75)).toBeCloseTo(22 / 75, 5);
		expect(of(22)).toBeCloseTo(1, 5);
	});

	it("is all of it where nothing is enough", () => {
		expect(of(21)).toBeCloseTo(1, 5);
		expect(of(0)).toBeCloseTo(1, 5);
	});

	it("refuses what is no proportion", () => {
		expect(() => startCoverage({ target: 0, delta: 0.1, rows: 10, pathRows: 5 })).toThrow(RangeError);
		expect(() => startCoverage({ target: 0.1, delta: 1, rows: 10, pathRows: 5 })).toThrow(RangeError);
	});
});
