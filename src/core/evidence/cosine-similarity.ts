/**
 * The cosine of the angle between two vectors, in [-1, 1] up to rounding: 1 for the same direction. Null where there is
 * none: of different lengths, without a direction (empty, or all zeros), or with something in them that is no number.
 */
export function cosineSimilarity(left: readonly number[], right: readonly number[]): number | null {
	if (left.length !== right.length) return null;
	const [leftNorm, rightNorm] = [Math.hypot(...left), Math.hypot(...right)];
	let sum = 0;
	// Each divided by its norm first: the product of large vectors may be infinite although their cosine is not.
	for (const [index, value] of left.entries()) sum += (value / leftNorm) * ((right[index] ?? Number.NaN) / rightNorm);
	return left.length > 0 && Number.isFinite(sum) ? sum : null;
}
