import { difference, pointAt, type MethodResult } from "./method-results.ts";
import type { RankingDifference } from "./ranking-difference.ts";
import { formatTable, percent } from "./table.ts";

/** A method's result, with what it is held against: the plain method on the same mails. */
export interface Comparison {
	readonly result: MethodResult;
	readonly plain: MethodResult;
}

const COVERAGES = [0.5, 0.7, 0.8, 0.9] as const;

/** One row a method: how well it ranks, what it costs, what follows. */
export function methodTable(comparisons: readonly Comparison[]): string {
	const head = [
		"method",
		"judged",
		"unavailable",
		"AUROC (95%)",
		"minus label-margin's (95%)",
		"extra calls",
		"cost",
		"",
	];
	return formatTable([head, ...comparisons.map(methodRow)]);
}

function methodRow(comparison: Comparison): string[] {
	const { result, plain } = comparison;
	const { auroc, interval } = result;
	const gap = result === plain ? undefined : difference(result, plain);
	return [
		result.name,
		String(result.judged.size),
		percent(1 - result.judged.size / result.asked),
		auroc === undefined || interval === undefined
			? "undefined"
			: `${auroc.toFixed(3)} (${interval.lower.toFixed(3)} to ${interval.upper.toFixed(3)})`,
		gap === undefined ? "" : `${signed(gap.difference)} (${signed(gap.lower)} to ${signed(gap.upper)})`,
		result.extraCalls.toFixed(1),
		relativeCost(comparison)?.toFixed(2) ?? "unknown",
		verdict(comparison),
	];
}

/** One row a method: the risk at each coverage that it can reach. */
export function coverageTable(comparisons: readonly Comparison[]): string {
	const head = ["method", "different readings", ...COVERAGES.map((coverage) => `at least ${coverage * 100}%`)];
	const rows = comparisons.map(({ result }) => [
		result.name,
		String(new Set([...result.judged.values()].map(({ confidence }) => confidence)).size),
		...COVERAGES.map((coverage) => {
			const point = pointAt(result, coverage);
			return point === undefined ? "out of reach" : `${percent(point.risk)} (${percent(point.coverage)})`;
		}),
	]);
	return formatTable([head, ...rows]);
}

/** Names the methods that are unsuitable. */
export function unsuitableSentence(comparisons: readonly Comparison[]): string {
	const named = comparisons.filter((comparison) => verdict(comparison).startsWith(UNSUITABLE));
	if (named.length === 0) return "None is unsuitable here.";
	return `Unsuitable here are ${named.map(({ result }) => `\`${result.name}\``).join(", ")}.`;
}

const UNSUITABLE = "unsuitable here";

function verdict(comparison: Comparison): string {
	const { result, plain } = comparison;
	if (result === plain) return "the measure";
	// An interval below 0.5 would rank, the wrong way round, which no threshold can use.
	if (result.interval === undefined || result.interval.lower <= 0.5) return `${UNSUITABLE}: ranks nothing`;
	const gap = difference(result, plain);
	if (gap === undefined) return "";
	if (isSame(gap)) return "the same order";
	if (gap.upper < 0) return isDearer(comparison) ? `${UNSUITABLE}: worse and dearer` : "worse";
	return gap.lower > 0 ? "better" : "no clear difference";
}

/** Equal but for the last bits of the readings. */
function isSame({ lower, upper }: RankingDifference): boolean {
	return Math.max(Math.abs(lower), Math.abs(upper)) < 1e-9;
}

/** A hundredth more is no more. An unknown cost is not taken for a greater one. */
function isDearer(comparison: Comparison): boolean {
	return (relativeCost(comparison) ?? 1) > 1.01;
}

function relativeCost({ result, plain }: Comparison): number | null {
	return result.costUsd === null || plain.costUsd === null ? null : result.costUsd / plain.costUsd;
}

function signed(value: number): string {
	return `${value < -0.0005 ? "−" : "+"}${Math.abs(value).toFixed(3)}`.replace("+0.000", "0.000");
}
