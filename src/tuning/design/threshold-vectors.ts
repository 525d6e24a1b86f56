import { cutFolds } from "../log/folds.ts";
import type { CascadeLog } from "../log/cascade-log.ts";
import { seededRandom } from "../seeded-random.ts";
import { countVector } from "../selection/count-acceptances.ts";
import { estimateLabels } from "../selection/estimate-labels.ts";
import { fixedSequence, type TestedStep } from "../selection/fixed-sequence.ts";
import { pValue, upperBound, type AcceptanceCounts, type RiskKind } from "../selection/risk.ts";
import { oneRowPerGroup } from "../selection/sample-rows.ts";
import { callCosts, type CostObjective } from "./call-costs.ts";
import { fittingFold } from "./fitting-fold.ts";
import { layVectorPath, type FittingRows, type PathPoint, type PathStage } from "./vector-path.ts";

/** Vectors of thresholds in the order in which they are tested, and where the tests may begin. */
export interface VectorPath {
	/** Strict to loose; a threshold for each stage but the last, 2 where it accepts nothing. */
	readonly vectors: readonly (readonly number[])[];
	/** Positions in `vectors`; empty only where there is no vector. */
	readonly starts: readonly number[];
}

/** What is to be shown about k thresholds, and how the rows are used. */
export interface VectorRequest {
	readonly risk: RiskKind;
	/** In (0, 1); for regret in (−1, 1). */
	readonly target: number;
	/** What this attempt may spend, in (0, 1). */
	readonly delta: number;
	/** A whole number of 32 bits; decides every draw. */
	readonly seed: number;
	/** Only answers with this label: those accepted that have it, and those not accepted to which the first stage gave it. */
	readonly onLabel?: string | undefined;
	/** Coverage on the fitting fold at which testing begins; [0.2] for selective risk, [0] otherwise, where not given. */
	readonly startCoverages?: readonly number[] | undefined;
	/** Share of the labelled rows that the path is laid on, at most 5,000 rows; 0.3 where not given. */
	readonly fittingShare?: number | undefined;
	/** Cost of a call of each stage, instead of those recorded. */
	readonly callCosts?: readonly number[] | undefined;
	/** A path that was fixed without the rows of this log; then all labelled rows are tested. */
	readonly path?: VectorPath | undefined;
}

/** The outcome; where nothing is certified everything must escalate. Its fields are those of `Selection`. */
export interface VectorSelection {
	readonly certified: boolean;
	readonly thresholds: readonly number[] | null;
	readonly counts: AcceptanceCounts | null;
	readonly pValue: number | null;
	/** Of thresholds fixed beforehand, which these are not: see `Selection`. */
	readonly upperBound: number | null;
	readonly path: VectorPath;
	readonly start: number | null;
	readonly tested: readonly TestedStep[];
	/** Positions of the rows that were tested, and of those that the path was laid on. */
	readonly calibrationRows: Int32Array;
	readonly pathRows: Int32Array;
	/** What the path saves; null where it was given. */
	readonly objective: CostObjective | null;
	readonly reason?: "no-labelled-rows" | "no-readings" | "first-step-failed" | undefined;
	readonly labelsNeeded: number | null;
}

/** Where the caller names no share. */
export const DEFAULT_FITTING_SHARE = 0.3;

/** Where a path lies is known well enough from these; every other row is better tested. */
const MOST_FITTING_ROWS = 5_000;

/**
 * Thresholds for all stages of a cascade at once, the cheapest found whose risk is certified: with chance at least
 * 1 − `delta` over the draw of the tested rows, the risk of the chosen vector is at most `target`.
 *
 * A fitting fold, whose labels may be looked at, lays one path of vectors from strict to loose that saves as much as it can
 * (`layVectorPath`). The other rows test that path in order by exact p-values of the whole cascade's risk, up to the first
 * that fails. One sequence for k thresholds: nothing is split over stages, and no row is used by one stage's threshold
 * that another's had picked, which is where thresholds chosen stage after stage on the same rows lose their guarantee.
 *
 * `log` has the k ≥ 2 stages in the order asked. Where rows have groups, one row of each is drawn before anything else. Rows
 * that lack the label of a stage are left out. Throws a RangeError where the request is out of range.
 */
export function chooseThresholdVector(log: CascadeLog, request: VectorRequest): VectorSelection {
	if (log.stages.length < 2) throw new RangeError("thresholds are chosen for two stages or more");
	validateRequest(request);
	const { risk, seed, fittingShare = DEFAULT_FITTING_SHARE, path: given } = request;
	const rows = independentLabelledRows(log, seed);
	const { fitting, tested } =
		given === undefined ? cutRows(rows, fittingShare, seed) : { fitting: new Int32Array(0), tested: rows };
	if (tested.length === 0 || (given === undefined && fitting.length === 0))
		return notCertified(
			{ path: given ?? { vectors: [], starts: [] }, calibrationRows: tested, pathRows: fitting, objective: null },
			"no-labelled-rows",
		);
	if (given !== undefined)
		return testVectors(log, request, { path: given, calibrationRows: tested, pathRows: fitting, objective: null });
	const costs = callCosts(log, fitting, request.callCosts);
	const { onLabel } = request;
	const laidOn =
		onLabel === undefined
			? fitting
			: fitting.filter((row) => log.stages.slice(0, -1).some(({ label }) => label?.[row] === onLabel));
	const points = layVectorPath(cascadeOf(fittingFold(log, laidOn, risk, costs.columns).models), {
		allowance: allowanceOf(request),
	});
	const path = pathOf(points, startCoveragesOf(request));
	return testVectors(log, request, { path, calibrationRows: tested, pathRows: fitting, objective: costs.objective });
}

