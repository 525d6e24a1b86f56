/**
 * How a stage can fail, in the cascade's own terms. Each adapter translates its upstream's many shapes into
 * these; one exhaustive switch (`openai/error-body.ts`) turns them into what the client sees. `message` is
 * trimmed and holds no secret. Extend by adding an arm: the compiler names every place that must decide.
 */
export type StageFailure =
	/** The stage's share of the deadline passed. */
	| { readonly kind: "timeout"; readonly afterMs: number }
	/** The client left, so nobody waits for an answer. */
	| { readonly kind: "aborted" }
	/** No connection. */
	| { readonly kind: "unreachable" }
	/** The connection broke, or an error came, after the upstream had begun to answer: it may have done all of the work. */
	| { readonly kind: "broken-off" }
	/** The upstream asks for less: rate or capacity. */
	| { readonly kind: "overloaded"; readonly retryAfterSeconds: number | null }
	/** It has failed so often of late that it is not asked at present: no call was made. */
	| { readonly kind: "circuit-open"; readonly retryAfterSeconds: number }
	/** Workers AI's daily allocation is spent until midnight UTC. */
	| { readonly kind: "daily-allocation" }
	/** What is left of the tenant's budget until midnight UTC does not cover the call, so it was not made. */
	| { readonly kind: "budget-exhausted" }
	/** The upstream says that this request can never work: context length, a bad parameter. */
	| {
			readonly kind: "bad-request";
			readonly message: string;
			readonly param: string | null;
			readonly code: string | null;
	  }
	/** Our credentials, our model name or our account were refused: the operator must act, not the client. */
	| { readonly kind: "misconfigured"; readonly what: "credentials" | "model" | "origin" | "redirect" }
	/** The upstream answered 5xx, or said so inside a stream. `message` may be empty. */
	| {
			readonly kind: "upstream-error";
			readonly status: number;
			readonly message: string;
			/** Where it said when to come again. */
			readonly retryAfterSeconds?: number;
	  }
	/** The upstream answered 200 with something that is no answer. */
	| { readonly kind: "invalid-answer"; readonly detail: string }
	/** The answer was larger than we hold. */
	| { readonly kind: "too-large"; readonly limitBytes: number };

/** True where the request itself is at fault, so that no other answer of ours would be better than the refusal. */
export function isClientFault(failure: StageFailure): boolean {
	return failure.kind === "bad-request" || failure.kind === "aborted";
}

const OUTAGES: ReadonlySet<StageFailure["kind"]> = new Set<StageFailure["kind"]>([
	"timeout",
	"unreachable",
	"overloaded",
	"circuit-open",
	"daily-allocation",
	"budget-exhausted",
	"misconfigured",
	"upstream-error",
]);

/** Whether a stage that fails so says nothing of this request's answer, and will hardly answer the next call either. */
export function isOutage(kind: StageFailure["kind"]): boolean {
	return OUTAGES.has(kind);
}
