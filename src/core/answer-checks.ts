import { Validator, type Schema } from "@cfworker/json-schema";
import type { ChatRequest, Completion } from "./completion.ts";
import { isJsonObject, parseJson } from "./json.ts";

/** The checks that a policy chooses; those that make an answer well-formed are always made. */
export interface AnswerChecks {
	/** Whether an answer that reads like a refusal is deferred. */
	readonly refusal: boolean;
	readonly pattern?:
		| {
				/** The answer must hold a match of this regular expression. */
				readonly mustMatch?: string | undefined;
				readonly mustNotMatch?: string | undefined;
		  }
		| undefined;
	/** Unicode's name of the script that the answer's letters must be in: `Latin`, `Cyrillic`, `Han`. */
	readonly script?: string | undefined;
}

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
		if (waysThrough(schema) > MOST_WAYS) return false;
		return new Validator(schema, "2020-12").validate(value).valid;
	} catch {
		return false;
	}
}

/** More subschemas than this, each counted once for every way to it, take too long to try. */
const MOST_WAYS = 10_000;

/**
 * How many subschemas a validator may visit: definitions that each refer twice to the next double it at every step.
 * Only references within the document count (`#/…`); what refers to itself is held to the depth of the answer.
 */
function waysThrough(schema: Schema): number {
	const known = new Map<unknown, number>();
	const count = (part: unknown): number => {
		if (typeof part !== "object" || part === null) return 0;
		const counted = known.get(part);
		if (counted !== undefined) return counted;
		known.set(part, 0);
		let ways = 1;
		for (const [key, value] of Object.entries(part)) {
			ways += key === "$ref" && typeof value === "string" ? count(referred(schema, value)) : count(value);
		}
		known.set(part, ways);
		return ways;
	};
	return count(schema);
}

function referred(schema: Schema, reference: string): unknown {
	let part: unknown = schema;
	for (const step of reference.replace(/^#\/?/u, "").split("/").filter(Boolean)) {
		const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
		part = typeof part === "object" && part !== null ? (part as Record<string, unknown>)[key] : undefined;
	}
	return part;
}
