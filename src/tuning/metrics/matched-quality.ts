import type { CascadeLog } from "../log/cascade-log.ts";
import { selectRows } from "../log/cascade-log.ts";
import { splitRows } from "../log/split-rows.ts";
import { numberOrNull } from "./deferral-curve.ts";
import { escalationOrder, splitAt, type EscalationOptions, type EscalationOrder } from "./escalation-order.ts";
import { bootstrapIntervals, type MatchedQualityIntervals } from "./matched-quality-bootstrap.ts";
import { figuresAt, leastEscalation } from "./weighted-split.ts";

/** What counts as the same quality, and how the intervals are drawn. */
export interface MatchedQualityOptions extends EscalationOptions {
	/** How far under the large model's quality the cascade may be, in [0, 1). */
	readonly margin: number;
	/** Share of the replicates inside an interval; 0.95 where not given. */
	readonly level?: number | undefined;
	/** Resamples; 1,000 where not given. */
	readonly replicates?: number | undefined;
	/** Draws uniformly from [0, 1). */
	readonly random: () => number;
}

/** The cheapest way to the large model's quality, and what it saves. */
export interface MatchedQuality {
	/**
	 * Which rows chose the threshold: the ones that it is measured on, which flatters it, or others (`held-out`), which does
	 * not.
	 */
	readonly choice: "in-sample" | "held-out";
	readonly margin: number;
	/** Rows that it is measured on. */
	readonly rows: number;
	/** Null where everything escalates. */
	readonly threshold: number | null;
	readonly escalation: number;
	readonly quality: number;
	readonly qualityLarge: number;
	/** `quality` − `qualityLarge`. */
	readonly qualityDifference: number;
	/** Mean US dollars of a request; these three are null where a stage has no known price. */
	readonly costUsd: number | null;
	readonly costLargeUsd: number | null;
	/** 1 − cost / cost of the large model alone. Below 0 where the cascade costs more than it saves. */
	readonly saving: number | null;
	/** Some prices are unknown, and stand at their stage's mean. */
	readonly isCostEstimated: boolean;
	readonly intervals: MatchedQualityIntervals;
}

/**
 * Saving at matched quality: the cost at the least escalation whose quality is at least the large model's − `margin`, against
 * the large model alone. Requests escalate least confident first and a threshold never parts equal confidences.
 *
 * Threshold and figures are of the same rows, and the least escalation that happens to reach the line is more often lucky
 * than not: the quality is optimistic, by more the fewer rows there are, and no bootstrap of these rows takes that away.
 * `heldOutMatchedQuality` measures where it was not chosen.
 *
 * Intervals are percentiles of a Poisson bootstrap (`drawPoissonWeights`), of whole groups where the log has them. The rows
 * are sorted once, then a replicate costs O(n). Undefined where no row is labelled.
 */
export function matchedQuality(log: CascadeLog, options: MatchedQualityOptions): MatchedQuality | undefined {
	validate(options);
	const order = escalationOrder(log, options);
	if (order === undefined) return undefined;
	return measure(order, leastEscalation(order, options.margin, eachOnce(order)), "in-sample", options);
}

/** How the rows are divided. */
export interface HeldOutOptions extends MatchedQualityOptions {
	/** Share of the rows that chooses the threshold, in (0, 1); 0.5 where not given. */
	readonly share?: number | undefined;
}

/**
 * The same with the threshold chosen on a random part of the rows (groups stay together) and everything measured on the rest.
 * The quality there may miss the line: nothing is guaranteed, but nothing is flattered. Undefined where a part has no
 * labelled row.
 */
export function heldOutMatchedQuality(log: CascadeLog, options: HeldOutOptions): MatchedQuality | undefined {
	validate(options);
	const { share = 0.5, random, score } = options;
	if (!(share > 0 && share < 1)) throw new RangeError("share must lie between 0 and 1");
	const { drawn, rest } = splitRows(log, share, random);
	const partOf = (rows: Int32Array) =>
		escalationOrder(selectRows(log, rows), {
			...options,
			score: score === undefined ? undefined : Float64Array.from(rows, (row) => score[row] as number),
		});
	const [fitting, measured] = [partOf(drawn), partOf(rest)];
	if (fitting === undefined || measured === undefined) return undefined;
	const threshold = fitting.thresholds[leastEscalation(fitting, options.margin, eachOnce(fitting))] as number;
	return measure(measured, splitAt(measured, numberOrNull(threshold)), "held-out", options);
}

function measure(
	order: EscalationOrder,
	split: number,
	choice: MatchedQuality["choice"],
	options: MatchedQualityOptions,
): MatchedQuality {
	const { margin } = options;
	const { quality, qualityLarge, costUsd, costLargeUsd } = figuresAt(order, split, eachOnce(order));
	const saving = 1 - costUsd / costLargeUsd;
	const isPriced = !Number.isNaN(saving);
	return {
		choice,
		margin,
		rows: order.rows,
		threshold: numberOrNull(order.thresholds[split] as number),
		escalation: (order.splits[split] as number) / order.rows,
		quality,
		qualityLarge,
		qualityDifference: quality - qualityLarge,
		costUsd: isPriced ? costUsd : null,
		costLargeUsd: isPriced ? costLargeUsd : null,
		saving: isPriced ? saving : null,
		isCostEstimated: order.isCostEstimated,
		intervals: bootstrapIntervals(order, { ...options, split, isChosenAgain: choice === "in-sample" }),
	};
}

function eachOnce({ units }: EscalationOrder): Uint8Array {
	return new Uint8Array(units).fill(1);
}

function validate({ margin, level = 0.95, replicates = 1 }: MatchedQualityOptions): void {
	if (!(margin >= 0 && margin < 1)) throw new RangeError("margin must lie between 0 and 1");
	if (!(level > 0 && level < 1)) throw new RangeError("level must lie between 0 and 1");
	if (!(Number.isInteger(replicates) && replicates > 0))
		throw new RangeError("replicates must be a positive whole number");
}
