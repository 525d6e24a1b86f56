/** |actual − expected| over |expected|; 0 where they are equal, 0 included. */
export function relativeError(actual: number, expected: number): number {
	return actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected);
}
