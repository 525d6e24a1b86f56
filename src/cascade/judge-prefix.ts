import { failedCheck } from "../core/answer-checks.ts";
import { asksForJson } from "../core/checks/response-format.ts";
import type { Completion } from "../core/completion.ts";
import { readConfidence, type PrefixRule } from "../core/confidence/method.ts";
import { estimatedTokens } from "../core/gate.ts";
import { hasTools } from "../core/prompt-features.ts";
import { ok } from "../core/result.ts";
import { startDeadline } from "./deadline.ts";
import type { AnswerPrefix } from "./ports.ts";
import { reserveCall, UNLIMITED } from "./reserve-call.ts";
import { recordFailedCall, recordEstimatedCall, timingOf } from "./run-record.ts";
import {
	decidedEntry,
	judgedEntry,
	unansweredEntry,
	withoutAnswer,
	type JudgedStage,
	type Judgement,
} from "./stage-run.ts";

/**
 * Judges a stream on its beginning: at most so many tokens are held, or so many milliseconds after the first, then the
 * reading decides, and the answer is committed to or stopped. Nothing that needs the whole answer can be checked, so
 * requests with tools or a response format are not decided so; the policy parser refuses checks that would be passed
 * over.
 */
export async function judgePrefix(judged: JudgedStage, rule: PrefixRule): Promise<Judgement> {
	const { run, policy, stage, method, threshold, plan, timeoutMs } = judged;
	const { request, requestId, maxOutputTokens, clock, record } = run;
	if (needsWholeAnswer(judged)) {
		return withoutAnswer(judgedEntry(policy, "skipped", "confidence-unavailable", "prefix-not-applicable"));
	}
	const deadline = startDeadline(clock, timeoutMs, run.signal);
	const worst = { price: policy.price, request, outputTokens: maxOutputTokens * request.choices };
	const reserved = run.spending === undefined ? ok(UNLIMITED) : await reserveCall(run.spending, worst, deadline);
	if (!reserved.ok) {
		const failure = deadline.causeOf(reserved.error);
		deadline.abort();
		return withoutAnswer(unansweredEntry(policy, failure));
	}
	const reservation = reserved.value;
	const startedAt = clock.now();
	const called = { stage: policy.name, model: policy.model, purpose: "answer" as const };
	const timing = (firstEventAt?: number) => timingOf(run, called, { startedAt, firstEventAt });
	const opened = await deadline.race(
		stage.streamPrefix(
			{
				request,
				requestId,
				purpose: "answer",
				maxOutputTokens,
				model: policy.model,
				signal: deadline.signal,
				timeoutMs,
				...(plan.topLogprobs === null ? {} : { topLogprobs: Math.max(plan.topLogprobs, request.topLogprobs) }),
			},
			rule,
		),
	);
	if (opened?.ok !== true) {
		const failure = deadline.causeOf(opened?.error);
		deadline.abort();
		reservation.settle(recordFailedCall(record, timing(), failure));
		return withoutAnswer(unansweredEntry(policy, failure));
	}
	const { prefix, live, firstEventAt } = opened.value;
	// A read may bring more tokens than were waited for; the reading is over as many as a plain answer's would be.
	const answer = { ...answerSoFar(prefix), tokens: prefix.tokens?.slice(0, rule.tokens) ?? null };
	const failed = prefix.finishReason === null ? null : failedCheck(request, answer, run.checks);
	const trailEntry =
		failed === null
			? decidedEntry(
					policy,
					threshold,
					readConfidence(method, { request, answer, stated: null, samples: [], verdict: null }),
				)
			: judgedEntry(policy, "deferred", "rejected-by-check", failed);
	if (trailEntry.outcome === "accepted") {
		deadline.clear();
		const carriesLogprobs = plan.topLogprobs !== null;
		return {
			kind: "accepted-live",
			stream: { live, carriesLogprobs, startedAt, firstEventAt, reservation, abort: deadline.abort },
			trailEntry,
		};
	}
	deadline.abort();
	// The upstream reports usage at the end alone, which nobody waited for.
	const seen = {
		inputTokens: estimatedTokens(request),
		outputTokens: Math.max(prefix.tokens?.length ?? 0, prefix.text === "" ? 0 : 1),
	};
	reservation.settle(recordEstimatedCall(record, timing(firstEventAt), policy.price, seen));
	return withoutAnswer(trailEntry);
}

function needsWholeAnswer({ run: { request } }: JudgedStage): boolean {
	return hasTools(request) || asksForJson(request.body["response_format"]) || request.task !== undefined;
}

/** The beginning, seen as the answer that it is the beginning of. */
function answerSoFar({ text, tokens, finishReason }: AnswerPrefix): Completion {
	return {
		text,
		tokens,
		finishReason: finishReason ?? "unknown",
		toolCalls: [],
		refusal: null,
		scores: null,
		usage: null,
		body: {},
	};
}
