import { CERTAIN } from "../../core/evidence/guarantee.ts";
import { logMeanExp } from "../bounds/log-mean-exp.ts";
import { logLikelihoodRatio, logShiryaevRoberts } from "./e-detectors.ts";
import { cellIsAccepted, type EpochRecord, type EvidenceCount, type PhaseRecord } from "./evidence-table.ts";

/** Risks that the alarm looks out for, as multiples of the one that is allowed, each weighing the same. */
const ALARM_MULTIPLES = [1.5, 2, 3, 4.5] as const;
const DAYS_BETWEEN_FALSE_ALARMS = 90;
const LEAST_LEVEL = 1_000;
/** A level of more than 1/boundary cannot be reached by right answers alone; ten times that is far from it. */
const LEVEL_BY_BOUNDARY = 10;

/** The alarm between two steps. */
export interface AlarmState {
	/** ln of the detector for each multiple; null is ln 0, for JSON. */
	readonly logValues: readonly (number | null)[];
	/** Steps that had labels, and the labels. */
	readonly steps: number;
	readonly labels: number;
}

/** Trials of one step, each of which fails with chance `boundary` at most while all is well. */
export interface AlarmGroup {
	readonly boundary: number;
	readonly n: number;
	readonly wrong: number;
}

/** An alarm that has seen nothing: for a new epoch, and after each alarm. */
export function createAlarm(): AlarmState {
	return { logValues: ALARM_MULTIPLES.map(() => null), steps: 0, labels: 0 };
}

/**
 * What a closed bucket says about the risk of what was accepted, phase by phase. Selective: labels of accepted rows, wrong with
 * chance targetRisk at most. Joint: all rows of a phase in which something is accepted, of which one is accepted, drawn and wrong
 * with chance targetRisk times the audits' propensity at most. Phases of an audition say nothing: nothing was accepted.
 */
export function alarmGroups(bucket: {
	readonly counts: readonly EvidenceCount[];
	readonly phases: readonly PhaseRecord[];
	readonly epoch: EpochRecord;
}): AlarmGroup[] {
	const { counts, phases, epoch } = bucket;
	return phases.flatMap((phase): AlarmGroup[] => {
		if (phase.epoch !== epoch.epoch || phase.deployed === null) return [];
		const rows = counts.filter((count) => count.epoch === epoch.epoch && count.phase === phase.phase);
		// Rows that were counted as wrong for want of a coin are no draws: they must not alarm.
		const audited = rows.filter(
			({ cell, propensity }) =>
				cellIsAccepted(phase, cell) &&
				cell < epoch.path.length &&
				(propensity < CERTAIN || phase.auditPropensity === CERTAIN),
		);
		const wrong = audited.reduce((sum, count) => sum + count.wrong, 0);
		const labels = audited.reduce((sum, count) => sum + count.n, 0);
		if (epoch.risk === "selective") return labels === 0 ? [] : [{ boundary: epoch.targetRisk, n: labels, wrong }];
		const n = rows.reduce((sum, count) => sum + count.n + count.unlabelled, 0);
		const chance =
			audited.reduce((most, { propensity }) => Math.max(most, propensity), phase.auditPropensity) / CERTAIN;
		return n === 0 ? [] : [{ boundary: epoch.targetRisk * chance, n, wrong }];
	});
}

/** The alarm after one closed bucket: S ← L (1 + S) for each multiple. A bucket without trials is no step and changes nothing. */
export function stepAlarm(state: AlarmState, groups: readonly AlarmGroup[]): AlarmState {
	const labels = groups.reduce((sum, { n }) => sum + n, 0);
	if (labels === 0) return state;
	const logValues = state.logValues.map((value, index) => {
		const multiple = ALARM_MULTIPLES[index] as number;
		const logL = groups.reduce(
			(sum, { boundary, n, wrong }) => sum + logLikelihoodRatio(wrong, n, boundary, alternativeOf(boundary, multiple)),
			0,
		);
		return logShiryaevRoberts(value ?? Number.NEGATIVE_INFINITY, logL);
	});
	return { logValues, steps: state.steps + 1, labels: state.labels + labels };
}

/** ln of the detector, the mean over the multiples; the alarm goes off where it is at least ln of the level. −∞ at first. */
export function alarmLogValue({ logValues }: AlarmState): number {
	return logMeanExp(logValues.map((value) => value ?? Number.NEGATIVE_INFINITY));
}

/** Risks that the alarm looks out for where `boundary` is allowed; kept below 1. */
export function alarmAlternatives(boundary: number): number[] {
	return ALARM_MULTIPLES.map((multiple) => alternativeOf(boundary, multiple));
}

/**
 * The level at which, while the risk is at most `boundary`, there is on average at most one alarm in 90 days: as many
 * steps as have labels in that time, since t steps hold at most t/level false alarms on average. At least 1,000, and ten times
 * 1/boundary: the detector creeps up to about 1/boundary while every answer is right, and must not alarm at that.
 *
 * To be fixed when a phase opens: a level that follows the stream would have to be predictable, and one that falls counts more.
 */
export function alarmLevel(input: { readonly stepsPerDay: number; readonly boundary: number }): number {
	const { stepsPerDay, boundary } = input;
	if (!(stepsPerDay >= 0 && Number.isFinite(stepsPerDay))) throw new RangeError("stepsPerDay is a rate");
	if (!(boundary > 0 && boundary < 1)) throw new RangeError("boundary must lie between 0 and 1");
	return Math.max(
		LEAST_LEVEL,
		Math.ceil(LEVEL_BY_BOUNDARY / boundary),
		Math.ceil(DAYS_BETWEEN_FALSE_ALARMS * stepsPerDay),
	);
}

function alternativeOf(boundary: number, multiple: number): number {
	return Math.min(multiple * boundary, (1 + boundary) / 2);
}
