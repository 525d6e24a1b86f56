import type { AuditCost } from "../ledger/audit-cost.ts";
import type { Observation } from "../observation.ts";
import { DURATION_BUCKETS, METRIC_FAMILIES } from "./metric-families.ts";
import { addSeries, seriesName, type SeriesValues } from "./metric-report.ts";

const { stageFailures, retries: retried } = METRIC_FAMILIES;
const { requests, duration, cost, costUnknown, saved, overspent, tokens, audits, auditCost } = METRIC_FAMILIES;

/** What a name is counted as that no program of this one's time writes: the number of series must stay small. */
const OTHER = "other";
const NONE = "none";

const ENDPOINTS: ReadonlySet<string> = new Set([
	"chat.completions",
	"responses",
	"classifications",
	"moderations",
	"embeddings",
]);
const OUTCOMES: ReadonlySet<string> = new Set(["answered", "failed", "client-left"]);
/** Reasons are a closed list (`trail.ts`) of names of this form. */
const REASON = /^[a-z]+(?:-[a-z]+){0,5}$/u;
const MOST_REASON_CHARACTERS = 40;

/**
 * What one observation adds. No label is a tenant's own word: neither tenants, cascades, stages nor models, whose number
 * has no bound. Who answered is told by the reason.
 */
function requestMetrics(observation: Observation): SeriesValues {
	const { endpoint, outcome: givenOutcome, reason: givenReason, calls, costUsd, savedUsd, durationMs } = observation;
	const { trail = [], retries = 0 } = observation;
	const outcome = OUTCOMES.has(givenOutcome) ? givenOutcome : OTHER;
	const reason = reasonLabel(givenReason);
	const usages = calls.flatMap(({ usage }) => (usage === null ? [] : [usage]));
	const nanoSaved = scaled(savedUsd ?? 0, saved.unit);
	return withoutZeros({
		[seriesName(requests.name, { endpoint: ENDPOINTS.has(endpoint) ? endpoint : OTHER, outcome, reason })]: 1,
		...durationSeries(durationMs, reason === "accepted" ? "accepted" : outcome),
		[cost.name]: scaled(costUsd ?? 0, cost.unit),
		[costUnknown.name]: costUsd === null ? 1 : 0,
		[saved.name]: Math.max(0, nanoSaved),
		[overspent.name]: Math.max(0, 0 - nanoSaved),
		[seriesName(tokens.name, { kind: "input" })]: usages.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
		[retried.name]: retries,
		...stageFailureSeries(trail),
		[seriesName(tokens.name, { kind: "output" })]: usages.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
	});
}

/** Stages that failed, by the kind of their failure (`stage-failure.ts`), which is a name of the same form as a reason. */
function stageFailureSeries(trail: Observation["trail"]): SeriesValues {
	// Messages are read without their trails being looked into.
	const failed = (Array.isArray(trail) ? (trail as Observation["trail"]) : []).filter(
		({ outcome, detail }) => outcome === "failed" && detail !== undefined,
	);
	return addSeries(
		failed.map(({ detail }) => ({ [seriesName(stageFailures.name, { failure: reasonLabel(detail ?? null) })]: 1 })),
	);
}

/** What one audit adds. */
function auditMetrics({ costUsd }: Pick<AuditCost, "costUsd">): SeriesValues {
	return withoutZeros({ [audits.name]: 1, [auditCost.name]: scaled(costUsd ?? 0, auditCost.unit) });
}

/** What several observations and audits add. */
export function metricsOf(
	observations: readonly Observation[],
	ended: readonly Pick<AuditCost, "costUsd">[],
): SeriesValues {
	return addSeries([...observations.map(requestMetrics), ...ended.map(auditMetrics)]);
}

/** Buckets hold what is at most their end, as Prometheus has it: each holds those before it. */
function durationSeries(ms: number, result: string): SeriesValues {
	const seconds = Math.max(0, ms) / 1_000;
	const within = DURATION_BUCKETS.filter((end) => seconds <= end).map(String);
	return {
		...Object.fromEntries([...within, "+Inf"].map((le) => [seriesName(`${duration.name}_bucket`, { le, result }), 1])),
		[seriesName(`${duration.name}_count`, { result })]: 1,
		[seriesName(`${duration.name}_sum`, { result })]: scaled(seconds, duration.unit),
	};
}

function reasonLabel(reason: string | null): string {
	if (reason === null) return NONE;
	return reason.length <= MOST_REASON_CHARACTERS && REASON.test(reason) ? reason : OTHER;
}

function scaled(value: number, unit: number): number {
	return Math.round(value * unit) + 0;
}

function withoutZeros(values: SeriesValues): SeriesValues {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== 0));
}
