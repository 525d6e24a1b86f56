import * as v from "valibot";
import { issuePath } from "../core/issue-path.ts";
import { isJsonObject } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { RequestProblem } from "./parse-chat-request.ts";

/** Parses a body by a strict schema; reports every problem at once, a field that the schema does not know among them. */
export function parseStrictly<Schema extends v.GenericSchema>(
	schema: Schema,
	body: unknown,
): Result<v.InferOutput<Schema>, readonly RequestProblem[]> {
	// A list would pass for an object without fields.
	if (!isJsonObject(body)) return err([{ param: null, message: "The body must be a JSON object." }]);
	const parsed = v.safeParse(schema, body, { abortPipeEarly: true });
	return parsed.success ? ok(parsed.output) : err(parsed.issues.map(problemOf));
}

function problemOf(issue: v.BaseIssue<unknown>): RequestProblem {
	const param = issuePath(issue);
	if (issue.type === "strict_object" && issue.expected === "never")
		return { param, message: `'${param}' is not a field of this endpoint.` };
	const missing = issue.received === "undefined";
	return { param, message: missing ? `'${param}' is required.` : `'${param}' ${issue.message}.` };
}
