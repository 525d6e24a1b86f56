import { expect } from "vitest";

/** The same numbers to 1e-9 of their size, as the reference vectors promise. */
export function expectClose(
	actual: ArrayLike<number> | number | undefined,
	expected: ArrayLike<number> | number,
): void {
	const [here, there] = [actual, expected].map((value) =>
		typeof value === "number" ? [value] : Array.from(value ?? []),
	) as [number[], number[]];
	expect(here).toHaveLength(there.length);
	for (const [index, value] of here.entries()) {
		const wanted = there[index] as number;
		expect(Math.abs(value - wanted), `${value} against ${wanted}`).toBeLessThanOrEqual(1e-9 * Math.abs(wanted) + 1e-14);
	}
}
