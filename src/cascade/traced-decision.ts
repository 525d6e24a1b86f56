import type { GateDecision } from "../core/gate.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import type { TrailEntry } from "../core/trail.ts";
import type { SpanAttributes } from "./ports.ts";
import type { StageRun } from "./stage-run.ts";

/** What a span says of the gate. `outside`: the parameter that is outside the declared ranges, null where none is. */
export function gateAttributes(outside: string | null, gate: GateDecision): SpanAttributes {
	return {
		"cascade.gate.skipped": outside !== null || gate.skip,
		"cascade.detail": outside ?? (gate.skip ? gate.detail : undefined),
		"cascade.gate.score": gate.score ?? undefined,
	};
}

/** What a span says of a reading: the confidence as the evaluation that it is, or why there is none. */
export function readingAttributes({ name, confidence: method }: StagePolicy, entry: TrailEntry): SpanAttributes {
	const { confidence, reason, detail } = entry;
	return {
		"cascade.stage": name,
		"gen_ai.evaluation.name": method?.method,
		"gen_ai.evaluation.score.value": confidence ?? undefined,
		"cascade.check.failed": reason === "rejected-by-check" ? detail : undefined,
		"cascade.detail": confidence === null && reason !== "rejected-by-check" ? detail : undefined,
	};
}

/** Puts the decision on this stage, the newest of the trail, on the trace. */
export function traceDeferral({ tracer, record }: StageRun, { name }: StagePolicy): void {
	const entry = record.trail.at(-1);
	if (tracer === undefined || entry === undefined) return;
	const { outcome, reason, confidence, threshold, thresholdSource, detail } = entry;
	tracer.begin("deferral").end({
		"cascade.stage": name,
		"cascade.decision": outcome,
		"cascade.reason": reason,
		"cascade.confidence": confidence ?? undefined,
		"cascade.threshold": threshold ?? undefined,
		"cascade.threshold.source": threshold === null ? undefined : (thresholdSource ?? "manual"),
		"cascade.detail": detail,
	});
}
