import type {
	ChatMessage,
	ChatRequest,
	Completion,
	FinishReason,
	TokenLogprob,
	TokenUsage,
} from "../core/completion.ts";
import type { PrefixRule } from "../core/confidence/method.ts";
import type { GuaranteeTerms } from "../core/evidence/evidence-ports.ts";
import type { Observation } from "../core/observation.ts";
import type { Result } from "../core/result.ts";
import type { StageCapabilities } from "../core/edge-support.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { BudgetPolicy, StagePolicy, TenantPolicy } from "../core/tenant-policy.ts";

/** With less time left, a call is not begun: it would only be paid for and aborted. */
export const LEAST_MS_FOR_A_CALL = 500;

/** What a stage is asked. */
export interface StageCall {
	readonly request: ChatRequest;
	/** The upstream's name for the model. */
	readonly model: string;
	/** `verdict`: a checker's call, which nothing of the client's parameters may shape. */
	readonly purpose: "answer" | "verdict";
	/** In place of the request's. */
	readonly messages?: readonly ChatMessage[];
	/** Ask for log-probabilities with this many alternatives; absent: only if the client asked. */
	readonly topLogprobs?: number;
	/** What the policy says of the called model's log-probabilities, where that is not the stage's own model. */
	readonly declaredLogprobs?: boolean;
	/** The most tokens to generate. */
	readonly maxOutputTokens: number;
	/** In place of the request's, for samples. */
	readonly temperature?: number;
	/** Added to the request's seed, so that samples differ and yet repeat. */
	readonly seedOffset?: number;
	/** Aborted when nobody waits for the answer any more. */
	readonly signal: AbortSignal;
	/** What is left of the deadline, told to upstreams that can use it. */
	readonly timeoutMs: number;
	readonly requestId: string;
	/** Calls back when nobody waits for the answer any more: as `signal` does, at a tenth of a listener's price. */
	readonly onOver?: (callback: () => void) => void;
	/** To be told of each time that the call is made once more. */
	readonly retried?: () => void;
}

/** A stream that has begun, in OpenAI's chunk events. Its first event has been seen and is no error. */
export interface LiveAnswer {
	/** Bytes read while looking at the beginning, to be relayed before the rest. */
	readonly head: readonly Uint8Array[];
	readonly rest: ReadableStreamDefaultReader<Uint8Array>;
	/** To be told when its end is known, and what ended it where it is not whole; absent: nobody asks. */
	readonly ended?: StreamEnded | undefined;
}

/** The usage is null where it is not known; the failure is absent where the stream came whole, or nobody waited for its end. */
export type StreamEnded = (usage: TokenUsage | null, failure?: StageFailure["kind"]) => void;

/** The beginning of an answer, as far as it was read before the decision. */
export interface AnswerPrefix {
	readonly text: string;
	/** Null where no chunk carried log-probabilities. */
	readonly tokens: readonly TokenLogprob[] | null;
	/** Null while the answer goes on. */
	readonly finishReason: FinishReason | null;
}

/** A stream of which more than the first event has been read, and none of it is lost. */
export interface PrefixedAnswer {
	readonly prefix: AnswerPrefix;
	readonly live: LiveAnswer;
	/** When its first event was there, in milliseconds since the Unix epoch; absent where that is not known. */
	readonly firstEventAt?: number;
}

/** One model behind one adapter. Never throws for what an upstream does. */
export interface CascadeStage {
	readonly capabilities: StageCapabilities;
	/** The whole answer, held and bounded. */
	readonly complete: (call: StageCall) => Promise<Result<Completion, StageFailure>>;
	/** Resolves when the answer has begun. */
	readonly stream: (call: StageCall) => Promise<Result<LiveAnswer, StageFailure>>;
	/** Resolves when so many tokens of the answer are there, or so many milliseconds after its first, or at its end. */
	readonly streamPrefix: (call: StageCall, rule: PrefixRule) => Promise<Result<PrefixedAnswer, StageFailure>>;
}

/** Finds the adapter of a stage; fails where its origin is not configured. `tenant`: who asks, so that nobody's failures stop others. */
export type StageResolver = (stage: StagePolicy, tenant?: string) => Promise<Result<CascadeStage, StageFailure>>;

/** Money set aside for one call. */
export interface Reservation {
	/** Replaces it by what the call has cost, in US dollars; null, where that is unknown, leaves it spent. Only the first counts. */
	readonly settle: (costUsd: number | null) => void;
}

