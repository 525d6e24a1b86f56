import type { Completion, TokenUsage } from "../core/completion.ts";
import type { ConfidencePlan } from "../core/confidence/method.ts";
import type { Price } from "../core/cost.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import type { CallRecord } from "../core/trail.ts";
import { type Deadline } from "./deadline.ts";
import { LEAST_MS_FOR_A_CALL, type CascadeStage, type Reservation, type Spending, type StageCall } from "./ports.ts";
import { reserveCall, UNLIMITED } from "./reserve-call.ts";
import { recordAnswer, recordEstimatedCall, recordFailedCall, timingOf } from "./run-record.ts";
import type { StageRun } from "./stage-run.ts";

/** Alternatives asked for at the checker's word, so that "yes" and "no" can be weighed. */
const VERDICT_ALTERNATIVES = 5;

interface PendingCall {
	readonly called: Pick<CallRecord, "stage" | "model" | "purpose">;
	readonly price: Price;
	readonly startedAt: number;
	readonly reservation: Reservation;
}

/** The calls of one judged stage under one deadline, each timed and put on record exactly once. */
export class StageCalls {
	readonly #run: StageRun;
	readonly #policy: StagePolicy;
	readonly #stage: CascadeStage;
	readonly #deadline: Deadline;
	readonly #endsAt: number;
	readonly #pending = new Set<PendingCall>();

	constructor(run: StageRun, policy: StagePolicy, stage: CascadeStage, deadline: Deadline, timeoutMs: number) {
		this.#run = run;
		this.#policy = policy;
		this.#stage = stage;
		this.#deadline = deadline;
		this.#endsAt = run.clock.now() + timeoutMs;
	}

	/** The answer to the request. */
	answer(plan: ConfidencePlan): Promise<Result<Completion, StageFailure>> {
		const { model, price } = this.#policy;
		const { topLogprobs, messages } = plan;
		return this.#make("answer", model, price, {
			...(topLogprobs === null ? {} : { topLogprobs: Math.max(topLogprobs, this.#run.request.topLogprobs) }),
			...(messages === null ? {} : { messages }),
		});
	}

	/** The further samples a plan asks for, begun now; null in place of one that failed. */
	samples(plan: ConfidencePlan): Promise<Completion | null>[] {
		const { samples } = plan;
		if (samples === null) return [];
		const { model, price } = this.#policy;
		return Array.from({ length: samples.count }, async (_, index) => {
			const differences = { temperature: samples.temperature, seedOffset: index + 1 };
			const result = await this.#make("sample", model, price, differences);
			return result.ok ? result.value : null;
		});
	}

	/** The checker's verdict on this answer; null where the plan has none, no time is left for it, or the call failed. */
	async verdict(plan: ConfidencePlan, answer: Completion, price: Price): Promise<Completion | null> {
		if (plan.verify === null || this.#msLeft() < LEAST_MS_FOR_A_CALL) return null;
		const { model, declaredLogprobs } = plan.verify;
		// A checker without log-probabilities still says a word.
		const result = await this.#make("verify", model, price, {
			purpose: "verdict",
			messages: plan.verify.messages(answer),
			...(declaredLogprobs === undefined ? {} : { declaredLogprobs }),
			topLogprobs: VERDICT_ALTERNATIVES,
			maxOutputTokens: 1,
			temperature: 0,
		});
		return result.ok ? result.value : null;
	}

	/**
	 * Ends the stage: what still runs is stopped and put on record as the estimate that it is. `likely` is what such a
	 * call uses when it is let finish, as the answer has shown; null where there is none.
	 */
	end(likely: TokenUsage | null): void {
		if (this.#pending.size === 0) {
			this.#deadline.release();
			return;
		}
		for (const { called, price, startedAt, reservation } of this.#pending) {
			const timing = timingOf(this.#run, called, { startedAt });
			reservation.settle(recordEstimatedCall(this.#run.record, timing, price, likely));
		}
		this.#pending.clear();
		this.#deadline.abort();
	}

	async #make(
		purpose: CallRecord["purpose"],
		model: string,
		price: Price,
		differences: Partial<StageCall>,
	): Promise<Result<Completion, StageFailure>> {
		const { request, requestId, maxOutputTokens, clock, record, spending } = this.#run;
		// Without a budget the call begins in this turn.
		const reserved = spending === undefined ? ok(UNLIMITED) : await this.#reserve(spending, price, differences);
		if (!reserved.ok) return reserved;
		const reservation = reserved.value;
		const pending: PendingCall = {
			called: { stage: this.#policy.name, model, purpose },
			price,
			startedAt: clock.now(),
			reservation,
		};
		this.#pending.add(pending);
		const result = await this.#deadline.race(
			this.#stage.complete({
				request,
				requestId,
				purpose: "answer",
				maxOutputTokens,
				model,
				signal: this.#deadline.signal,
				timeoutMs: this.#msLeft(),
				onOver: this.#deadline.onEnd,
				retried: () => void (record.retries += 1),
				...differences,
			}),
		);
		// Where it is gone, the stage has ended meanwhile, and this call is on record already.
		const isOpen = this.#pending.delete(pending);
		const timing = timingOf(this.#run, pending.called, pending);
		if (result?.ok === true) {
			if (!isOpen) return err({ kind: "aborted" });
			reservation.settle(recordAnswer(record, timing, price, request, result.value));
			return result;
		}
		const cause = this.#deadline.causeOf(result?.error);
		if (isOpen) reservation.settle(recordFailedCall(record, timing, cause));
		return err(cause);
	}

	async #reserve(
		spending: Spending,
		price: Price,
		{ messages, purpose = "answer", maxOutputTokens }: Partial<StageCall>,
	): Promise<Result<Reservation, StageFailure>> {
		const { request } = this.#run;
		const worst = {
			price,
			request: messages === undefined ? request : { ...request, messages },
			outputTokens: (maxOutputTokens ?? this.#run.maxOutputTokens) * (purpose === "answer" ? request.choices : 1),
		};
		const reserved = await reserveCall(spending, worst, this.#deadline);
		return reserved.ok ? reserved : err(this.#deadline.causeOf(reserved.error));
	}

	#msLeft(): number {
		return Math.max(0, this.#endsAt - this.#run.clock.now());
	}
}
