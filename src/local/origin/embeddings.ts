/** `POST /v1/embeddings` of the local origin. */
import * as v from "valibot";
import { EMBEDDING_DIMENSIONS, embedText } from "../models/hash-embedding.ts";
import type { ServedModel } from "../models/served-models.ts";
import { countTokens } from "../models/tokenize.ts";
import { errorResponse, modelNotFound } from "./replies.ts";

/** OpenAI refuses the empty string; white space alone has no features either. */
const text = v.pipe(
	v.string("must be text: this model has no tokens of its own"),
	v.check((value) => value.trim() !== "", "must not be empty"),
);

const bodySchema = v.object({
	model: v.string(),
	input: v.pipe(
		// One text is a list of one, so that what is wrong with it is told and not that no alternative matched.
		v.union(
			[
				v.pipe(
					v.string(),
					v.transform((value) => [value]),
				),
				v.array(v.unknown()),
			],
			"must be a text or a list of texts",
		),
		v.array(text),
		v.minLength(1, "must not be empty"),
		v.maxLength(2_048, "holds at most 2048 texts"),
	),
	encoding_format: v.nullish(v.picklist(["float", "base64"]), "float"),
	dimensions: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(EMBEDDING_DIMENSIONS))),
});

/** Embeds texts, in OpenAI's shape. */
export function createEmbeddings(find: (name: string) => ServedModel | undefined, body: unknown): Response {
	const parsed = v.safeParse(bodySchema, body);
	if (!parsed.success) {
		const [issue] = parsed.issues;
		const param = v.getDotPath(issue)?.split(".")[0] ?? null;
		return errorResponse(400, param === null ? issue.message : `${param}: ${issue.message}`, param);
	}
	const { model, input, encoding_format: format, dimensions } = parsed.output;
	if (find(model)?.kind !== "embedding") return modelNotFound(model);
	const vectors = input.map((each) => embedText(each, dimensions ?? EMBEDDING_DIMENSIONS));
	const tokens = input.reduce((sum, each) => sum + countTokens(each), 0);
	return Response.json({
		object: "list",
		data: vectors.map((vector, index) => ({
			object: "embedding",
			index,
			embedding: format === "base64" ? base64Floats(vector) : vector,
		})),
		model,
		usage: { prompt_tokens: tokens, total_tokens: tokens },
	});
}

/** 32-bit little-endian floats in base64, which OpenAI's own clients ask for. */
function base64Floats(vector: readonly number[]): string {
	const view = new DataView(new ArrayBuffer(vector.length * 4));
	for (const [index, value] of vector.entries()) view.setFloat32(index * 4, value, true);
	return btoa(String.fromCharCode(...new Uint8Array(view.buffer)));
}