/** A tenant's budget, seen from one request. A tenant without one has no such port, and nothing is computed for it. */
export interface Spending {
	/** What the tenant wants of a request whose last stage cannot be paid for. */
	readonly onExhausted: BudgetPolicy["onExhausted"];
	/**
	 * Sets aside what a call costs at worst, in US dollars; null where the budget does not cover it. No promise where the
	 * answer is known at once, as it mostly is. Never throws: money that cannot be asked for is not there.
	 */
	readonly reserve: (worstUsd: number) => Reservation | null | Promise<Reservation | null>;
}

/** The operator's rate tiers. */
export interface RateLimiter {
	/**
	 * Counts a request of this tenant against its tier; false where it is one too many. Never throws, and hardly waits:
	 * a tier that cannot be asked limits nothing.
	 */
	readonly admits: (tier: string, tenant: string) => Promise<boolean>;
}

/** Time, so that tests own it. */
export interface Clock {
	/** Milliseconds since the Unix epoch. */
	readonly now: () => number;
	/** Calls back once after `ms`; returns how to cancel that. */
	readonly setTimer: (ms: number, onExpiry: () => void) => () => void;
}

/** The signal of whoever waits for an answer; a part of `AbortSignal`. */
export interface CallerSignal {
	readonly aborted: boolean;
	readonly addEventListener: (type: "abort", listener: () => void) => void;
	readonly removeEventListener: (type: "abort", listener: () => void) => void;
}

/** Who a key belongs to and what it may do. */
export interface KeyHolder {
	readonly tenant: string;
	readonly scopes: readonly string[];
}

/** A store that could not be read, with nothing good remembered. */
export interface StoreFailure {
	readonly kind: "store-unavailable";
}

/** Looks up API keys. */
export interface KeyStore {
	/** Null: no such key. A failure is not a "no": the caller answers 503, never 401. */
	readonly find: (key: string) => Promise<Result<KeyHolder | null, StoreFailure>>;
}

/** What names a cascade's evidence, and what its ledger has to know. */
export interface CascadeGuarantee {
	/** SHA-256 of `guaranteeConfigText`, in hex. */
	readonly configHash: string;
	readonly terms: GuaranteeTerms;
}

/** A policy, and which revision of the tenant's it is. */
export interface PolicyAtRevision {
	readonly revision: number;
	readonly policy: TenantPolicy;
	/** By alias, the cascades with a guarantee; absent where there are none. */
	readonly guarantees?: ReadonlyMap<string, CascadeGuarantee> | undefined;
}

/** A tenant's policy as published. */
export interface PublishedPolicy extends PolicyAtRevision {
	/** Rises with every publication, also where the revision stays. */
	readonly sequence: number;
	/** Seconds since the Unix epoch. */
	readonly publishedAt: number;
	/** The operator has suspended the tenant: nothing is served. */
	readonly suspended: boolean;
	/** Another revision, for a share of requests above 0 and below 1; null where there is none. */
	readonly canary: (PolicyAtRevision & { readonly share: number }) | null;
}

/** Reads published policies. */
export interface PolicyStore {
	/** Null: the tenant has none. */
	readonly read: (tenant: string) => Promise<Result<PublishedPolicy | null, StoreFailure>>;
}

/** Takes one record a request. Must not throw and must not delay the answer. */
export interface ObservationSink {
	readonly record: (observation: Observation) => void;
}

/** What a span says: facts alone. Never text of a prompt or an answer, nor a key. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A piece of work on a trace. */
export interface Span {
	/** Ends it with what is known by then; an `error.type` says that it failed. Only the first end counts. */
	readonly end: (attributes?: SpanAttributes) => void;
}

/** The trace of one run. A run that is not being traced has none, and nothing is computed for it. Nothing here throws. */
export interface Tracer {
	/** Begins a span beneath the one that is active. */
	readonly begin: (name: string, attributes?: SpanAttributes) => Span;
	/** The same, and makes it the active one of what `work` does. */
	readonly within: <Value>(name: string, attributes: SpanAttributes, work: (span: Span) => Value) => Value;
}

/** What every span of a run says. */
export interface TracedRun {
	readonly requestId: string;
	readonly tenant: string;
	/** The cascade's alias. */
	readonly cascade: string;
	readonly policyRevision: number;
	/** Which text of a batch; absent where there is one. */
	readonly item?: number;
}
