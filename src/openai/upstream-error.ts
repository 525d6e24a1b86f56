import { isJsonObject, parseJson } from "../core/json.ts";

/** What an upstream said went wrong, whatever shape it said it in. */
export interface UpstreamError {
	readonly message: string;
	readonly param: string | null;
	readonly code: string | null;
}

const MOST_CHARACTERS = 300;

/**
 * Reads an error in the shapes that upstreams really use: OpenAI's and vLLM's `{error: {message, …}}` (the code
 * may be a number), SGLang's flat `{object: "error", message, …}`, TGI's `{error: "text"}`, FastAPI's
 * `{detail: …}`. Null where the value is no error. HTML and plain text yield no message: what a proxy wrote is
 * not for the client.
 */
export function readUpstreamError(value: unknown): UpstreamError | null {
	if (!isJsonObject(value)) return null;
	const { error, detail } = value;
	if (isJsonObject(error)) return errorOf(error["message"], error["param"], error["code"]);
	if (typeof error === "string") return errorOf(error, null, value["error_type"]);
	if (value["object"] === "error") return errorOf(value["message"], value["param"], value["code"]);
	if (typeof detail === "string") return errorOf(detail, null, null);
	if (Array.isArray(detail)) {
		const [first] = detail as unknown[];
		if (!isJsonObject(first)) return errorOf("", null, null);
		const place = Array.isArray(first["loc"]) ? (first["loc"] as unknown[]).slice(1).join(".") : null;
		return errorOf(first["msg"], place, null);
	}
	return null;
}

/** The same from text; null where the text is not JSON or no error. */
export function readUpstreamErrorText(text: string): UpstreamError | null {
	return readUpstreamError(parseJson(text));
}

/** What an upstream says of a request, as the client reads it: a message of another server's, about a request of ours. */
export function upstreamWords(message: string): string {
	return message === "" ? "" : `The upstream says: ${message}`;
}

function errorOf(message: unknown, param: unknown, code: unknown): UpstreamError {
	return {
		message: presentable(typeof message === "string" ? message : ""),
		param: typeof param === "string" && param !== "" ? param : null,
		code: typeof code === "string" || typeof code === "number" ? String(code) : null,
	};
}

/** At most 300 characters, without addresses or anything that looks like a key: both belong to the operator. */
export function presentable(message: string): string {
	const cleaned = message
		.replaceAll(/\bhttps?:\/\/\S+/giu, "[address]")
		.replaceAll(/\bBearer\s+[\w.~+/=-]{8,}/giu, "[key]")
		.replaceAll(/\b(?:sk|ec|hf|key)[-_][\w-]{8,}/giu, "[key]")
		.replaceAll(/\s+/gu, " ")
		.trim();
	return cleaned.length > MOST_CHARACTERS ? `${cleaned.slice(0, MOST_CHARACTERS - 1)}…` : cleaned;
}
