import type { AnswerChecks } from "../core/answer-checks.ts";
import type { ChatRequest, Completion } from "../core/completion.ts";
import type { ConfidenceMethod, ConfidencePlan } from "../core/confidence/method.ts";
import { decideDeferral } from "../core/deferral.ts";
import type { EffectiveThreshold } from "../core/evidence/effective-threshold.ts";
import type { HedgeBudget } from "../core/resilience/hedge-budget.ts";
import type { ConfidenceReading } from "../core/reading.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import type { Reason, TrailEntry } from "../core/trail.ts";
import type {
	CallerSignal,
	CascadeStage,
	Clock,
	LiveAnswer,
	Reservation,
	Spending,
	StageResolver,
	StreamEnded,
	Tracer,
} from "./ports.ts";
import type { RunRecord } from "./run-record.ts";

/** What every stage of a run shares. */
export interface StageRun {
	readonly request: ChatRequest;
	readonly requestId: string;
	readonly maxOutputTokens: number;
	/** The client's own signal. */
	readonly signal: CallerSignal;
	readonly clock: Clock;
	/** When the request arrived, in milliseconds since the Unix epoch; absent: calls are not told when they began. */
	readonly arrivedAt?: number | undefined;
	readonly resolveStage: StageResolver;
	readonly checks: AnswerChecks;
	readonly record: RunRecord;
	/** Absent: the tenant has no budget. */
	readonly spending?: Spending | undefined;
	/** Bounds how often a slow last stage is asked at its second origin too; absent: second origins are not used. */
	readonly hedges?: HedgeBudget | undefined;
	/** Absent: the run is not being traced. */
	readonly tracer?: Tracer | undefined;
}

/** A stage about to be asked, with what its judgement needs. */
export interface JudgedStage {
	readonly run: StageRun;
	readonly policy: StagePolicy;
	readonly stage: CascadeStage;
	readonly method: ConfidenceMethod;
	readonly threshold: number;
	readonly plan: ConfidencePlan;
	readonly nonce: string;
	readonly timeoutMs: number;
}

/** What came of a stage that may be deferred. */
export type Judgement =
	| { readonly kind: "accepted"; readonly answer: Completion; readonly trailEntry: TrailEntry }
	/** Accepted on its beginning; the rest is still coming. */
	| { readonly kind: "accepted-live"; readonly stream: StageStream; readonly trailEntry: TrailEntry }
	| {
			readonly kind: "not-accepted";
			/** An answer that passed every check, held in case no later stage answers; null where there is none. */
			readonly answer: Completion | null;
			readonly trailEntry: TrailEntry;
	  };

/** A stage's stream that will be served, its call not yet on record. */
export interface StageStream {
	readonly live: LiveAnswer;
	/** Log-probabilities are in it because a confidence method wanted them. */
	readonly carriesLogprobs: boolean;
	readonly startedAt: number;
	/** When its first event was there; absent where that is not known. */
	readonly firstEventAt?: number | undefined;
	/** What its call is paid from. */
	readonly reservation: Reservation;
	/** Ends the upstream call. */
	readonly abort: () => void;
	/** To be told when its end is known, whatever it was. */
	readonly ended?: StreamEnded | undefined;
}

/** A detail may hold the name of a client's parameter, which is as long as the client likes. */
const MOST_DETAIL_CHARACTERS = 100;

/** A judged stage's entry on the trail, with no confidence measured yet. */
export function judgedEntry(
	policy: StagePolicy,
	outcome: TrailEntry["outcome"],
	reason: Reason,
	detail?: string | null,
): TrailEntry {
	return {
		stage: policy.name,
		outcome,
		reason,
		confidence: null,
		// A guaranteed stage's own is a fallback, in force only where `guaranteedEntry` says so.
		threshold: policy.guarantee === undefined ? (policy.threshold ?? null) : null,
		...(detail == null ? {} : { detail: detail.slice(0, MOST_DETAIL_CHARACTERS) }),
	};
}

/** A stage that gave nothing that could be served. */
export function withoutAnswer(trailEntry: TrailEntry): Judgement {
	return { kind: "not-accepted", answer: null, trailEntry };
}

const UNAVAILABLE: ReadonlySet<StageFailure["kind"]> = new Set([
	"daily-allocation",
	"overloaded",
	"circuit-open",
] as const);

/** How the failure of a stage before the last is named; every one of them leads to the next stage. */
export function failureReason(failure: StageFailure): Reason {
	if (failure.kind === "budget-exhausted") return failure.kind;
	if (failure.kind === "timeout") return "edge-timeout";
	if (UNAVAILABLE.has(failure.kind)) return "edge-unavailable";
	return "edge-failed";
}

/** The trail entry of a stage that was to be asked and gave no answer. One that cannot be paid for is not even asked. */
export function unansweredEntry(policy: StagePolicy, failure: StageFailure): TrailEntry {
	return failure.kind === "budget-exhausted"
		? judgedEntry(policy, "skipped", failure.kind)
		: judgedEntry(policy, "failed", failureReason(failure), failure.kind);
}

/** The trail entry of a decision that was made. */
export function decidedEntry(policy: StagePolicy, threshold: number, reading: ConfidenceReading): TrailEntry {
	const decision = decideDeferral(reading, threshold);
	const confidence = reading.kind === "measured" ? reading.confidence : null;
	const cause = reading.kind === "unavailable" ? reading.cause : null;
	const entry =
		decision.kind === "accept"
			? judgedEntry(policy, "accepted", "accepted")
			: judgedEntry(policy, "deferred", decision.reason, cause);
	return { ...entry, confidence };
}

/**
 * The trail entry of a guaranteed stage's decision. Where nothing is accepted, a reading defers for that reason and not
 * for being low; a manual threshold that stands in for a certified one says why in the entry's detail.
 */
export function guaranteedEntry(
	policy: StagePolicy,
	{ threshold, source, standing }: EffectiveThreshold,
	reading: ConfidenceReading,
): TrailEntry {
	// No reading reaches a threshold that is no number.
	const entry = decidedEntry(policy, threshold ?? Number.NaN, reading);
	if (threshold === null)
		return entry.reason === "low-confidence" ? { ...entry, reason: standing ?? "no-certificate" } : entry;
	return {
		...entry,
		threshold,
		thresholdSource: source,
		...(standing === null || entry.detail !== undefined ? {} : { detail: standing }),
	};
}
