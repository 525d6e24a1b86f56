import { gatherFacts, type CascadeFacts } from "../core/cascade-facts.ts";
import type { Completion, TokenUsage } from "../core/completion.ts";
import { outsideDeclaredRanges } from "../core/evidence/declared-ranges.ts";
import { decideGate } from "../core/gate.ts";
import { isClientFault, type StageFailure } from "../core/stage-failure.ts";
import type { Cascade, StagePolicy } from "../core/tenant-policy.ts";
import type { Reason, TrailEntry } from "../core/trail.ts";
import type { Evidence } from "./evidence-port.ts";
import { beginEvidence, type EvidenceRun } from "./evidence-run.ts";
import type { FinalCall } from "./final-stage.ts";
import { beginLastStage } from "./hedged-stage.ts";
import { judgeStage } from "./judge-stage.ts";
import { LEAST_MS_FOR_A_CALL, type LiveAnswer } from "./ports.ts";
import { boundedRequest } from "./reserve-call.ts";
import { emptyRecord, recordCall, timingOf, usageOrEstimate, type RunRecord } from "./run-record.ts";
import { judgedEntry, type StageRun, type StageStream } from "./stage-run.ts";

/** What the stages of a run share, as far as it comes from outside. */
type SharedByStages = Omit<StageRun, "record" | "checks"> & {
	/** When the run must be over, in milliseconds since the Unix epoch; absent: after the cascade's own time. */
	readonly endsAt?: number;
	/** Of a guaranteed first stage; without it, such a stage accepts nothing. */
	readonly evidence?: Evidence | undefined;
};

/** Which stages may answer: the cascade decides, or the client insists on the first or the last. */
export type Route = "auto" | "edge" | "origin";

