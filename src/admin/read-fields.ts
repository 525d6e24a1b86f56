import * as v from "valibot";
import { issuePath } from "../core/issue-path.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { PolicyProblem } from "../core/tenant-policy.ts";

const NO_FIELDS = v.strictObject({});

/** A value by its schema, or everything that is wrong with it; `whole` is the path of the value itself. */
export function readValue(
	schema: v.GenericSchema<unknown, unknown>,
	value: unknown,
	whole: string,
): Result<unknown, readonly PolicyProblem[]> {
	const parsed = v.safeParse(schema, value, { abortPipeEarly: true });
	return parsed.success ? ok(parsed.output) : err(parsed.issues.map((issue) => problemOf(issue, whole)));
}

/** A query by its schema. A field that is not in it, or is given twice, is a problem: it would do nothing, or half. */
export function readQuery(
	schema: v.GenericSchema<unknown, unknown> = NO_FIELDS,
	query: URLSearchParams,
): Result<unknown, readonly PolicyProblem[]> {
	const names = [...query.keys()];
	const repeated = names.filter((name, index) => names.indexOf(name) !== index);
	if (repeated.length > 0) return err(repeated.map((path) => ({ path, message: "is given more than once" })));
	return readValue(schema, Object.fromEntries(query), "query");
}

function problemOf(issue: v.BaseIssue<unknown>, whole: string): PolicyProblem {
	const path = issuePath(issue);
	if (issue.type === "strict_object" && issue.expected === "never") return { path, message: "is not known here" };
	if (issue.type === "strict_object" && issue.received === "undefined") return { path, message: "is required" };
	return { path: path === "" ? whole : path, message: issue.message };
}
