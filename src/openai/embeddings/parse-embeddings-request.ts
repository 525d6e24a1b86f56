import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { tokensOf } from "../../core/gate.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { RequestProblem } from "../parse-chat-request.ts";

/** The body of `POST /v1/embeddings`. */
export interface EmbeddingsRequest {
	/** The tenant's own name for the model. */
	readonly model: string;
	/** `texts` is undefined where the client sent tokens, which only their own model can read. */
	readonly texts: readonly string[] | undefined;
	/** Vectors that the answer must have. */
	readonly count: number;
	readonly encoding: EmbeddingEncoding;
	/** What the client sent, unchanged: an origin may know fields that we do not. */
	readonly body: JsonObject;
}

/** How a vector is written: as numbers, or as little-endian 32-bit floats in base64. */
export type EmbeddingEncoding = "float" | "base64";

/** OpenAI's own limit. */
const MOST_INPUTS = 2_048;

/**
 * Parses that body: the fields that OpenAI's request has are checked and every problem is reported at once; others are
 * kept. Rules: openai-openapi 2.3.0, CreateEmbeddingRequest.
 */
export function parseEmbeddingsRequest(body: unknown): Result<EmbeddingsRequest, readonly RequestProblem[]> {
	if (!isJsonObject(body)) return err([{ param: null, message: "The body must be a JSON object." }]);
	const problems: RequestProblem[] = [];
	const report = (param: string, rule: string) => problems.push({ param, message: `'${param}' ${rule}.` });
	const { model, encoding_format: encoding, dimensions, user } = body;
	if (typeof model !== "string" || model === "")
		report("model", model === undefined ? "is required" : "must be the name of one of your embeddings models");
	if (encoding != null && encoding !== "float" && encoding !== "base64")
		report("encoding_format", "must be float or base64");
	if (dimensions != null && !(Number.isInteger(dimensions) && Number(dimensions) >= 1))
		report("dimensions", "must be a whole number of at least 1");
	if (user != null && typeof user !== "string") report("user", "must be text");
	const input = readInput(body["input"], report);
	if (problems.length > 0 || input === undefined) return err(problems);
	return ok({ model: String(model), ...input, encoding: encoding === "base64" ? "base64" : "float", body });
}

/** About how many tokens the texts have, each rounded up; of tokens, which were sent as such, exactly how many. */
export function estimatedInput({ texts, body: { input } }: EmbeddingsRequest): number {
	if (texts !== undefined) return texts.reduce((sum, text) => sum + tokensOf(text), 0);
	return Array.isArray(input) ? input.flat().length : 0;
}

type Report = (param: string, rule: string) => void;

function readInput(input: unknown, report: Report): Pick<EmbeddingsRequest, "texts" | "count"> | undefined {
	if (input === undefined) return void report("input", "is required");
	if (input === "") return void report("input", "must not be empty");
	if (typeof input === "string") return { texts: [input], count: 1 };
	if (!Array.isArray(input)) return void report("input", "must be text, tokens, or a list of either");
	const items = input as unknown[];
	if (items.length === 0) return void report("input", "must not be empty");
	if (items.length > MOST_INPUTS) return void report("input", `must hold at most ${MOST_INPUTS} items`);
	const [first] = items;
	// The first item says what the list is; the first other one is what is wrong with it.
	const fault = (rule: (item: unknown) => boolean, what: string) => {
		const index = items.findIndex((item) => !rule(item));
		if (index === -1) return false;
		report(`input[${index}]`, what);
		return true;
	};
	if (typeof first === "number") {
		return fault(isToken, "must be a token, a whole number") ? undefined : { texts: undefined, count: 1 };
	}
	if (Array.isArray(first)) {
		return fault(isTokenList, "must be a list of tokens, whole numbers")
			? undefined
			: { texts: undefined, count: items.length };
	}
	const isText = (item: unknown) => typeof item === "string" && item !== "";
	return fault(isText, "must be text and not empty")
		? undefined
		: { texts: items.filter((item) => typeof item === "string"), count: items.length };
}

function isToken(item: unknown): boolean {
	return Number.isInteger(item) && Number(item) >= 0;
}

function isTokenList(item: unknown): boolean {
	return Array.isArray(item) && item.length > 0 && item.length <= MOST_INPUTS && item.every(isToken);
}
