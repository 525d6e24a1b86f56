import type { Embedder } from "../cascade/embeddings-port.ts";
import type { EvidenceExchange, GuaranteedRequest } from "../cascade/evidence-port.ts";
import type {
	Clock,
	KeyStore,
	ObservationSink,
	PolicyStore,
	RateLimiter,
	Spending,
	StageResolver,
	TracedRun,
	Tracer,
} from "../cascade/ports.ts";
import type { Feedback, FeedbackRecorded, FeedbackRefusal } from "../core/ledger/feedback.ts";
import type { Replays } from "../core/ledger/replay-ports.ts";
import type { HedgeBudget } from "../core/resilience/hedge-budget.ts";
import type { Result } from "../core/result.ts";
import type { BudgetPolicy } from "../core/tenant-policy.ts";
import type { EmbeddingsAnswer } from "../openai/embeddings/encode-embeddings.ts";
import type { EmbeddingsRequest } from "../openai/embeddings/parse-embeddings-request.ts";
import type { Admission } from "./admission.ts";

/** Everything the routes need of the outside; the composition root builds it, tests may build it otherwise. */
export interface AppPorts {
	readonly keys: KeyStore;
	readonly policies: PolicyStore;
	readonly rateLimiter: RateLimiter;
	readonly resolveStage: StageResolver;
	/** The model behind `/v1/embeddings`. */
	readonly embed: Embedder<EmbeddingsRequest, EmbeddingsAnswer>;
	/** A budget as its tenant may draw on it from here. */
	readonly spendingOf: (tenant: string, budget: BudgetPolicy) => Spending;
	/** Evidence of guaranteed cascades; absent: there is none, and guaranteed stages accept nothing. */
	readonly evidenceOf?: (request: GuaranteedRequest) => EvidenceExchange;
	/** Keeps what a tenant's client says of an answer; never throws. */
	readonly recordFeedback: (
		tenant: string,
		feedback: Feedback,
	) => Promise<Result<FeedbackRecorded, FeedbackRefusal | "unavailable">>;
	/** Bounds how many requests wait at once; absent: nothing does. */
	readonly admission?: Admission;
	/** Bounds how often a slow last stage is asked at its second origin too; absent: second origins are not used. */
	readonly hedges?: HedgeBudget;
	/** Answers kept for requests with an idempotency key; absent: there is no place to keep them, and such requests are refused. */
	readonly replays?: Replays;
	readonly observations: ObservationSink;
	/** The trace of a run, undefined where it is not being traced; absent: none is. */
	readonly tracerOf?: (run: TracedRun) => Tracer | undefined;
	readonly clock: Clock;
	readonly times: StreamTimes;
}

/** How long a stream may be silent. All in milliseconds. */
export interface StreamTimes {
	/** After this long without a decision, headers go out as pending. */
	readonly pendingAfterMs: number;
	/** Between keep-alive comments while pending. */
	readonly keepAliveEveryMs: number;
	/** Between two reads of an upstream stream that has begun. */
	readonly idleMs: number;
	/** From the beginning of an upstream stream to its end. */
	readonly totalMs: number;
}

/**
 * The product's times. Proxies and client libraries give up on a connection that is silent for 60 s; ten seconds
 * leave a decision time to become a proper status, and them no time to give up.
 */
export const STREAM_TIMES: StreamTimes = {
	pendingAfterMs: 10_000,
	keepAliveEveryMs: 10_000,
	idleMs: 30_000,
	totalMs: 15 * 60_000,
};
