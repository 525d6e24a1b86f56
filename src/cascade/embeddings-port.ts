import type { Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { EmbeddingsPolicy } from "../core/tenant-policy.ts";

/** What an embeddings model is asked. `Request` and `Answer` are the wire's own forms, which the cascade knows nothing of. */
export interface EmbeddingsCall<Request> {
	readonly policy: EmbeddingsPolicy;
	readonly request: Request;
	readonly requestId: string;
	/** Aborted when nobody waits for the answer any more. */
	readonly signal: AbortSignal;
}

/** Why there are no vectors. */
export type EmbeddingsFailure = StageFailure & {
	/** Some of the texts were embedded before, and paid for. */
	readonly partlyAnswered?: true;
};

/** Turns texts into vectors by the model that the policy names. Never throws for what an upstream does. */
export type Embedder<Request, Answer> = (call: EmbeddingsCall<Request>) => Promise<Result<Answer, EmbeddingsFailure>>;
