import { parsePattern } from "./pattern/parse-pattern.ts";
import type { PatternTree } from "./pattern/pattern-tree.ts";
import { endsOnce, fullAllowance, inSequence, oneWayThrough, type Allowance, type OneWay } from "./pattern/ways.ts";

/**
 * Characters tried, at most, by one use of a regular expression on an answer. Matching backtracks in V8 and nothing can
 * stop it, while all requests of an isolate share one thread; so many steps take about a tenth of a second at the worst.
 */
export const MOST_PATTERN_STEPS = 5_000_000;
/** Characters in a pattern, at most. */
const MOST_PATTERN_LENGTH = 500;
/** Characters that a policy's pattern must be able to read within `MOST_PATTERN_STEPS`. */
const LEAST_READABLE = 1_000;

/**
 * The most characters that a backtracking matcher tries when it looks for `source` (flag `u`) in a text of `length`
 * UTF-16 units. Never too small; for patterns with many ways through a text often much too large. Infinite where it
 * cannot be told: back-references, quantifiers in lookarounds, groups that change flags, more than
 * `MOST_PATTERN_LENGTH` characters, or no regular expression at all.
 *
 * A part through which every text has at most one way costs a walk along the text. Other parts multiply: whatever
 * follows a part is tried once for each of the ways that the part has (Weideman et al. 2016, "Analyzing matching time
 * behavior of backtracking regular expression matchers by using ambiguity of NFA"). A pattern that does not begin with
 * `^` is tried at every character.
 */
export function patternCost(source: string, length: number): number {
	if (source.length > MOST_PATTERN_LENGTH || !compiles(source)) return Number.POSITIVE_INFINITY;
	const tree = parsePattern(source);
	const { work } = costOf(tree, { length, allowance: fullAllowance() });
	return isAnchored(tree) ? length + work : (length + 1) * work;
}

/** Why a policy may not use this regular expression; null where it may. */
export function patternProblem(source: string): string | null {
	if (source.length > MOST_PATTERN_LENGTH) return `must have at most ${MOST_PATTERN_LENGTH} characters`;
	if (!compiles(source)) return "must be a regular expression of JavaScript, as it is with the flag u";
	if (patternCost(source, LEAST_READABLE) <= MOST_PATTERN_STEPS) return null;
	return `could take more than ${MOST_PATTERN_STEPS} steps on ${LEAST_READABLE} characters: avoid quantifiers inside quantified groups, several in a row that match the same characters, back-references, and a leading .*`;
}

function compiles(source: string): boolean {
	try {
		return new RegExp(source, "u") instanceof RegExp;
	} catch {
		return false;
	}
}

/** What a part of a pattern costs from one start. */
interface Cost {
	/** Characters tried, at most, to find every match. */
	readonly work: number;
	/** Matches, at most; whatever follows is tried after each. */
	readonly ways: number;
}

interface Reading {
	readonly length: number;
	readonly allowance: Allowance;
}

const NO_BOUND: Cost = { work: Number.POSITIVE_INFINITY, ways: Number.POSITIVE_INFINITY };
const ONE_STEP: Cost = { work: 1, ways: 1 };

function costOf(tree: PatternTree, reading: Reading): Cost {
	switch (tree.kind) {
		case "character":
		case "assertion":
			return ONE_STEP;
		case "sequence":
			return costOfSequence(tree.parts, reading);
		case "alternation": {
			const options = tree.options.map((option) => costOf(option, reading));
			return lesser(sum(options), oneWayCost(oneWayThrough(tree, reading.allowance), reading));
		}
		case "repeat":
			return lesser(costOfRepeat(tree, reading), oneWayCost(oneWayThrough(tree, reading.allowance), reading));
		case "look":
			// Once matched, a lookaround is not tried another way.
			return holdsRepeat(tree.body) ? NO_BOUND : { work: costOf(tree.body, reading).work + 1, ways: 1 };
		case "unbounded":
			return NO_BOUND;
	}
}

