import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { EmbeddingEncoding, EmbeddingsRequest } from "./parse-embeddings-request.ts";

/** Writes and reads a vector in the encoding `base64`; reads undefined where the text is none. */
export interface VectorCodec {
	readonly encode: (vector: readonly number[]) => string;
	readonly decode: (text: string) => readonly number[] | undefined;
}

/** An answer of an embeddings model, checked and in OpenAI's shape but for the model's name. */
export interface EmbeddingsAnswer {
	readonly body: JsonObject;
	/** Null where the upstream reported none: absence is not zero. */
	readonly promptTokens: number | null;
}

/**
 * Vectors as an answer in OpenAI's shape, whose model reported no usage. OpenAI's schema wants counts of tokens all the
 * same: they are 0, and since nobody knows the cost the header that tells it is left out.
 */
export function embeddingsAnswer(
	vectors: readonly (readonly number[])[],
	encoding: EmbeddingEncoding,
	codec: VectorCodec,
): EmbeddingsAnswer {
	const data = vectors.map((vector, index) => ({
		object: "embedding",
		index,
		embedding: encoding === "base64" ? codec.encode(vector) : vector,
	}));
	return { body: { object: "list", data, usage: NO_USAGE }, promptTokens: null };
}

const NO_USAGE = { prompt_tokens: 0, total_tokens: 0 };

/**
 * Checks an origin's answer: one vector of numbers for each input, in the inputs' order and written as the client asked
 * for it, whatever the origin made of `encoding_format`. Fields that we do not know stay. The error is one clause saying
 * what is wrong.
 */
export function readOriginEmbeddings(
	answer: unknown,
	request: Pick<EmbeddingsRequest, "count" | "encoding">,
	codec: VectorCodec,
): Result<EmbeddingsAnswer, string> {
	if (!isJsonObject(answer) || !Array.isArray(answer["data"])) return err("there is no list of embeddings");
	const entries = answer["data"] as unknown[];
	if (entries.length !== request.count)
		return err(`there are ${entries.length} embeddings for ${request.count} inputs`);
	const data: JsonObject[] = [];
	for (const [position, entry] of entries.entries()) {
		if (!isJsonObject(entry)) return err(`embedding ${position} is not an object`);
		const embedding = encodedAs(entry["embedding"], request.encoding, codec);
		if (embedding === undefined) return err(`embedding ${position} is not a vector`);
		const index = entry["index"] ?? position;
		if (!isIndex(index, entries.length) || data[index] !== undefined)
			return err(`embedding ${position} has no index of its own`);
		data[index] = { ...entry, object: "embedding", index, embedding };
	}
	const promptTokens = promptTokensOf(answer["usage"]);
	const usage = isJsonObject(answer["usage"]) ? answer["usage"] : {};
	const counted = { ...usage, prompt_tokens: promptTokens ?? 0, total_tokens: totalOf(usage) ?? promptTokens ?? 0 };
	return ok({ body: { ...answer, object: "list", data, usage: counted }, promptTokens });
}

function isIndex(value: unknown, count: number): value is number {
	return Number.isInteger(value) && Number(value) >= 0 && Number(value) < count;
}

function encodedAs(
	embedding: unknown,
	encoding: EmbeddingEncoding,
	codec: VectorCodec,
): readonly number[] | string | undefined {
	// What is written as asked for is passed on as it is.
	if (typeof embedding === "string" && encoding === "base64") return BASE64.test(embedding) ? embedding : undefined;
	const vector = typeof embedding === "string" ? codec.decode(embedding) : embedding;
	if (!isVector(vector)) return undefined;
	return encoding === "base64" ? codec.encode(vector) : vector;
}

/** RFC 4648, 4: whole groups of four, at least one. */
const BASE64 = /^(?=.)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;

/** True for a list of at least one number, none of them infinite or NaN. */
export function isVector(value: unknown): value is readonly number[] {
	return Array.isArray(value) && value.length > 0 && value.every((number) => Number.isFinite(number));
}

function promptTokensOf(usage: unknown): number | null {
	return isJsonObject(usage) && isCount(usage["prompt_tokens"]) ? usage["prompt_tokens"] : null;
}

function totalOf(usage: JsonObject): number | undefined {
	return isCount(usage["total_tokens"]) ? usage["total_tokens"] : undefined;
}

function isCount(value: unknown): value is number {
	return Number.isInteger(value) && Number(value) >= 0;
}
