import { gatherFacts, type CascadeFacts } from "../core/cascade-facts.ts";
import type { Completion, TokenUsage } from "../core/completion.ts";
import { unsupportedByEdge } from "../core/edge-support.ts";
import { isClientFault, type StageFailure } from "../core/stage-failure.ts";
import type { Cascade, StagePolicy } from "../core/tenant-policy.ts";
import type { Reason } from "../core/trail.ts";
import { startDeadline, type Deadline } from "./deadline.ts";
import { judgeStage, type StageRun } from "./judge-stage.ts";
import type { LiveAnswer } from "./ports.ts";
import { emptyRecord, recordCall, recordFailedCall, type RunRecord } from "./run-record.ts";

/** Which stages may answer: the cascade decides, or the client insists on the first or the last. */
export type Route = "auto" | "edge" | "origin";

/** What a run ended with. */
export type CascadeOutcome =
	/** A whole answer, held. */
	| { readonly kind: "whole"; readonly answer: Completion; readonly facts: CascadeFacts }
	/** The last stage's stream, begun. `settle` gives the facts once the stream's usage is known. */
	| {
			readonly kind: "live";
			readonly live: LiveAnswer;
			/** As far as known when the stream begins; its cost is not. */
			readonly facts: CascadeFacts;
			readonly settle: (usage: TokenUsage | null) => CascadeFacts;
			/** Ends the upstream call. */
			readonly abort: () => void;
	  }
	| {
			readonly kind: "failed";
			readonly failure: StageFailure;
			readonly stage: string;
			readonly record: RunRecord;
	  };

/** Below this, a call is not begun: it would only be paid for and aborted. */
const LEAST_MS_FOR_A_CALL = 500;
/** A stage before the last gets this share of what is left, unless the policy says otherwise. */
const SHARE_OF_TIME = 0.4;

/**
 * Answers a request by its cascade. The only place that knows the order of stages: each before the last answers,
 * is checked and read for confidence, and is served if it reaches its threshold; otherwise the next one is asked, and
 * the last is served whatever it says. One answer comes out, and the facts about every stage with it.
 */
export async function runCascade(
	shared: Omit<StageRun, "record">,
	cascade: Cascade,
	route: Route,
): Promise<CascadeOutcome> {
	const record = emptyRecord();
	const run: StageRun = { ...shared, record };
	const endsAt = run.clock.now() + cascade.timeoutMs;
	const msLeft = () => endsAt - run.clock.now();
	const stages = routedStages(cascade, route, record);
	let held: { readonly stage: StagePolicy; readonly answer: Completion } | null = null;

	for (const stage of stages.judged) {
		if (run.signal.aborted) break;
		const wantedMs = stage.timeoutMs ?? msLeft() * SHARE_OF_TIME;
		const mostMs = msLeft() - LEAST_MS_FOR_A_CALL;
		if (mostMs < Math.min(wantedMs, LEAST_MS_FOR_A_CALL)) {
			record.trail.push({
				stage: stage.name,
				outcome: "skipped",
				reason: "edge-timeout",
				confidence: null,
				threshold: stage.threshold ?? null,
				detail: "no-time-left",
			});
			continue;
		}
		const timeoutMs = Math.min(wantedMs, mostMs);
		const judgement = await judgeStage(run, stage, timeoutMs);
		record.trail.push(judgement.trailEntry);
		if (judgement.answer !== null) held = { stage, answer: judgement.answer };
		if (judgement.accepted && judgement.answer !== null) {
			return whole(cascade, stage, judgement.answer, "accepted", record);
		}
	}

	const final = await askFinalStage(run, cascade, stages.final, route, msLeft());
	if (final.kind !== "failed") return final;
	const mayServeHeld = cascade.onOriginFailure === "serve-edge-answer" && !isClientFault(final.failure);
	if (held === null || !mayServeHeld) {
		record.trail.push(failedEntry(stages.final, "origin-failed", final.failure));
		return final;
	}
	record.trail.push(failedEntry(stages.final, "origin-failed-served-edge", final.failure));
	return whole(cascade, held.stage, held.answer, "origin-failed-served-edge", record);
}

/** The stages to judge and the one whose answer is final; stages passed over are put on the trail. */
function routedStages(
	cascade: Cascade,
	route: Route,
	record: RunRecord,
): { readonly judged: readonly StagePolicy[]; readonly final: StagePolicy } {
	const [first, last] = [cascade.stages[0], cascade.stages.at(-1)];
	if (first === undefined || last === undefined) throw new Error("a cascade without stages passed the policy parser");
	if (route === "auto") return { judged: cascade.stages.slice(0, -1), final: last };
	const final = route === "edge" ? first : last;
	for (const { name } of cascade.stages.slice(0, cascade.stages.indexOf(final))) {
		record.trail.push({
			stage: name,
			outcome: "skipped",
			reason: "forced",
			confidence: null,
			threshold: null,
		});
	}
	return { judged: [], final };
}

