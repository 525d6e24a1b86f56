import type { Observation } from "../observation.ts";

/** The columns of a data point in the order in which they are written; a new one goes to the end. `docs/observability.md` explains them. */
export const DATA_POINT_COLUMNS = {
	blobs: ["cascade", "stage", "reason", "outcome", "endpoint", "failure", "thresholdSource", "canary"],
	doubles: [
		"costUsd",
		"isCostUnknown",
		"savedUsd",
		"durationMs",
		"firstTokenMs",
		"authMs",
		"firstStageMs",
		"lastStageMs",
		"inputTokens",
		"outputTokens",
		"confidence",
		"threshold",
		"calls",
		"retries",
		"policyRevision",
	],
} as const satisfies Readonly<Record<"blobs" | "doubles", readonly string[]>>;

type Blob = (typeof DATA_POINT_COLUMNS.blobs)[number];
type Double = (typeof DATA_POINT_COLUMNS.doubles)[number];

/** One row of a dataset of Workers Analytics Engine. */
export interface DataPoint {
	/** What rows are sampled by, of at most 96 bytes: the tenant. */
	readonly indexes: [string];
	readonly blobs: string[];
	readonly doubles: number[];
}

/** A confidence or threshold that is none: no number of [0, 1], and one that a condition leaves out. */
const NONE = -1;
const MOST_INDEX_BYTES = 96;

/**
 * An observation as a data point. A dataset has no null: text that is not there is empty, a cost that is not known 0 with
 * `isCostUnknown` 1, a confidence that was not read −1, a time that was not taken 0.
 */
export function dataPointOf(observation: Observation): DataPoint {
	const { tenant, trail, calls, durationMs, costUsd, savedUsd, firstTokenMs, authMs = 0 } = observation;
	const judged = trail.findLast(({ confidence }) => confidence !== null);
	const usages = calls.flatMap(({ usage }) => (usage === null ? [] : [usage]));
	const [first, last] = [trail[0]?.stage, trail.at(-1)?.stage];
	const stageMs = (stage: string | undefined) =>
		Math.max(0, ...calls.filter((call) => call.stage === stage).map(({ ms }) => ms));
	const blobs: Readonly<Record<Blob, string>> = {
		cascade: observation.cascade,
		stage: observation.stage ?? "",
		reason: observation.reason ?? "",
		outcome: observation.outcome,
		endpoint: observation.endpoint,
		failure: observation.failure ?? "",
		thresholdSource: judged?.threshold == null ? "" : (judged.thresholdSource ?? "manual"),
		canary: observation.canary === true ? "canary" : "",
	};
	const doubles: Readonly<Record<Double, number>> = {
		costUsd: costUsd ?? 0,
		isCostUnknown: costUsd === null ? 1 : 0,
		savedUsd: savedUsd ?? 0,
		durationMs,
		firstTokenMs: firstTokenMs ?? durationMs,
		authMs,
		firstStageMs: stageMs(first),
		lastStageMs: trail.length > 1 ? stageMs(last) : 0,
		inputTokens: usages.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
		outputTokens: usages.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
		confidence: judged?.confidence ?? NONE,
		threshold: judged?.threshold ?? NONE,
		calls: calls.length,
		retries: observation.retries ?? 0,
		policyRevision: observation.policyRevision,
	};
	return {
		indexes: [tenant.slice(0, MOST_INDEX_BYTES)],
		blobs: DATA_POINT_COLUMNS.blobs.map((name) => blobs[name]),
		doubles: DATA_POINT_COLUMNS.doubles.map((name) => doubles[name]),
	};
}
