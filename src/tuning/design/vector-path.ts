import type { AcceptanceCounts } from "../selection/risk.ts";

/** A stage whose threshold is loosened step by step; columns over the rows of a fitting fold. */
export interface PathStage {
	readonly confidence: Float64Array;
	readonly wrong: Uint8Array;
	readonly cost: Float64Array;
	/** What an answer of this stage is expected to add to the errors; see `expectedRisks`. */
	readonly expectedRisk: Float64Array;
}

/** The rows on which a path is laid. */
export interface FittingRows {
	readonly rows: number;
	/** In the order asked. */
	readonly stages: readonly PathStage[];
	/** What answers where no other stage does. Its answers are no risk where it is the reference itself. */
	readonly final: Omit<PathStage, "confidence"> & { readonly isReference: boolean };
	/** 1 where the reference, the last stage of the log, is wrong. */
	readonly referenceWrong: Uint8Array;
}

/** A vector of thresholds and what it does on the fitting fold. */
export interface PathPoint {
	/** One for each loosened stage; 2, which no confidence reaches, accepts nothing there. */
	readonly thresholds: readonly number[];
	/** Mean of a row. */
	readonly cost: number;
	/** "Accepted" is answered by any model but the reference. */
	readonly counts: AcceptanceCounts;
}

/** How a path is laid. */
export interface PathOptions {
	/** What an accepted answer may add to the errors for nothing: the target for selective risk, else 0. */
	readonly allowance: number;
	/** Thresholds tried at each stage; 40 where not given. */
	readonly levels?: number | undefined;
	/** Points kept, evenly by cost; 60 where not given. */
	readonly most?: number | undefined;
}

const ACCEPTS_NOTHING = 2;
/** Half an error, so that steps without any are compared by what they save. */
const HALF_AN_ERROR = 0.5;

/**
 * Lays a path of threshold vectors from strict to loose: it starts where every stage accepts nothing, and each step loosens
 * the threshold of one stage, so each point costs less than the one before, and what was answered before the last stage stays
 * so. The stage loosened is the one that saves most for the errors it is expected to add. Steps that stay within the
 * allowance come first, by what they save per expected error; then the others, by what they save per error above the
 * allowance, which for a fixed cost is the marginal condition of the least risk.
 *
 * Greedy, hence not always the best path, but any path is honest as long as no row that lays it is tested. The first point
 * is the one that accepts nothing. O(levels · stages² · rows) at most, and far less in practice.
 */
export function layVectorPath(fitting: FittingRows, { allowance, levels = 40, most = 60 }: PathOptions): PathPoint[] {
	const state = new PathState(fitting);
	const ladders = fitting.stages.map(({ confidence }) => ladderOf(confidence, levels));
	const reached = ladders.map(() => 0);
	const thresholds = ladders.map(() => ACCEPTS_NOTHING);
	const points = [state.point(thresholds)];
	for (;;) {
		let best: Step | undefined;
		for (const [stage, ladder] of ladders.entries()) {
			const step = nextStep(state, stage, ladder, reached[stage] as number, allowance);
			if (step !== undefined && (best === undefined || isPreferred(step, best))) best = step;
		}
		if (best === undefined) break;
		const { stage, level } = best;
		const ladder = ladders[stage] as Ladder;
		for (const row of rowsBetween(ladder, reached[stage] as number, level)) state.move(row, stage);
		reached[stage] = level;
		thresholds[stage] = ladder.thresholds[level - 1] as number;
		points.push(state.point(thresholds));
	}
	return thin(points, most);
}

/** The rows of a stage from sure to unsure, cut into levels of about equal numbers; equal confidences are in one. */
interface Ladder {
	readonly order: Int32Array;
	/** Where each level ends in `order`, and its least confidence. */
	readonly ends: readonly number[];
	readonly thresholds: readonly number[];
}

function ladderOf(confidence: Float64Array, levels: number): Ladder {
	const order = Int32Array.from(confidence.keys())
		.filter((row) => !Number.isNaN(confidence[row]))
		.sort((left, right) => (confidence[right] as number) - (confidence[left] as number));
	const ends: number[] = [];
	const thresholds: number[] = [];
	for (const [place, row] of order.entries()) {
		const score = confidence[row] as number;
		const next = order[place + 1];
		if (next !== undefined) {
			if (confidence[next] === score) continue;
			if (place + 1 < ((ends.length + 1) * order.length) / levels) continue;
		}
		ends.push(place + 1);
		thresholds.push(score);
	}
	return { order, ends, thresholds };
}

function rowsBetween({ order, ends }: Ladder, from: number, to: number): Int32Array {
	return order.subarray(from === 0 ? 0 : ends[from - 1], ends[to - 1]);
}

