import type { CascadeLog, StageColumns } from "../log/cascade-log.ts";
import { seededRandom } from "../seeded-random.ts";
import { countAcceptances } from "./count-acceptances.ts";
import { estimateLabels } from "./estimate-labels.ts";
import { fixedSequence, type TestedStep } from "./fixed-sequence.ts";
import { pValue, upperBound, type AcceptanceCounts, type RiskKind } from "./risk.ts";
import { divideRows, type SelectionRows } from "./selection-rows.ts";
import { startCoverage } from "./start-coverage.ts";
import { thresholdPath, type ThresholdPath } from "./threshold-path.ts";

/** What is to be shown, and how the rows are used. */
export interface SelectionRequest {
	readonly risk: RiskKind;
	/** In (0, 1); for regret in (−1, 1). */
	readonly target: number;
	/** What this attempt may spend, in (0, 1). Splitting it over attempts is the caller's. */
	readonly delta: number;
	/** Only rows to which the small model gave this label; splitting delta over labels is the caller's. */
	readonly onLabel?: string | undefined;
	/**
	 * Where testing begins, as shares of traffic; each start costs its share of delta. Where not given, one start: for
	 * selective risk `startCoverage`, for joint risk the strictest threshold, for regret 0.2.
	 */
	readonly startCoverages?: readonly number[] | undefined;
	/** Steps of the path; see `thresholdPath`. */
	readonly steps?: number | undefined;
	/** Share of the rows whose scores lay the path, at most 1,000 rows; 0.1 where not given. */
	readonly pathShare?: number | undefined;
	/** A whole number of 32 bits; decides every draw. */
	readonly seed: number;
	/** A path that was fixed without the rows of this log; then all labelled rows are tested. */
	readonly path?: ThresholdPath | undefined;
}

/**
 * Why nothing is certified.
 *
 * - `no-labelled-rows`: none is left to be tested
 * - `no-readings`: no row of the path has a score, or the given path is empty
 * - `first-step-failed`: at every start the p-value is above the share of delta
 */
export type NotCertified = "no-labelled-rows" | "no-readings" | "first-step-failed";

/** The outcome; where nothing is certified everything must escalate. */
export interface Selection {
	readonly certified: boolean;
	/** The least confidence that is accepted; null where nothing is certified. */
	readonly threshold: number | null;
	/** Of the tested rows at the threshold; null with it. */
	readonly counts: AcceptanceCounts | null;
	readonly pValue: number | null;
	/**
	 * The least target that the counts at the threshold would have met: a bound of its risk at confidence 1 − `delta` *had the
	 * threshold been fixed beforehand*. It was chosen, so the risk exceeds this bound more often than `delta` allows (in 16% of
	 * runs at delta 0.1 in one simulation of docs/guarantee.md, where it exceeded the target in 9.7%). What is certified is the
	 * target, which this is at most. A tighter certified figure does not come free: asking afterwards for which target the same
	 * sequence would still have ended here is a choice after looking too, and a bound of all steps at once (delta divided by
	 * their number) is mostly above the target. Null with the threshold.
	 */
	readonly upperBound: number | null;
	readonly path: ThresholdPath;
	/** Position in the path at which the testing that led to the threshold began; the first start where none did, null where nothing was tested. */
	readonly start: number | null;
	readonly tested: readonly TestedStep[];
	/** Positions of the rows that were tested, and of those that laid the path. */
	readonly calibrationRows: Int32Array;
	readonly pathRows: Int32Array;
	/** Undefined where something is certified. */
	readonly reason?: NotCertified | undefined;
	/**
	 * About how many labelled rows to test would certify the first step with chance 0.8, were the risk what it was observed to
	 * be, and at 100 times the rows tested "more than so many" (`estimateLabels`); null where certified, where the observed risk is at or above the target, or where nothing was observed.
	 */
	readonly labelsNeeded: number | null;
}

const DEFAULT_PATH_SHARE = 0.1;
/** Rows that are not accepted have no regret, so a test of few accepted rows can pass too. */
const REGRET_START = 0.2;

/**
 * The loosest threshold on the small model's confidence at which a risk is certified to be at most `target`: with chance at
 * least 1 − `delta` over the draw of the rows, the risk at the chosen threshold is at most `target` for requests drawn as
 * the rows were. Thresholds are tested from strict to loose, each by an exact p-value, up to the first that fails
 * (`fixedSequence`); where the first fails, nothing is certified.
 *
 * The thresholds and the start come from the scores of a small random part of the rows, ⌈10%⌉ and at most 1,000, which are
 * not tested and whose labels are never looked at. Taken from the scores of the tested rows themselves, the thresholds would
 * depend on those rows. Given all scores the labels are independent, but then each row has the risk of its own score: the
 * test is of the mean risk of these rows' scores, and its threshold is a quantile of them. That says something of the risk
 * in the population only where the risk is monotone in the score, which nobody can promise. With the path fixed apart, each
 * tested row is an independent draw at thresholds that are constants, and the binomial test is exact for any score. The
 * price is a tenth of the labels at most, and none where rows without labels are at hand, since those lay the path first.
 *
 * Joint risk never falls as the threshold does, so its tests begin at the strictest threshold unless starts are given.
 *
 * `log` has two stages, the small model and the last. Where rows have groups, one row of each is drawn before anything
 * else. Throws a RangeError where the log has another number of stages or the request is out of range: the caller validates
 * what users write. A log without rows, labels or readings is no error: nothing is certified.
 */
