import { failedCheck } from "../core/answer-checks.ts";
import type { ChatRequest, Completion } from "../core/completion.ts";
import { planConfidence, readConfidence, type ConfidencePlan } from "../core/confidence/method.ts";
import type { Price } from "../core/cost.ts";
import { decideDeferral } from "../core/deferral.ts";
import { unsupportedByEdge } from "../core/edge-support.ts";
import { err, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import type { Reason, TrailEntry } from "../core/trail.ts";
import { startDeadline, type Deadline } from "./deadline.ts";
import type { CascadeStage, Clock, StageCall, StageResolver } from "./ports.ts";
import { recordCall, recordFailedCall, type RunRecord } from "./run-record.ts";

/** What every stage of a run shares. */
export interface StageRun {
	readonly request: ChatRequest;
	readonly requestId: string;
	readonly maxOutputTokens: number;
	/** The client's own signal. */
	readonly signal: AbortSignal;
	readonly clock: Clock;
	readonly resolveStage: StageResolver;
	readonly record: RunRecord;
}

/** What came of a stage that may be deferred. */
export interface Judgement {
	readonly accepted: boolean;
	/** An answer that passed every check, held in case nothing better can be had; null where there is none. */
	readonly answer: Completion | null;
	readonly trailEntry: TrailEntry;
}

/** Runs a stage before the last: answer, checks, confidence, deferral. Adds its calls to the record. */
export async function judgeStage(run: StageRun, policy: StagePolicy, timeoutMs: number): Promise<Judgement> {
	const { confidence: method, threshold } = policy;
	const entry = (outcome: TrailEntry["outcome"], reason: Reason, detail?: string | null): TrailEntry => ({
		stage: policy.name,
		outcome,
		reason,
		confidence: null,
		threshold: threshold ?? null,
		...(detail == null ? {} : { detail }),
	});
	const without = (trailEntry: TrailEntry): Judgement => ({
		accepted: false,
		answer: null,
		trailEntry,
	});
	// The policy parser sees to it that both are there; a policy made otherwise defers rather than accepts.
	if (method === undefined || threshold === undefined)
		return without(entry("skipped", "confidence-unavailable", "no-method"));

	const resolved = await run.resolveStage(policy);
	if (!resolved.ok) return without(entry("failed", failureReason(resolved.error), resolved.error.kind));
	if (run.signal.aborted) return without(entry("failed", "edge-failed", "aborted"));
	const stage = resolved.value;
	const unsupported = unsupportedByEdge(run.request, stage.capabilities);
	if (unsupported !== null) return without(entry("skipped", "unsupported-by-edge", unsupported));
	const plan = planConfidence(method, run.request);
	if (plan.topLogprobs !== null && !stage.capabilities.logprobs) {
		// The answer could never be accepted, so it is not paid for.
		return without(entry("skipped", "confidence-unavailable", "no-logprobs"));
	}

	const deadline = startDeadline(run.clock, timeoutMs, run.signal);
	try {
		const calls = new StageCalls(run, policy, stage, deadline, timeoutMs);
		// Both begin now: samples would otherwise double the time.
		const samples = calls.samples(plan);
		const answered = await calls.make("answer", policy.model, policy.price, logprobsFor(plan, run.request));
		if (!answered.ok) return without(entry("failed", failureReason(answered.error), answered.error.kind));
		const answer = answered.value;
		const failed = failedCheck(run.request, answer);
		if (failed !== null) return without(entry("deferred", "rejected-by-check", failed));

		const verifyPrice = method.method === "verify" ? (method.price ?? policy.price) : policy.price;
		const verdict = await calls.verdict(plan, answer, verifyPrice);
		const reading = readConfidence(method, { answer, samples: await samples, verdict });
		const decision = decideDeferral(reading, threshold);
		const confidence = reading.kind === "measured" ? reading.confidence : null;
		const cause = reading.kind === "unavailable" ? reading.cause : null;
		const trailEntry =
			decision.kind === "accept" ? entry("accepted", "accepted") : entry("deferred", decision.reason, cause);
		return {
			accepted: decision.kind === "accept",
			answer,
			trailEntry: { ...trailEntry, confidence },
		};
	} finally {
		// Ends what still runs, such as samples after a failed answer.
		deadline.abort();
	}
}

/** How the failure of a stage before the last is named; every one of them leads to the next stage. */
function failureReason(failure: StageFailure): Reason {
	if (failure.kind === "timeout") return "edge-timeout";
	if (failure.kind === "daily-allocation" || failure.kind === "overloaded") return "edge-unavailable";
	return "edge-failed";
}

function logprobsFor(plan: ConfidencePlan, request: ChatRequest): Partial<StageCall> {
	if (plan.topLogprobs === null) return {};
	return { topLogprobs: Math.max(plan.topLogprobs, request.topLogprobs) };
}

/** The calls of one stage under one deadline, each timed and recorded. */
class StageCalls {
	readonly #run: StageRun;
	readonly #policy: StagePolicy;
	readonly #stage: CascadeStage;
	readonly #deadline: Deadline;
	readonly #timeoutMs: number;

	constructor(run: StageRun, policy: StagePolicy, stage: CascadeStage, deadline: Deadline, timeoutMs: number) {
		this.#run = run;
		this.#policy = policy;
		this.#stage = stage;
		this.#deadline = deadline;
		this.#timeoutMs = timeoutMs;
	}

	async make(
		purpose: "answer" | "sample" | "verify",
		model: string,
		price: Price,
		differences: Partial<StageCall>,
	): Promise<Result<Completion, StageFailure>> {
		const { request, requestId, maxOutputTokens, clock, record } = this.#run;
		const startedAt = clock.now();
		const result = await this.#deadline.race(
			this.#stage.complete({
				request,
				requestId,
				maxOutputTokens,
				model,
				signal: this.#deadline.signal,
				timeoutMs: this.#timeoutMs,
				...differences,
			}),
		);
		const call = { stage: this.#policy.name, model, purpose, ms: clock.now() - startedAt };
		if (result?.ok === true) {
			recordCall(record, call, price, result.value.usage);
			return result;
		}
		const failure = result === undefined || result.error.kind === "aborted" ? this.#stopped() : result.error;
		recordFailedCall(record, call, failure);
		return err(failure);
	}

	/** The further samples a plan asks for; null in place of one that failed. */
	async samples(plan: ConfidencePlan): Promise<(Completion | null)[]> {
		const { samples } = plan;
		if (samples === null) return [];
		const { model, price } = this.#policy;
		const numbers = Array.from({ length: samples.count }, (_, index) => index + 1);
		const results = await Promise.all(
			numbers.map((seedOffset) => this.make("sample", model, price, { temperature: samples.temperature, seedOffset })),
		);
		return results.map((result) => (result.ok ? result.value : null));
	}

	/** The checker's verdict on this answer; null where the plan has none or the call failed. */
	async verdict(plan: ConfidencePlan, answer: Completion, price: Price): Promise<Completion | null> {
		if (plan.verify === null) return null;
		const { model, declaredLogprobs } = plan.verify;
		const messages = plan.verify.messages(answer);
		// Alternatives are asked for so that "yes" and "no" can be weighed; a checker without them still says a word.
		const result = await this.make("verify", model, price, {
			messages,
			...(declaredLogprobs === undefined ? {} : { declaredLogprobs }),
			topLogprobs: VERDICT_ALTERNATIVES,
			maxOutputTokens: 1,
			temperature: 0,
		});
		return result.ok ? result.value : null;
	}

	#stopped(): StageFailure {
		return this.#deadline.expired() ? { kind: "timeout", afterMs: this.#timeoutMs } : { kind: "aborted" };
	}
}

const VERDICT_ALTERNATIVES = 5;
