import type { Completion, TokenUsage } from "../core/completion.ts";
import { unsupportedByEdge } from "../core/edge-support.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import { failedTaskCheck } from "../core/answer-checks.ts";
import { startDeadline } from "./deadline.ts";
import { LEAST_MS_FOR_A_CALL, type CascadeStage } from "./ports.ts";
import { reserveCall, UNLIMITED } from "./reserve-call.ts";
import { recordAnswer, recordEstimatedCall, recordFailedCall, timingOf } from "./run-record.ts";
import type { StageRun, StageStream } from "./stage-run.ts";

/** What the last stage said. Its call is on record, but for a stream's, whose end nobody knows yet. */
export type FinalAnswer =
	| ({ readonly kind: "whole"; readonly answer: Completion } & OfSecond)
	| ({ readonly kind: "live"; readonly stream: StageStream } & OfSecond)
	| { readonly kind: "failed"; readonly failure: StageFailure };

/** Of an answer that the second origin gave. */
interface OfSecond {
	readonly detail?: string;
	readonly isOfSecond?: true;
	/** What the first had failed with; absent: it was slow, and nothing is known of it. */
	readonly firstFailure?: StageFailure;
}

/** What an answer says of the stage's first origin: its failure, or null where it is well; undefined where nothing is known of it. */
export function healthOf(final: FinalAnswer): StageFailure | null | undefined {
	if (final.kind === "failed") return final.failure;
	return final.isOfSecond === true ? final.firstFailure : null;
}

/** The last stage, being asked. */
export interface FinalCall {
	readonly result: Promise<FinalAnswer>;
	/** Its answer is not wanted any more: ends the call. `account` follows, once the served answer's usage is known. */
	readonly stop: () => void;
	/** Puts a call that was stopped on record as costing what `likely` does. */
	readonly account: (likely: TokenUsage | null) => void;
}

/**
 * Asks the stage whose answer is served whatever it says. `msLeft` of `msInAll` is the time that the request has. `ready` is
 * waited for when nothing but the call itself is left to do; where it says no, the call is not made.
 */
export function beginFinalStage(
	run: StageRun,
	stage: StagePolicy,
	msLeft: number,
	msInAll: number,
	ready?: () => Promise<boolean>,
): FinalCall {
	const { record, clock, request } = run;
	const timeoutMs = Math.min(stage.timeoutMs ?? msLeft, msLeft);
	const startedAt = clock.now();
	const deadline = startDeadline(clock, timeoutMs, run.signal);
	let state: "idle" | "asking" | "recorded" | "streaming" | "stopped" = "idle";
	let firstEventAt: number | undefined;
	const called = { stage: stage.name, model: stage.model, purpose: "answer" as const };
	const timing = (endedAt = clock.now()) => timingOf(run, called, { startedAt, firstEventAt, endedAt });
	let reservation = UNLIMITED;
	const failed = (failure: StageFailure): FinalAnswer => {
		deadline.abort();
		return { kind: "failed", failure };
	};
	const failedCall = (failure: StageFailure | undefined): FinalAnswer => {
		const cause = deadline.causeOf(failure);
		if (state === "asking") reservation.settle(recordFailedCall(record, timing(), cause));
		if (state === "asking") state = "recorded";
		return failed(cause);
	};

	async function ask(): Promise<FinalAnswer> {
		if (run.signal.aborted) return failed({ kind: "aborted" });
		if (msLeft < LEAST_MS_FOR_A_CALL) return failed({ kind: "timeout", afterMs: msInAll });
		const resolved = await run.resolveStage(stage);
		if (!resolved.ok) return failed(resolved.error);
		if (deadline.signal.aborted) return failed({ kind: "aborted" });
		const unsupported = unsupportedByLastStage(run, stage, resolved.value);
		if (unsupported !== null) return failed(unsupported);
		if (run.spending !== undefined) {
			const worst = { price: stage.price, request, outputTokens: run.maxOutputTokens * request.choices };
			const reserved = await reserveCall(run.spending, worst, deadline);
			if (!reserved.ok) return failedCall(reserved.error);
			reservation = reserved.value;
		}
		if (ready !== undefined && (!(await ready()) || deadline.signal.aborted)) {
			reservation.settle(0);
			return failed(deadline.causeOf(undefined));
		}
		const call = {
			request,
			requestId: run.requestId,
			purpose: "answer" as const,
			maxOutputTokens: run.maxOutputTokens,
			model: stage.model,
			signal: deadline.signal,
			// Finding the stage, setting money aside and telling a draw have taken of it.
			timeoutMs: Math.max(0, timeoutMs - timing().ms),
			onOver: deadline.onEnd,
			retried: () => void (record.retries += 1),
			// A label's score is told where the model can tell it.
			...(request.task !== undefined && resolved.value.capabilities.logprobs
				? { topLogprobs: LABEL_ALTERNATIVES }
				: {}),
		};
		state = "asking";
		if (request.stream) {
			const opened = await deadline.race(resolved.value.stream(call));
			if (opened?.ok !== true) return failedCall(opened?.error);
			deadline.clear();
			firstEventAt = clock.now();
			if (state === "asking") state = "streaming";
			const { ended } = opened.value;
			const stream = {
				live: opened.value,
				carriesLogprobs: false,
				startedAt,
				firstEventAt,
				reservation,
				abort: deadline.abort,
				ended,
			};
			return { kind: "live", stream };
		}
		const result = await deadline.race(resolved.value.complete(call));
		if (result?.ok !== true) return failedCall(result?.error);
		deadline.release();
		if (state === "asking") {
			reservation.settle(recordAnswer(record, timing(), stage.price, request, result.value));
		}
		if (state === "asking") state = "recorded";
		const problem = failedTaskCheck(request, result.value);
		return problem === null
			? { kind: "whole", answer: result.value }
			: { kind: "failed", failure: { kind: "invalid-answer", detail: problem } };
	}

	let stoppedAt = startedAt;
	return {
		result: ask(),
		stop() {
			stoppedAt = clock.now();
			deadline.abort();
			if (state === "asking" || state === "streaming") state = "stopped";
		},
		account(likely) {
			if (state !== "stopped") return;
			state = "recorded";
			reservation.settle(recordEstimatedCall(record, timing(stoppedAt), stage.price, likely));
		},
	};
}

/** The most alternatives that models list at a token. */
const LABEL_ALTERNATIVES = 20;

/** There is no later stage to pass the request on to, so the client is told what it asked for in vain. */
function unsupportedByLastStage(
	run: StageRun,
	stage: StagePolicy,
	{ capabilities }: CascadeStage,
): StageFailure | null {
	// An origin is sent what the client sent, known to us or not.
	if (stage.adapter === "openai" && capabilities.answers === "chat") return null;
	const param = unsupportedByEdge(run.request, capabilities);
	if (param === null) return null;
	if (param === "task") {
		const message = `The stage '${stage.name}' answers ${capabilities.answers} requests only.`;
		return { kind: "bad-request", message, param: "model", code: "unsupported_endpoint" };
	}
	const message = `'${param}' is not supported by the model of the stage '${stage.name}'.`;
	return { kind: "bad-request", message, param, code: "unsupported_parameter" };
}
