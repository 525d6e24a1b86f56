/** One way to answer, by what it costs and how good it is. */
export interface CostQualityPoint {
	/** Mean US dollars of a request. */
	readonly costUsd: number;
	/** In [0, 1]. */
	readonly quality: number;
}

/**
 * The non-decreasing concave hull of points in the plane of cost and quality (RouterBench, Hu et al., 2024): what can be had
 * at each cost by mixing two of the points at random, where paying more never has to mean less quality. It ends at the
 * highest cost among the points, flat from its best point on. Empty for no points. O(n log n).
 */
export function costQualityHull(points: readonly CostQualityPoint[]): CostQualityPoint[] {
	const sorted = points.toSorted((left, right) => left.costUsd - right.costUsd || left.quality - right.quality);
	const hull: CostQualityPoint[] = [];
	for (const { costUsd, quality } of sorted) {
		const point = { costUsd, quality };
		while (hull.length > 0 && isUnder(hull.at(-1) as CostQualityPoint, hull.at(-2), point)) hull.pop();
		hull.push(point);
	}
	const rising: CostQualityPoint[] = [];
	for (const point of hull) if (point.quality > (rising.at(-1)?.quality ?? -Infinity)) rising.push(point);
	const dearest = hull.at(-1);
	const best = rising.at(-1);
	if (dearest !== undefined && best !== undefined && best.costUsd < dearest.costUsd)
		rising.push({ costUsd: dearest.costUsd, quality: best.quality });
	return rising;
}

/** AIQ by either convention, which differ; a figure without its convention says nothing. */
export interface AverageImprovementInQuality {
	/** Area under the hull over (highest − lowest cost), as the RouterBench paper defines it. */
	readonly overCostRange: number;
	/** Area under the hull over the highest cost, as RouterBench's released code computes it. */
	readonly overHighestCost: number;
}

/** AIQ of a hull. Undefined where the hull spans no cost. */
export function averageImprovementInQuality(
	hull: readonly CostQualityPoint[],
): AverageImprovementInQuality | undefined {
	const [cheapest, dearest] = [hull[0], hull.at(-1)];
	if (cheapest === undefined || dearest === undefined || !(dearest.costUsd > cheapest.costUsd)) return undefined;
	let area = 0;
	for (let index = 1; index < hull.length; index++) {
		const from = hull[index - 1] as CostQualityPoint;
		const to = hull[index] as CostQualityPoint;
		area += ((to.costUsd - from.costUsd) * (to.quality + from.quality)) / 2;
	}
	return {
		overCostRange: area / (dearest.costUsd - cheapest.costUsd),
		overHighestCost: area / dearest.costUsd,
	};
}

/** What the large model's quality costs, with a mixer of both and without. */
export interface IncrementalBenefit {
	/** Quality gained over the small model for each dollar more. */
	readonly perDollar: number;
	/** The same of using the large model for everything. */
	readonly ofLarge: number;
	/** How much more the mixer gives than the large model, in per cent of the latter. */
	readonly liftPercent: number;
}

/**
 * IBC, incremental benefit per cost (AutoMix, Aggarwal et al., 2023): (Q − Q_small) / (C − C_small), and its lift over the
 * large model's. Undefined where a cost is not above the small model's or the large model gains nothing.
 */
export function incrementalBenefit(
	mixer: CostQualityPoint,
	small: CostQualityPoint,
	large: CostQualityPoint,
): IncrementalBenefit | undefined {
	const [mixerCost, largeCost] = [mixer.costUsd - small.costUsd, large.costUsd - small.costUsd];
	if (!(mixerCost > 0 && largeCost > 0) || !(large.quality > small.quality)) return undefined;
	const perDollar = (mixer.quality - small.quality) / mixerCost;
	const ofLarge = (large.quality - small.quality) / largeCost;
	return { perDollar, ofLarge, liftPercent: ((perDollar - ofLarge) / ofLarge) * 100 };
}

/** Whether `middle` lies on or under the line from `before` to `after`, and so is no corner; of one cost the best stays. */
function isUnder(middle: CostQualityPoint, before: CostQualityPoint | undefined, after: CostQualityPoint): boolean {
	if (middle.costUsd === after.costUsd) return middle.quality <= after.quality;
	if (before === undefined) return false;
	return (
		(middle.quality - before.quality) * (after.costUsd - before.costUsd) <=
		(after.quality - before.quality) * (middle.costUsd - before.costUsd)
	);
}