interface Step {
	readonly stage: number;
	/** How many of the stage's levels are accepted after it. */
	readonly level: number;
	readonly isWithinAllowance: boolean;
	readonly worth: number;
}

/** The least loosening of a stage that saves anything on these rows. */
function nextStep(
	state: PathState,
	stage: number,
	ladder: Ladder,
	reached: number,
	allowance: number,
): Step | undefined {
	let [saved, addedRisk, accepted] = [0, 0, 0];
	for (let level = reached + 1; level <= ladder.ends.length; level++) {
		for (const row of rowsBetween(ladder, level - 1, level)) {
			if (!state.wouldMove(row, stage)) continue;
			saved += state.savedBy(row, stage);
			addedRisk += state.addedBy(row, stage);
			if (!state.isAccepted(row)) accepted++;
		}
		if (!(saved > 0)) continue;
		const excess = addedRisk - allowance * accepted;
		if (excess > 0) return { stage, level, isWithinAllowance: false, worth: saved / excess };
		return { stage, level, isWithinAllowance: true, worth: saved / (Math.max(0, addedRisk) + HALF_AN_ERROR) };
	}
	return undefined;
}

function isPreferred(left: Step, right: Step): boolean {
	if (left.isWithinAllowance !== right.isWithinAllowance) return left.isWithinAllowance;
	return left.worth > right.worth;
}

/** Which stage answers each row, and the sums that follow from it. */
class PathState {
	private readonly fitting: FittingRows;
	private readonly answering: Uint8Array;
	/** For each stage, and then the final one: the cost of all calls up to its own. */
	private readonly spent: readonly Float64Array[];
	private cost = 0;
	private readonly counts = { accepted: 0, wrong: 0, worse: 0, better: 0 };

	constructor(fitting: FittingRows) {
		this.fitting = fitting;
		const { stages, final, rows } = fitting;
		this.answering = new Uint8Array(rows).fill(stages.length);
		const sum = new Float64Array(rows);
		this.spent = [...stages, final].map(({ cost }) => {
			for (let row = 0; row < rows; row++) sum[row] = (sum[row] as number) + (cost[row] as number);
			return sum.slice();
		});
		for (let row = 0; row < rows; row++) this.count(row, 1);
	}

	wouldMove(row: number, stage: number): boolean {
		return (this.answering[row] as number) > stage;
	}

	isAccepted(row: number): boolean {
		return this.answering[row] !== this.fitting.stages.length || !this.fitting.final.isReference;
	}

	savedBy(row: number, stage: number): number {
		const before = this.spent[this.answering[row] as number] as Float64Array;
		return (before[row] as number) - ((this.spent[stage] as Float64Array)[row] as number);
	}

	addedBy(row: number, stage: number): number {
		const before = this.isAccepted(row) ? (this.answerOf(row).expectedRisk[row] as number) : 0;
		return ((this.fitting.stages[stage] as PathStage).expectedRisk[row] as number) - before;
	}

	move(row: number, stage: number): void {
		if (!this.wouldMove(row, stage)) return;
		this.count(row, -1);
		this.answering[row] = stage;
		this.count(row, 1);
	}

	point(thresholds: readonly number[]): PathPoint {
		const { rows } = this.fitting;
		return {
			thresholds: [...thresholds],
			cost: this.cost / rows,
			counts: { rows, ...this.counts },
		};
	}

	private answerOf(row: number): Omit<PathStage, "confidence"> {
		return this.fitting.stages[this.answering[row] as number] ?? this.fitting.final;
	}

	private count(row: number, by: 1 | -1): void {
		const isWrong = this.answerOf(row).wrong[row] === 1;
		const isReferenceWrong = this.fitting.referenceWrong[row] === 1;
		this.cost += by * ((this.spent[this.answering[row] as number] as Float64Array)[row] as number);
		if (!this.isAccepted(row)) return;
		this.counts.accepted += by;
		if (isWrong) this.counts.wrong += by;
		if (isWrong && !isReferenceWrong) this.counts.worse += by;
		if (!isWrong && isReferenceWrong) this.counts.better += by;
	}
}

/** Few points, since each one tested is a chance to be stopped by bad luck; the first and the last always stay. */
function thin(points: readonly PathPoint[], most: number): PathPoint[] {
	const first = points[0] as PathPoint;
	const last = points.at(-1) as PathPoint;
	const stride = (first.cost - last.cost) / most;
	const kept = [first];
	for (const point of points.slice(1)) {
		const isFar = (kept.at(-1) as PathPoint).cost - point.cost >= stride;
		if (isFar || point === last) kept.push(point);
	}
	return kept;
}
