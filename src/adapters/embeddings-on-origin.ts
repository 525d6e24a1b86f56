import type { EmbeddingsCall } from "../cascade/embeddings-port.ts";
import type { Clock } from "../cascade/ports.ts";
import { err, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import { readOriginEmbeddings, type EmbeddingsAnswer } from "../openai/embeddings/encode-embeddings.ts";
import type { EmbeddingsRequest } from "../openai/embeddings/parse-embeddings-request.ts";
import { BASE64_FLOATS } from "../web/base64-floats.ts";
import type { Origin } from "./origin-store.ts";
import { postToOrigin } from "./post-to-origin.ts";

/** Held as text and as numbers in an isolate of 128 MiB; 512 vectors of 1,536 numbers are some 16 MiB. */
const MOST_ANSWER_BYTES = 32 * 1024 * 1024;

/** Passes a request on to an origin's `/embeddings`: the client's body, but for the model's name. */
export async function embedOnOrigin(
	origin: Origin,
	clock: Clock,
	{ policy, request, requestId, signal }: EmbeddingsCall<EmbeddingsRequest>,
): Promise<Result<EmbeddingsAnswer, StageFailure>> {
	const body = { ...request.body, model: policy.model };
	const { timeoutMs } = policy;
	const post = { path: "/embeddings", body, requestId, signal, timeoutMs };
	const answer = await postToOrigin(origin, post, MOST_ANSWER_BYTES, clock);
	if (!answer.ok) return answer;
	const read = readOriginEmbeddings(answer.value, request, BASE64_FLOATS);
	return read.ok ? read : err({ kind: "invalid-answer", detail: read.error });
}
