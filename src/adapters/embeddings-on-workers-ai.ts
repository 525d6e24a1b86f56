import type { EmbeddingsCall } from "../cascade/embeddings-port.ts";
import { isJsonObject } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import { unsupportedByWorkersAi } from "../openai/embeddings/edge-support.ts";
import { embeddingsAnswer, isVector, type EmbeddingsAnswer } from "../openai/embeddings/encode-embeddings.ts";
import type { EmbeddingsRequest } from "../openai/embeddings/parse-embeddings-request.ts";
import { BASE64_FLOATS } from "../web/base64-floats.ts";
import { runWorkersAi } from "./run-workers-ai.ts";
import type { WorkersAiBinding } from "./workers-ai-stage.ts";

/** The most texts of one call: developers.cloudflare.com/workers-ai/platform/limits, embedding models. */
const MOST_TEXTS_PER_CALL = 100;
/** A hundred vectors of 4,096 numbers at some twenty characters each. */
const MOST_ANSWER_BYTES = 8 * 1024 * 1024;

/** Embeds texts on Workers AI, `{text}` in and `{shape, data}` out. Longer lists go out in several calls, in order. */
export async function embedOnWorkersAi(
	ai: WorkersAiBinding,
	{ policy, request, signal }: EmbeddingsCall<EmbeddingsRequest>,
): Promise<Result<EmbeddingsAnswer, StageFailure>> {
	const unsupported = unsupportedByWorkersAi(request);
	if (unsupported !== null) {
		const message =
			unsupported === "input"
				? "'input' must be text: this model has no tokens of its own."
				: `'${unsupported}' is not supported by this model.`;
		return err({ kind: "bad-request", message, param: unsupported, code: "unsupported_parameter" });
	}
	const texts = request.texts ?? [];
	const vectors: (readonly number[])[] = [];
	while (vectors.length < texts.length) {
		const text = texts.slice(vectors.length, vectors.length + MOST_TEXTS_PER_CALL);
		const answer = await runWorkersAi(ai, policy.model, { text }, signal, MOST_ANSWER_BYTES);
		if (!answer.ok) return answer;
		const data = isJsonObject(answer.value) ? answer.value["data"] : undefined;
		if (!Array.isArray(data) || data.length !== text.length || !data.every(isVector))
			return err({ kind: "invalid-answer", detail: "there is not one vector for each text" });
		vectors.push(...(data as (readonly number[])[]));
	}
	return ok(embeddingsAnswer(vectors, request.encoding, BASE64_FLOATS));
}
