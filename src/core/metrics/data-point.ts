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
	const { trail, calls, durationMs, costUsd, savedUsd, firstTokenMs, authMs = 0 } = observation;
	const judged = trail.findLast(({ confidence }) => confidence !== null);
	const [first, last] = [trail[0]?.stage, trail.at(-1)?.stage];
	let [inputTokens, outputTokens, firstStageMs, lastStageMs] = [0, 0, 0, 0];
	for (const { stage, ms, usage } of calls) {
		if (stage === first) firstStageMs = Math.max(firstStageMs, ms);
		if (stage === last && trail.length > 1) lastStageMs = Math.max(lastStageMs, ms);
		if (usage === null) continue;
		inputTokens += usage.inputTokens;
		outputTokens += usage.outputTokens;
	}
	return {
		indexes: [observation.tenant.slice(0, MOST_INDEX_BYTES)],
		blobs: inOrder<Blob, string>(DATA_POINT_COLUMNS.blobs, {
			cascade: observation.cascade,
			stage: observation.stage ?? "",
			reason: observation.reason ?? "",
			outcome: observation.outcome,
			endpoint: observation.endpoint,
			failure: observation.failure ?? "",
			thresholdSource: judged?.threshold == null ? "" : (judged.thresholdSource ?? "manual"),
			canary: observation.canary === true ? "canary" : "",
		}),
		doubles: inOrder<Double, number>(DATA_POINT_COLUMNS.doubles, {
			costUsd: costUsd ?? 0,
			isCostUnknown: costUsd === null ? 1 : 0,
			savedUsd: savedUsd ?? 0,
			durationMs,
			firstTokenMs: firstTokenMs ?? durationMs,
			authMs,
			firstStageMs,
			lastStageMs,
			inputTokens,
			outputTokens,
			confidence: judged?.confidence ?? NONE,
			threshold: judged?.threshold ?? NONE,
			calls: calls.length,
			retries: observation.retries ?? 0,
			policyRevision: observation.policyRevision,
		}),
	};
}

function inOrder<Name extends string, Value>(names: readonly Name[], values: Readonly<Record<Name, Value>>): Value[] {
	return names.map((name) => values[name]);
}
