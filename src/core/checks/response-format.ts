import { isJsonObject, parseJson } from "../json.ts";
import type { FailedCheck } from "./failed-check.ts";
import { matchesSchema } from "./schema-match.ts";

/** Whether the request's `response_format` asks for JSON, of whatever form. */
export function asksForJson(format: unknown): boolean {
	return isJsonObject(format) && (format["type"] === "json_object" || format["type"] === "json_schema");
}

/** What is wrong with text that was to have this `response_format`; null where nothing is. */
export function failedFormatCheck(format: unknown, text: string): FailedCheck | null {
	if (!isJsonObject(format) || format["type"] === "text") return null;
	const value = parseJson(text);
	if (format["type"] === "json_object") return isJsonObject(value) ? null : "invalid-json";
	if (value === undefined) return "invalid-json";
	const jsonSchema = format["json_schema"];
	if (!isJsonObject(jsonSchema) || !isJsonObject(jsonSchema["schema"])) return null;
	return matchesSchema(value, jsonSchema["schema"]) ? null : "schema-mismatch";
}