/** What a run ended with. */
export type CascadeOutcome =
	/** A whole answer, held. */
	| { readonly kind: "whole"; readonly answer: Completion; readonly facts: CascadeFacts }
	/** A stage's stream, begun and committed to. `settle` gives the facts once the stream's usage is known. */
	| {
			readonly kind: "live";
			readonly live: LiveAnswer;
			/** Log-probabilities are in it that a confidence method asked for. */
			readonly carriesLogprobs: boolean;
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

/** A stage before the last gets this share of what is left, unless the policy says otherwise. */
const SHARE_OF_TIME = 0.4;

/**
 * Answers a request by its cascade. The only place that knows the order of stages: each before the last answers,
 * is checked and read for confidence, and is served if it reaches its threshold; otherwise the next one is asked, and
 * the last is served whatever it says. One answer comes out, and the facts about every stage with it.
 *
 * A parallel cascade asks the last stage at the beginning and stops it where an earlier answer is accepted: the
 * decisions are the same, an escalated answer comes sooner, and every request pays for both.
 *
 * Under a guarantee the first stage's threshold follows from evidence, which the run gathers as it goes: what that asks
 * of models begins after the answer. A forced route and a request outside the declared ranges are no evidence.
 */
export async function runCascade(shared: SharedByStages, cascade: Cascade, route: Route): Promise<CascadeOutcome> {
	const record = emptyRecord();
	const request = boundedRequest(shared.request, shared.maxOutputTokens, shared.spending);
	const run: StageRun = { ...shared, request, checks: cascade.checks, record };
	const { endsAt = run.clock.now() + cascade.timeoutMs } = shared;
	const msLeft = () => endsAt - run.clock.now();
	const stages = routedStages(run, cascade, route);
	const evidence = evidenceOf(run, cascade, shared.evidence, stages.passedOver);
	const beside = cascade.mode === "parallel" && stages.judged.length > 0;
	const begin = (asking = run) => beginLastStage(asking, stages.final, msLeft(), cascade.timeoutMs);
	const early = !beside ? null : evidence === null ? begin() : evidence.beside(begin);
	let held: { readonly stage: StagePolicy; readonly answer: Completion } | null = null;

	for (const stage of stages.judged) {
		if (run.signal.aborted) break;
		const wantedMs = stage.timeoutMs ?? msLeft() * SHARE_OF_TIME;
		const mostMs = msLeft() - LEAST_MS_FOR_A_CALL;
		if (mostMs < Math.min(wantedMs, LEAST_MS_FOR_A_CALL)) {
			record.trail.push(judgedEntry(stage, "skipped", "edge-timeout", "no-time-left"));
			continue;
		}
		const judgement = await judgeStage(run, stage, Math.min(wantedMs, mostMs), evidence?.certified);
		record.trail.push(judgement.trailEntry);
		if (stage === cascade.stages[0]) evidence?.judged(judgement);
		if (judgement.kind === "not-accepted") {
			if (judgement.answer !== null) held = { stage, answer: judgement.answer };
			continue;
		}
		const unwanted = evidence?.served() === true ? null : early;
		unwanted?.stop();
		if (judgement.kind === "accepted-live") return live(run, cascade, stage, judgement.stream, "accepted", unwanted);
		unwanted?.account(usageOrEstimate(run.request, judgement.answer));
		return whole(run, cascade, stage, judgement.answer, "accepted");
	}
	return serveFinal(run, cascade, stages.final, early ?? begin(), route, held, evidence);
}

/** Null where the run is no evidence. */
function evidenceOf(
	run: StageRun,
	cascade: Cascade,
	evidence: Evidence | undefined,
	passedOver: Reason | null,
): EvidenceRun | null {
	const guarantee = cascade.stages[0]?.guarantee;
	if (evidence === undefined || guarantee === undefined || cascade.stages.length < 2) return null;
	if (passedOver !== null && passedOver !== "gated") return null;
	return beginEvidence(run, cascade, guarantee, evidence, passedOver === "gated");
}

async function serveFinal(
	run: StageRun,
	cascade: Cascade,
	stage: StagePolicy,
	call: FinalCall,
	route: Route,
	held: { readonly stage: StagePolicy; readonly answer: Completion } | null,
	evidence: EvidenceRun | null,
): Promise<CascadeOutcome> {
	const { record } = run;
	// Why this stage was asked: the decision before it, or the client's wish. Read before its own entry is added.
	const reason: Reason = route === "auto" ? (record.trail.at(-1)?.reason ?? "accepted") : "forced";
	const given = await call.result;
	const final = evidence === null ? given : evidence.final(given);
	if (final.kind === "failed") {
		const { failure } = final;
		const isUnpaid = failure.kind === "budget-exhausted";
		const wanted = isUnpaid ? run.spending?.onExhausted : cascade.onOriginFailure;
		const serveHeld = held !== null && wanted === "serve-edge-answer" && !isClientFault(failure);
		const failed: Reason = isUnpaid ? failure.kind : "origin-failed";
		const entry = lastEntry(stage, "failed", serveHeld ? `${failed}-served-edge` : failed, failure.kind);
		record.trail.push(entry);
		if (!serveHeld) return { kind: "failed", failure, stage: stage.name, record };
		return whole(run, cascade, held.stage, held.answer, entry.reason);
	}
	const detail = given.kind === "failed" ? undefined : given.detail;
	record.trail.push(lastEntry(stage, "accepted", route === "auto" ? "accepted" : "forced", detail));
	return final.kind === "live"
		? live(run, cascade, stage, final.stream, reason, null)
		: whole(run, cascade, stage, final.answer, reason);
}

/** The stages to judge and the one whose answer is final; stages passed over are put on the trail. */
function routedStages(
	run: StageRun,
	cascade: Cascade,
	route: Route,
): {
	readonly judged: readonly StagePolicy[];
	readonly final: StagePolicy;
	/** Why no stage before it is asked; null where they are. */
	readonly passedOver: Reason | null;
} {
	const [first, last] = [cascade.stages[0], cascade.stages.at(-1)];
	if (first === undefined || last === undefined) throw new Error("a cascade without stages passed the policy parser");
	const earlier = cascade.stages.slice(0, -1);
	if (route === "auto") {
		const { declaredRanges: ranges } = cascade;
		const outside = ranges === undefined ? null : outsideDeclaredRanges(ranges, run.request, run.maxOutputTokens);
		const gate = decideGate(cascade.gate, run.request, run.maxOutputTokens);
		if (outside === null && !gate.skip) return { judged: earlier, final: last, passedOver: null };
		const passedOver = outside === null ? "gated" : "outside-declared-ranges";
		const detail = outside ?? (gate.skip ? gate.detail : null);
		for (const stage of earlier) run.record.trail.push(judgedEntry(stage, "skipped", passedOver, detail));
		return { judged: [], final: last, passedOver };
	}
	const final = route === "edge" ? first : last;
	for (const { name } of cascade.stages.slice(0, cascade.stages.indexOf(final))) {
		run.record.trail.push({ stage: name, outcome: "skipped", reason: "forced", confidence: null, threshold: null });
	}
	return { judged: [], final, passedOver: "forced" };
}

function whole(
	{ request, record }: StageRun,
	cascade: Cascade,
	served: StagePolicy,
	answer: Completion,
	reason: Reason,
): CascadeOutcome {
	const servedUsage = usageOrEstimate(request, answer);
	const facts = gatherFacts({ cascade, served, servedUsage, reason, ...record });
	return { kind: "whole", answer, facts };
}

function live(
	run: StageRun,
	cascade: Cascade,
	served: StagePolicy,
	stream: StageStream,
	reason: Reason,
	stopped: FinalCall | null,
): CascadeOutcome {
	const { record } = run;
	const facts = (usage: TokenUsage | null) => gatherFacts({ cascade, served, servedUsage: usage, reason, ...record });
	return {
		kind: "live",
		live: stream.live,
		carriesLogprobs: stream.carriesLogprobs,
		facts: { ...facts(null), costUsd: null, savedUsd: null },
		settle(usage) {
			const call = timingOf(run, { stage: served.name, model: served.model, purpose: "answer" }, stream);
			stream.reservation.settle(recordCall(record, call, served.price, usage));
			stopped?.account(usage);
			stream.ended?.(usage);
			return facts(usage);
		},
		abort: stream.abort,
	};
}

/** The last stage's entry: it has no threshold, and nothing is measured. */
function lastEntry(stage: StagePolicy, outcome: TrailEntry["outcome"], reason: Reason, detail?: string): TrailEntry {
	return {
		stage: stage.name,
		outcome,
		reason,
		confidence: null,
		threshold: null,
		...(detail === undefined ? {} : { detail }),
	};
}