async function askFinalStage(
	run: StageRun,
	cascade: Cascade,
	stage: StagePolicy,
	route: Route,
	msLeft: number,
): Promise<CascadeOutcome> {
	const { record, clock, request } = run;
	const failed = (failure: StageFailure): CascadeOutcome => ({
		kind: "failed",
		failure,
		stage: stage.name,
		record,
	});
	if (run.signal.aborted) return failed({ kind: "aborted" });
	const timeoutMs = Math.min(stage.timeoutMs ?? msLeft, msLeft);
	if (msLeft < LEAST_MS_FOR_A_CALL) return failed({ kind: "timeout", afterMs: cascade.timeoutMs });
	const resolved = await run.resolveStage(stage);
	if (!resolved.ok) return failed(resolved.error);
	if (run.signal.aborted) return failed({ kind: "aborted" });
	const unsupported = stage.adapter === "workers-ai" ? unsupportedByEdge(request, resolved.value.capabilities) : null;
	if (unsupported !== null) return failed(unsupportedFailure(stage, unsupported));

	// Why this stage was asked: the decision before it, or the client's wish. Read before its own entry is added.
	const reason: Reason = route === "auto" ? (record.trail.at(-1)?.reason ?? "accepted") : "forced";
	const deadline = startDeadline(clock, timeoutMs, run.signal);
	const startedAt = clock.now();
	const call = {
		request,
		requestId: run.requestId,
		maxOutputTokens: run.maxOutputTokens,
		model: stage.model,
		signal: deadline.signal,
		timeoutMs,
	};
	const timing = () => ({
		stage: stage.name,
		model: stage.model,
		purpose: "answer" as const,
		ms: clock.now() - startedAt,
	});
	const fail = (failure: StageFailure | undefined): CascadeOutcome => {
		const cause = failure === undefined || failure.kind === "aborted" ? stopped(deadline, timeoutMs) : failure;
		deadline.abort();
		recordFailedCall(record, timing(), cause);
		return failed(cause);
	};
	const answeredEntry = {
		stage: stage.name,
		outcome: "accepted",
		reason: route === "auto" ? "accepted" : "forced",
		confidence: null,
		threshold: null,
	} as const;

	if (!request.stream) {
		const result = await deadline.race(resolved.value.complete(call));
		if (result?.ok !== true) return fail(result?.error);
		// Also where all is well: a signal that crossed to another Worker holds the request open until it is settled.
		deadline.abort();
		recordCall(record, timing(), stage.price, result.value.usage);
		record.trail.push(answeredEntry);
		return whole(cascade, stage, result.value, reason, record);
	}
	const result = await deadline.race(resolved.value.stream(call));
	if (result?.ok !== true) return fail(result?.error);
	deadline.clear();
	record.trail.push(answeredEntry);
	const facts = (usage: TokenUsage | null) =>
		gatherFacts({
			cascade,
			served: stage,
			servedUsage: usage,
			reason,
			trail: record.trail,
			calls: record.calls,
		});
	return {
		kind: "live",
		live: result.value,
		facts: { ...facts(null), costUsd: null, savedUsd: null },
		settle(usage) {
			recordCall(record, timing(), stage.price, usage);
			return facts(usage);
		},
		abort: deadline.abort,
	};
}

/** There is no later stage to pass the request on to, so the client is told what it asked for in vain. */
function unsupportedFailure(stage: StagePolicy, param: string): StageFailure {
	const message = `'${param}' is not supported by the model of the stage '${stage.name}'.`;
	return { kind: "bad-request", message, param, code: "unsupported_parameter" };
}

function whole(
	cascade: Cascade,
	served: StagePolicy,
	answer: Completion,
	reason: Reason,
	record: RunRecord,
): CascadeOutcome {
	const facts = gatherFacts({ cascade, served, servedUsage: answer.usage, reason, ...record });
	return { kind: "whole", answer, facts };
}

function failedEntry(stage: StagePolicy, reason: Reason, failure: StageFailure) {
	return {
		stage: stage.name,
		outcome: "failed",
		reason,
		confidence: null,
		threshold: null,
		detail: failure.kind,
	} as const;
}

function stopped(deadline: Deadline, timeoutMs: number): StageFailure {
	return deadline.expired() ? { kind: "timeout", afterMs: timeoutMs } : { kind: "aborted" };
}
