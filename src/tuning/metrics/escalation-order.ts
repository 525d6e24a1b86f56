import type { CascadeLog } from "../log/cascade-log.ts";
import { isPartlyKnown, withUnknownAtMean } from "./known-values.ts";
import { rowCosts, type CostModel } from "./cost-model.ts";
import { rankTies, sortByRank } from "./ties.ts";

/** How requests are ordered for escalation, and what each costs. */
export interface EscalationOptions {
	/**
	 * One number for each row of the log: the higher, the longer it stays with the small model. NaN escalates first. The
	 * small model's confidence where not given; a gate's score or the negated length of the prompt are others.
	 */
	readonly score?: Float64Array | undefined;
	readonly costs?: CostModel | undefined;
}

/** The labelled rows of a two-stage log from the least confident to the most, in columns of that order. */
export interface EscalationOrder {
	readonly rows: number;
	readonly withoutReading: number;
	/** 1 where the model is right. */
	readonly smallRight: Uint8Array;
	readonly largeRight: Uint8Array;
	/** US dollars, a stage's mean where one is unknown; NaN where a stage has no known price. `large` is of the large model alone. */
	readonly acceptedCost: Float64Array;
	readonly escalatedCost: Float64Array;
	readonly largeCost: Float64Array;
	/** Some prices are unknown, and stand at their stage's mean. */
	readonly isCostEstimated: boolean;
	/** Which rows belong together, as numbers from 0 without gaps; each row its own where the log has no groups. */
	readonly unit: Int32Array;
	readonly units: number;
	/** How many rows can be escalated, ascending from 0 to all: never a part of rows with equal scores. */
	readonly splits: Int32Array;
	/**
	 * The threshold that makes each split. NaN where none does: all rows escalated, or none although some have no reading.
	 */
	readonly thresholds: Float64Array;
}

/**
 * Orders the rows. Rows without a label of either stage are left out. Undefined where no row is labelled; throws a RangeError where
 * the log has not two stages or `score` not its rows.
 */
export function escalationOrder(log: CascadeLog, options: EscalationOptions = {}): EscalationOrder | undefined {
	const [small, large, ...more] = log.stages;
	if (small === undefined || large === undefined || more.length > 0)
		throw new RangeError("an order of escalation is of a log with two stages");
	const { score = small.confidence, costs } = options;
	if (score.length !== log.rows) throw new RangeError("each row needs its score");
	const labelled = labelledRows(log);
	if (labelled.length === 0) return undefined;
	const ties = rankTies(picked(score, labelled, new Float64Array(labelled.length)));
	const order = sortByRank(ties).map((place) => labelled[place] as number);
	const pick = (column: Float64Array): Float64Array => picked(column, order, new Float64Array(order.length));
	const rightOf = (wrong: Uint8Array): Uint8Array =>
		picked(wrong, order, new Uint8Array(order.length)).map((mark) => 1 - mark);
	const [smallPrices, largePrices] = [small, large].map(({ costUsd }) => pick(withUnknownAtMean(costUsd))) as [
		Float64Array,
		Float64Array,
	];
	const ofRows = rowCosts(smallPrices, largePrices, costs);
	return {
		rows: order.length,
		smallRight: rightOf(small.wrong),
		largeRight: rightOf(large.wrong),
		acceptedCost: ofRows.accepted,
		escalatedCost: ofRows.escalated,
		largeCost: largePrices,
		isCostEstimated: [small, large].some(({ costUsd }) => isPartlyKnown(costUsd)),
		...unitsOf(log, order),
		...splitsOf(ties.ranks, ties.values),
	};
}

/** Position of the split that a threshold makes: rows without a reading or with a lower score escalate. Null: all do. */
export function splitAt({ splits, thresholds }: EscalationOrder, threshold: number | null): number {
	if (threshold === null) return splits.length - 1;
	const first = thresholds.findIndex((candidate) => candidate >= threshold);
	return first < 0 ? splits.length - 1 : first;
}

/** Whether a threshold makes this split; the last, where everything escalates, needs none. */
export function isAttainable({ splits, thresholds }: EscalationOrder, split: number): boolean {
	return split === splits.length - 1 || !Number.isNaN(thresholds[split] as number);
}

/** Positions of the rows that have the label of every stage, since a curve goes through all of them. */
export function labelledRows({ rows, labelled, stages }: CascadeLog): Int32Array {
	const marks = [labelled, ...stages.map((stage) => stage.labelled)].filter((column) => column !== undefined);
	const all = new Int32Array(rows).map((_, row) => row);
	return marks.length === 0 ? all : all.filter((row) => marks.every((column) => column[row] === 1));
}

function picked<Column extends Float64Array | Uint8Array>(from: Column, rows: Int32Array, into: Column): Column {
	for (let place = 0; place < rows.length; place++) into[place] = from[rows[place] as number] as number;
	return into;
}

function splitsOf(ranks: Int32Array, values: Float64Array) {
	const counts = new Int32Array(values.length);
	let withoutReading = 0;
	for (const rank of ranks) {
		if (rank < 0) withoutReading++;
		else counts[rank] = (counts[rank] as number) + 1;
	}
	const splits = withoutReading > 0 ? [0] : [];
	const thresholds = withoutReading > 0 ? [Number.NaN] : [];
	let escalated = withoutReading;
	for (const [rank, value] of values.entries()) {
		splits.push(escalated);
		thresholds.push(value);
		escalated += counts[rank] as number;
	}
	splits.push(ranks.length);
	thresholds.push(Number.NaN);
	return { withoutReading, splits: Int32Array.from(splits), thresholds: Float64Array.from(thresholds) };
}

function unitsOf({ groups }: CascadeLog, order: Int32Array): { readonly unit: Int32Array; readonly units: number } {
	if (groups === undefined) return { unit: order.map((_, place) => place), units: order.length };
	const numbers = new Map<number, number>();
	let units = 0;
	const unit = order.map((row) => {
		const group = groups[row] as number;
		const known = numbers.get(group);
		if (known !== undefined) return known;
		if (group >= 0) numbers.set(group, units);
		return units++;
	});
	return { unit, units };
}