/** The rows that may be tested: every stage labelled, and one of each group. */
export function independentLabelledRows(log: CascadeLog, seed: number): Int32Array {
	const rows =
		log.groups === undefined
			? Int32Array.from({ length: log.rows }, (_, row) => row)
			: oneRowPerGroup(log.groups, seededRandom(seed));
	return rows.filter((row) => log.labelled?.[row] !== 0 && log.stages.every(({ labelled }) => labelled?.[row] !== 0));
}

/** Cuts off the fitting fold, a share of the rows and at most 5,000. */
export function cutRows(
	rows: Int32Array,
	fittingShare: number,
	seed: number,
): { fitting: Int32Array; tested: Int32Array } {
	const share = Math.min(fittingShare, MOST_FITTING_ROWS / Math.max(1, rows.length));
	const [fitting, tested] = cutFolds(rows.length, [share, 1 - share], seededRandom(seed)) as [Int32Array, Int32Array];
	const at = (place: number): number => rows[place] as number;
	return { fitting: fitting.map(at), tested: tested.map(at) };
}

/** A cascade of these models; a last one that is not the reference answers at its own risk. */
export function cascadeOf(models: readonly PathStage[], reference = models.at(-1) as PathStage): FittingRows {
	const last = models.at(-1) as PathStage;
	return {
		rows: last.wrong.length,
		stages: models.slice(0, -1),
		final: { ...last, isReference: last === reference },
		referenceWrong: reference.wrong,
	};
}

/** What an accepted answer may add to the errors for nothing: selective risk is a mean over the accepted. */
export function allowanceOf({ risk, target }: { readonly risk: RiskKind; readonly target: number }): number {
	return risk === "selective" ? target : 0;
}

/** Where tests begin: joint risk and regret are easiest at the strictest vector, selective risk needs accepted rows. */
export function startCoveragesOf({
	risk,
	startCoverages,
}: Pick<VectorRequest, "risk" | "startCoverages">): readonly number[] {
	return startCoverages ?? (risk === "selective" ? [0.2] : [0]);
}

/** The vectors that accept anything, and the first to reach each coverage; the loosest where none does. */
export function pathOf(points: readonly PathPoint[], startCoverages: readonly number[]): VectorPath {
	const accepting = points.filter(({ counts }) => counts.accepted > 0);
	if (accepting.length === 0) return { vectors: [], starts: [] };
	const starts = startCoverages.map((coverage) => {
		const start = accepting.findIndex(({ counts }) => counts.accepted >= coverage * counts.rows);
		return start < 0 ? accepting.length - 1 : start;
	});
	return {
		vectors: accepting.map(({ thresholds }) => thresholds),
		starts: [...new Set(starts)].sort((left, right) => left - right),
	};
}

type UsedRows = Pick<VectorSelection, "path" | "calibrationRows" | "pathRows" | "objective">;

/** Tests the vectors of a path in sequence on the calibration rows. */
export function testVectors(log: CascadeLog, request: VectorRequest, used: UsedRows): VectorSelection {
	const { risk, target, delta, onLabel } = request;
	const { path, calibrationRows } = used;
	if (path.starts.length === 0) return notCertified(used, "no-readings");
	const isTested = new Uint8Array(log.rows);
	for (const row of calibrationRows) isTested[row] = 1;
	const countsAt = (index: number): AcceptanceCounts => {
		const vector = path.vectors[index] as readonly number[];
		if (onLabel === undefined) return countVector(log, vector, isTested);
		return countVector(log, vector, (row) => isTested[row] === 1 && labelOf(log, vector, row) === onLabel);
	};
	const { chosen, start, tested } = fixedSequence((index) => pValue(risk, countsAt(index), target), {
		delta,
		starts: path.starts,
		length: path.vectors.length,
	});
	if (chosen === null) {
		const first = path.starts[0] as number;
		const labelsNeeded = estimateLabels(countsAt(first), { risk, target, delta: delta / path.starts.length });
		return { ...notCertified(used, "first-step-failed"), start: first, tested, labelsNeeded };
	}
	const counts = countsAt(chosen);
	return {
		...used,
		certified: true,
		thresholds: path.vectors[chosen] as readonly number[],
		counts,
		pValue: pValue(risk, counts, target),
		upperBound: upperBound(risk, counts, delta),
		start,
		tested,
		labelsNeeded: null,
	};
}

function labelOf(log: CascadeLog, vector: readonly number[], row: number): string | null | undefined {
	const answering = vector.findIndex((threshold, stage) => (log.stages[stage]?.confidence[row] as number) >= threshold);
	return log.stages[Math.max(0, answering)]?.label?.[row];
}

function notCertified(used: UsedRows, reason: NonNullable<VectorSelection["reason"]>): VectorSelection {
	return {
		...used,
		certified: false,
		thresholds: null,
		counts: null,
		pValue: null,
		upperBound: null,
		start: null,
		tested: [],
		reason,
		labelsNeeded: null,
	};
}

/** Throws a RangeError where a number of the request is out of range. */
export function validateRequest(request: VectorRequest): void {
	const { risk, target, delta, fittingShare = DEFAULT_FITTING_SHARE } = request;
	const lowest = risk === "regret" ? -1 : 0;
	if (!(target > lowest && target < 1)) throw new RangeError(`target must lie between ${lowest} and 1`);
	if (!(delta > 0 && delta < 1)) throw new RangeError("delta must lie between 0 and 1");
	if (!(fittingShare > 0 && fittingShare < 1)) throw new RangeError("fittingShare must lie between 0 and 1");
	if (
		!startCoveragesOf(request).every((coverage) => coverage >= 0 && coverage <= 1) ||
		request.startCoverages?.length === 0
	)
		throw new RangeError("start coverages must be shares");
}
