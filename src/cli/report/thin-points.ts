/** Most points that a drawn curve has: about as many as a wide screen has pixels for it. */
export const MOST_POINTS = 400;

/**
 * A curve with at most `most` points (4 or more) that looks the same: the first and the last point, and of each of equally
 * many neighbours the ones with the least and the greatest value, in their order. No extreme is lost. A curve that is thin
 * enough stays as it is.
 */
export function thinPoints<Point>(
	points: readonly Point[],
	valueOf: (point: Point) => number,
	most: number = MOST_POINTS,
): readonly Point[] {
	if (!(Number.isSafeInteger(most) && most >= 4)) throw new RangeError("a curve has at least 4 points");
	if (points.length <= most) return points;
	const last = points.length - 1;
	const buckets = Math.floor((most - 2) / 2);
	const kept = [0];
	for (let bucket = 0; bucket < buckets; bucket++) {
		const from = 1 + Math.floor((bucket * (last - 1)) / buckets);
		const to = 1 + Math.floor(((bucket + 1) * (last - 1)) / buckets);
		let [least, greatest] = [from, from];
		for (let index = from + 1; index < to; index++) {
			const value = valueOf(points[index] as Point);
			if (value < valueOf(points[least] as Point)) least = index;
			if (value > valueOf(points[greatest] as Point)) greatest = index;
		}
		kept.push(Math.min(least, greatest));
		if (least !== greatest) kept.push(Math.max(least, greatest));
	}
	kept.push(last);
	return kept.map((index) => points[index] as Point);
}
