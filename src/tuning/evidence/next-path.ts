/** The most candidates of a path. */
export const MOST_CANDIDATES = 64;
const DEFAULT_START_COVERAGE = 0.2;
/** From 20% to 100% of the requests by 2%. */
const DEFAULT_STEPS = 41;
/** 0.6 · 5 is a little more than 3. */
const ROUNDING = 1e-9;

/**
 * Scores at which a threshold may lie, rising from 0 to 1: 200 in the middle, 90 to each power of ten towards either end, since
 * probabilities crowd there.
 */
export const SCORE_EDGES: readonly number[] = scoreEdges();

/** The bin of a score in [0, 1]: the position of the greatest edge that it reaches. */
export function scoreBin(score: number): number {
	let low = 0;
	let high = SCORE_EDGES.length - 1;
	while (low < high) {
		const middle = Math.ceil((low + high) / 2);
		if (score >= (SCORE_EDGES[middle] as number)) low = middle;
		else high = middle - 1;
	}
	return low;
}

/**
 * Lays the path of an epoch through scores whose labels are not looked at and will not count: from the threshold that accepts
 * `startCoverage` of the requests, strict to loose, evenly by coverage. Testing starts at the first. Null where there is no reading.
 *
 * `bins` holds how many scores fell in each bin of `SCORE_EDGES` (counts of shards add), `unreadable` how many requests had no
 * reading; those are never accepted and are part of all the same. Requests whose scores lay the path must not be tested on
 * it: their labels belong to no epoch.
 */
export function nextPath(scores: {
	readonly bins: readonly number[];
	readonly unreadable: number;
	readonly startCoverage?: number;
	readonly steps?: number;
}): { readonly path: number[]; readonly start: number } | null {
	const { bins, unreadable, startCoverage = DEFAULT_START_COVERAGE, steps = DEFAULT_STEPS } = scores;
	if (bins.length !== SCORE_EDGES.length) throw new RangeError("one count for each bin");
	if (!(startCoverage >= 0 && startCoverage <= 1)) throw new RangeError("startCoverage is a share");
	if (!(Number.isSafeInteger(steps) && steps >= 1 && steps <= MOST_CANDIDATES))
		throw new RangeError(`a path has 1 to ${MOST_CANDIDATES} steps`);
	const requests = bins.reduce((sum, count) => sum + count, unreadable);
	const path: number[] = [];
	let accepted = 0;
	let step = 0;
	for (let bin = bins.length - 1; bin >= 0; bin--) {
		const here = bins[bin] as number;
		if (here === 0) continue;
		accepted += here;
		const before = step;
		while (step < steps && accepted >= wantedAt(step) * requests - ROUNDING) step++;
		if (step > before) path.push(SCORE_EDGES[bin] as number);
	}
	if (accepted === 0) return null;
	// Where the start's coverage is more than there are readings, the only candidate accepts all of them.
	if (path.length === 0) path.push(SCORE_EDGES[bins.findIndex((count) => count > 0)] as number);
	return { path, start: 0 };

	function wantedAt(index: number): number {
		return steps === 1 ? startCoverage : startCoverage + ((1 - startCoverage) * index) / (steps - 1);
	}
}

function scoreEdges(): number[] {
	// Of whole numbers, so that every machine has the same edges.
	const tails = [6, 5, 4, 3, 2].flatMap((power) =>
		Array.from({ length: 90 }, (_, step) => [step + 10, power + 1] as const),
	);
	const low = tails.map(([digits, power]) => digits / 10 ** power);
	const high = tails.map(([digits, power]) => (10 ** power - digits) / 10 ** power);
	const middle = Array.from({ length: 161 }, (_, step) => (20 + step) / 200);
	return [0, ...low, ...middle, ...high.toReversed(), 1];
}
