import type * as v from "valibot";
import { issuePath } from "../core/issue-path.ts";
import type { RequestProblem } from "./parse-chat-request.ts";

/** What a schema says is wrong, as a problem of the request; a field that a strict schema does not know is named. */
export function problemOfIssue(issue: v.BaseIssue<unknown>): RequestProblem {
	const param = issuePath(issue);
	if (param === "") return { param: null, message: "The body must be a JSON object." };
	if (issue.type === "strict_object" && issue.expected === "never")
		return { param, message: `'${param}' is not a field of this endpoint.` };
	const missing = issue.received === "undefined";
	return { param, message: missing ? `'${param}' is required.` : `'${param}' ${issue.message}.` };
}
