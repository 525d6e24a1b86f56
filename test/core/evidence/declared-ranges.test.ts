import { describe, expect, it } from "vitest";
import { outsideDeclaredRanges, type DeclaredRanges } from "../../../src/core/evidence/declared-ranges.ts";
import { exampleRequest } from "../examples.ts";

const outside = (ranges: DeclaredRanges | undefined, temperature?: unknown, maxOutputTokens = 100) =>
	outsideDeclaredRanges(ranges, exampleRequest({ body: { temperature } }), maxOutputTokens);

describe("a request outside the declared ranges", () => {
	it("is none where nothing is declared", () => {
		expect(outside(undefined, 2, 1e6)).toBeNull();
		expect(outside({}, 2, 1e6)).toBeNull();
	});

	it("is one that is sampled at a higher temperature", () => {
		const ranges = { temperature: { most: 0.5 } };
		expect(outside(ranges, 0)).toBeNull();
		expect(outside(ranges, 0.5)).toBeNull();
		expect(outside(ranges, 0.51)).toBe("temperature");
	});

	it("takes a temperature that is not said, or said to be null, for the API's default", () => {
		for (const unsaid of [undefined, null]) {
			expect(outside({ temperature: { most: 0.99 } }, unsaid)).toBe("temperature");
			expect(outside({ temperature: { most: 1 } }, unsaid)).toBeNull();
		}
	});

	it("is one whose temperature is no number", () => {
		for (const temperature of ["0", Number.NaN, {}])
			expect(outside({ temperature: { most: 2 } }, temperature)).toBe("temperature");
	});

	it("is one that may be answered at greater length", () => {
		const ranges = { maxOutputTokens: { most: 256 } };
		expect(outside(ranges, 0, 256)).toBeNull();
		expect(outside(ranges, 0, 257)).toBe("maxOutputTokens");
		expect(outside({ ...ranges, temperature: { most: 0 } }, 1, 257)).toBe("temperature");
		expect(outside({ ...ranges, temperature: { most: 0 } }, 0, 257)).toBe("maxOutputTokens");
	});
});
