import type { EmbeddingsCall, EmbeddingsFailure } from "../cascade/embeddings-port.ts";
import type { TextEmbedder } from "../cascade/label-ports.ts";
import { isJsonObject } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import { unsupportedByWorkersAi } from "../openai/embeddings/edge-support.ts";
import { embeddingsAnswer, isVector, type EmbeddingsAnswer } from "../openai/embeddings/encode-embeddings.ts";
import type { EmbeddingEncoding, EmbeddingsRequest } from "../openai/embeddings/parse-embeddings-request.ts";
import { BASE64_FLOATS } from "../web/base64-floats.ts";
import { runWorkersAi } from "./run-workers-ai.ts";
import type { WorkersAiBinding } from "./workers-ai-stage.ts";

/** The most texts of one call: developers.cloudflare.com/workers-ai/platform/limits, embedding models. */
const MOST_TEXTS_PER_CALL = 100;
/** A hundred vectors of 4,096 numbers at some twenty characters each. */
const MOST_ANSWER_BYTES = 8 * 1024 * 1024;
/** As an origin's answer: held as numbers and as text in an isolate of 128 MiB. */
const MOST_REPLY_BYTES = 32 * 1024 * 1024;
/** What a number takes: the text of a double, or 5⅓ characters of base64 beside the double that they are made from. */
const BYTES_PER_NUMBER: Readonly<Record<EmbeddingEncoding, number>> = { float: 20, base64: 14 };

/**
 * Embeds texts on Workers AI, `{text}` in and `{shape, data}` out. Longer lists go out in several calls, in order; the
 * first tells how long vectors are, and a list whose vectors would be more than is held is refused then.
 */
export async function embedOnWorkersAi(
	ai: WorkersAiBinding,
	{ policy, request, signal }: EmbeddingsCall<EmbeddingsRequest>,
): Promise<Result<EmbeddingsAnswer, EmbeddingsFailure>> {
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
		const answer = await vectorsOf(ai, { model: policy.model, texts: text, signal });
		if (!answer.ok) return vectors.length === 0 ? answer : err({ ...answer.error, partlyAnswered: true });
		vectors.push(...answer.value);
		const most = mostTexts(vectors, request.encoding);
		if (vectors.length < texts.length && texts.length > most) return err(tooMany(most));
	}
	return ok(embeddingsAnswer(vectors, request.encoding, BASE64_FLOATS));
}

/** One call: a vector for each text, in their order. */
async function vectorsOf(
	ai: WorkersAiBinding,
	{ model, texts, signal }: Parameters<TextEmbedder>[0],
): ReturnType<TextEmbedder> {
	const answer = await runWorkersAi(ai, model, { text: texts }, signal, MOST_ANSWER_BYTES);
	if (!answer.ok) return answer;
	const data = isJsonObject(answer.value) ? answer.value["data"] : undefined;
	if (!Array.isArray(data) || data.length !== texts.length || !data.every(isVector))
		return err({ kind: "invalid-answer", detail: "there is not one vector for each text" });
	return ok(data as (readonly number[])[]);
}

/** Embeds the two texts of a labeller. */
export function createTextEmbedder(ai: WorkersAiBinding): TextEmbedder {
	return (call) => vectorsOf(ai, call);
}

/** How many vectors as long as these can be held. */
function mostTexts(vectors: readonly (readonly number[])[], encoding: EmbeddingEncoding): number {
	const longest = Math.max(...vectors.map(({ length }) => length));
	return Math.floor(MOST_REPLY_BYTES / (longest * BYTES_PER_NUMBER[encoding]));
}

function tooMany(most: number): EmbeddingsFailure {
	const message = `'input' must hold at most ${most} texts: this model's vectors of more are too large for one answer.`;
	return { kind: "bad-request", message, param: "input", code: null, partlyAnswered: true };
}
