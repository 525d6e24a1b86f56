import type { CascadeFacts } from "../core/cascade-facts.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { Clock, Span, SpanAttributes, StageResolver, Tracer } from "./ports.ts";
import type { CascadeOutcome } from "./run-cascade.ts";
import { tracedStages } from "./traced-stage.ts";

/** What tracing has to know of a run. */
interface Traceable {
	readonly tracer?: Tracer | undefined;
	readonly resolveStage: StageResolver;
	readonly clock: Clock;
}

/**
 * Runs a cascade, and where the run is being traced in a span of its own, with one beneath it for each call to a model. The span
 * of a stream ends with the stream.
 */
export function tracedRun<Shared extends Traceable>(
	shared: Shared,
	run: (shared: Shared) => Promise<CascadeOutcome>,
): Promise<CascadeOutcome> {
	const { tracer, resolveStage, clock } = shared;
	if (tracer === undefined) return run(shared);
	return tracer.within("cascade", {}, async (span) => {
		const outcome = await run({ ...shared, resolveStage: tracedStages(tracer, clock, resolveStage) });
		if (outcome.kind === "live") return endedWithStream(span, outcome);
		span.end(outcome.kind === "whole" ? factAttributes(outcome.facts) : failureAttributes(outcome.failure.kind));
		return outcome;
	});
}

type Live = Extract<CascadeOutcome, { kind: "live" }>;

function endedWithStream(span: Span, outcome: Live): Live {
	return {
		...outcome,
		settle(usage, failure) {
			const facts = outcome.settle(usage, failure);
			span.end({ ...factAttributes(facts), ...(failure === undefined ? {} : failureAttributes(failure)) });
			return facts;
		},
	};
}

function factAttributes(facts: CascadeFacts): SpanAttributes {
	return {
		"cascade.stage": facts.stage,
		"cascade.reason": facts.reason,
		"cascade.confidence": facts.confidence ?? undefined,
		"cascade.threshold": facts.threshold ?? undefined,
		"cascade.retries": facts.retries,
		"cascade.cost_usd": facts.costUsd ?? undefined,
		"cascade.saved_usd": facts.savedUsd ?? undefined,
	};
}

function failureAttributes(kind: StageFailure["kind"]): SpanAttributes {
	return { "error.type": kind };
}