/** Taken in runs, each as long as a text has at most one way through it. */
function costOfSequence(parts: readonly PatternTree[], reading: Reading): Cost {
	const { allowance } = reading;
	let total: Cost = { work: 0, ways: 1 };
	let run: { way: OneWay | undefined; cost: Cost } | undefined;
	const endRun = () => {
		if (run !== undefined) total = inTurn(total, lesser(run.cost, oneWayCost(run.way, reading)));
	};
	for (const part of parts) {
		const cost = costOf(part, reading);
		const way = oneWayThrough(part, allowance);
		const longer = run?.way === undefined || way === undefined ? undefined : inSequence(run.way, way, allowance);
		if (run !== undefined && longer !== undefined) {
			run = { way: longer, cost: inTurn(run.cost, cost) };
			continue;
		}
		endRun();
		run = { way, cost };
	}
	endRun();
	return parts.length === 0 ? ONE_STEP : total;
}

function costOfRepeat({ body, least, most }: PatternTree & { readonly kind: "repeat" }, reading: Reading): Cost {
	const { work, ways } = costOf(body, reading);
	const shortest = leastLength(body);
	// Past the required ones, no iteration may be empty.
	const room = shortest > 0 ? Math.floor(reading.length / shortest) : least + reading.length;
	const succeeding = Math.min(most, room);
	const tried = Math.min(most, succeeding + 1);
	if (ways === 1) return { work: Math.max(1, tried) * work, ways: Math.max(1, succeeding - least + 1) };
	let [triedWays, matched, at] = [0, 0, 1];
	for (let iteration = 0; iteration <= Math.max(tried, succeeding); iteration++) {
		if (iteration < tried) triedWays += at;
		if (iteration >= least && iteration <= succeeding) matched += at;
		at *= ways;
		if (at === Number.POSITIVE_INFINITY) return NO_BOUND;
	}
	return { work: Math.max(1, triedWays) * work, ways: Math.max(1, matched) };
}

function oneWayCost(way: OneWay | undefined, { length }: Reading): Cost {
	return way === undefined ? NO_BOUND : { work: (length + 1) * way.size, ways: endsOnce(way) ? 1 : length + 1 };
}

function inTurn(one: Cost, other: Cost): Cost {
	return { work: one.work + one.ways * other.work, ways: one.ways * other.ways };
}

function sum(costs: readonly Cost[]): Cost {
	return costs.reduce((total, { work, ways }) => ({ work: total.work + work, ways: total.ways + ways }), {
		work: 0,
		ways: 0,
	});
}

/** Both are bounds of the same thing. */
function lesser(one: Cost, other: Cost): Cost {
	return { work: Math.min(one.work, other.work), ways: Math.min(one.ways, other.ways) };
}

/** Characters in the shortest match, at least. */
function leastLength(tree: PatternTree): number {
	switch (tree.kind) {
		case "character":
			return 1;
		case "sequence":
			return tree.parts.reduce((total, part) => total + leastLength(part), 0);
		case "alternation":
			return Math.min(...tree.options.map(leastLength));
		case "repeat":
			return tree.least === 0 ? 0 : tree.least * leastLength(tree.body);
		case "assertion":
		case "look":
		case "unbounded":
			return 0;
	}
}

function holdsRepeat(tree: PatternTree): boolean {
	switch (tree.kind) {
		case "sequence":
			return tree.parts.some(holdsRepeat);
		case "alternation":
			return tree.options.some(holdsRepeat);
		case "look":
			return holdsRepeat(tree.body);
		case "repeat":
			return true;
		case "character":
		case "assertion":
		case "unbounded":
			return false;
	}
}

function isAnchored(tree: PatternTree): boolean {
	if (tree.kind === "assertion") return tree.atStart;
	if (tree.kind === "alternation") return tree.options.every(isAnchored);
	const [first] = tree.kind === "sequence" ? tree.parts : [];
	return first !== undefined && isAnchored(first);
}