export function chooseThreshold(log: CascadeLog, request: SelectionRequest): Selection {
	const { small, large } = twoStages(log);
	const { risk, target, delta, pathShare = DEFAULT_PATH_SHARE } = request;
	validate(request, pathShare);
	const rows = divideRows(log, {
		risk,
		onLabel: request.onLabel,
		pathShare: request.path === undefined ? pathShare : 0,
		random: seededRandom(request.seed),
	});
	const path =
		request.path ??
		thresholdPath(
			Float64Array.from(rows.path, (row) => small.confidence[row] as number),
			{
				startCoverages: request.startCoverages ?? [defaultStart(request, rows)],
				steps: request.steps,
			},
		);
	const used = { path, calibrationRows: rows.calibration, pathRows: rows.path };
	if (rows.calibration.length === 0) return nothing(used, "no-labelled-rows");
	if (path.starts.length === 0) return nothing(used, "no-readings");
	const counts = countAcceptances(
		small.confidence,
		small.wrong,
		large.wrong,
		path.thresholds,
		maskOf(rows.calibration, log.rows),
	);
	const countsAt = (index: number): AcceptanceCounts => counts[index] as AcceptanceCounts;
	const result = fixedSequence((index) => pValue(risk, countsAt(index), target), {
		delta,
		starts: path.starts,
		length: counts.length,
	});
	const { chosen, tested } = result;
	if (chosen === null) {
		const start = path.starts[0] as number;
		const labelsNeeded = estimateLabels(countsAt(start), { risk, target, delta: delta / path.starts.length });
		return { ...nothing(used, "first-step-failed"), start, tested, labelsNeeded };
	}
	return {
		...used,
		certified: true,
		threshold: path.thresholds[chosen] as number,
		counts: countsAt(chosen),
		pValue: pValue(risk, countsAt(chosen), target),
		upperBound: upperBound(risk, countsAt(chosen), delta),
		start: result.start,
		tested,
		labelsNeeded: null,
	};
}

/** A request about several labels at once. */
export interface PerLabelRequest extends Omit<SelectionRequest, "onLabel" | "path"> {
	readonly labels: readonly string[];
}

/** What came of one label. */
export interface LabelSelection {
	readonly label: string;
	/** What its tests could spend. */
	readonly delta: number;
	readonly selection: Selection;
}

/**
 * A threshold for each of the labels that the small model gives, at an equal share of delta each, so that with chance at
 * least 1 − `delta` all their claims hold together (union bound). Throws as `chooseThreshold` does, and where a label is named
 * twice or none is.
 */
export function chooseThresholdPerLabel(log: CascadeLog, request: PerLabelRequest): LabelSelection[] {
	const { labels, ...shared } = request;
	if (labels.length === 0 || new Set(labels).size !== labels.length)
		throw new RangeError("labels must be named, each once");
	const delta = shared.delta / labels.length;
	return labels.map((label) => ({
		label,
		delta,
		selection: chooseThreshold(log, { ...shared, delta, onLabel: label }),
	}));
}

function defaultStart({ risk, target, delta }: SelectionRequest, { path, calibration }: SelectionRows): number {
	if (risk === "selective") return startCoverage({ target, delta, rows: calibration.length, pathRows: path.length });
	return risk === "joint" ? 0 : REGRET_START;
}

type UsedRows = Pick<Selection, "path" | "calibrationRows" | "pathRows">;

function nothing(used: UsedRows, reason: NotCertified): Selection {
	return {
		...used,
		certified: false,
		threshold: null,
		counts: null,
		pValue: null,
		upperBound: null,
		start: null,
		tested: [],
		reason,
		labelsNeeded: null,
	};
}

function maskOf(positions: Int32Array, rows: number): Uint8Array {
	const mask = new Uint8Array(rows);
	for (const row of positions) mask[row] = 1;
	return mask;
}

function twoStages(log: CascadeLog): { readonly small: StageColumns; readonly large: StageColumns } {
	const [small, large, ...more] = log.stages;
	if (small === undefined || large === undefined || more.length > 0)
		throw new RangeError("a threshold is chosen for a log of two stages");
	return { small, large };
}

function validate({ risk, target, delta }: SelectionRequest, pathShare: number): void {
	const lowest = risk === "regret" ? -1 : 0;
	if (!(target > lowest && target < 1)) throw new RangeError(`target must lie between ${lowest} and 1`);
	if (!(delta > 0 && delta < 1)) throw new RangeError("delta must lie between 0 and 1");
	if (!(pathShare > 0 && pathShare < 1)) throw new RangeError("pathShare must lie between 0 and 1");
}
