import { Validator, type Schema } from "@cfworker/json-schema";
import type { ChatRequest, Completion } from "./completion.ts";
import { isJsonObject, parseJson } from "./json.ts";

/** Why an answer may not be accepted whatever its confidence. */
export type FailedCheck =
	| "empty-answer"
	| "truncated"
	| "content-filter"
	| "unfinished"
	| "invalid-json"
	| "schema-mismatch";

/**
 * The first check that a small answer fails, or null. A fluent half sentence or broken JSON can have a high
 * confidence, so these come before the threshold. An answer that the client itself limited (`max_tokens`) and
 * that ran into the limit is still deferred: the larger model may say it in fewer words.
 */
export function failedCheck(request: ChatRequest, answer: Completion): FailedCheck | null {
	if (answer.text.trim() === "") return "empty-answer";
	if (answer.finishReason === "length") return "truncated";
	if (answer.finishReason === "content_filter") return "content-filter";
	if (answer.finishReason === "unknown") return "unfinished";
	return failedFormatCheck(request.body["response_format"], answer.text);
}

function failedFormatCheck(format: unknown, text: string): FailedCheck | null {
	if (!isJsonObject(format) || format["type"] === "text") return null;
	const value = parseJson(text);
	if (format["type"] === "json_object") return isJsonObject(value) ? null : "invalid-json";
	if (value === undefined) return "invalid-json";
	const jsonSchema = format["json_schema"];
	if (!isJsonObject(jsonSchema) || !isJsonObject(jsonSchema["schema"])) return null;
	return matchesSchema(value, jsonSchema["schema"]) ? null : "schema-mismatch";
}

/** A schema this validator cannot follow (a remote reference, a broken one) vouches for nothing: no match. */
function matchesSchema(value: unknown, schema: Schema): boolean {
	try {
		return new Validator(schema, "2020-12").validate(value).valid;
	} catch {
		return false;
	}
}
