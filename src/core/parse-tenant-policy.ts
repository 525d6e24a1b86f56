import * as v from "valibot";
import { issuePath } from "./issue-path.ts";
import { isJsonObject } from "./json.ts";
import { guaranteeProblems, labellerProblems } from "./policy-schema/guarantee-problems.ts";
import { policy } from "./policy-schema/policy.ts";
import { originProblems, prefixProblems, stageProblems } from "./policy-schema/stages.ts";
import { err, ok, type Result } from "./result.ts";
import type { PolicyProblem, TenantPolicy } from "./tenant-policy.ts";

/**
 * Parses a tenant policy, `version: 1`. The one parser of the read path, the command line and the API: what it
 * accepts anywhere is accepted everywhere. Reports every problem at once, each at its path; unknown fields are
 * problems, since a misspelt one would otherwise be a setting that does nothing.
 */
export function parseTenantPolicy(document: unknown): Result<TenantPolicy, readonly PolicyProblem[]> {
	const parsed = v.safeParse(policy, document, { abortPipeEarly: true });
	const problems = [...(parsed.success ? [] : parsed.issues.map(problemOf)), ...problemsBetweenFields(document)];
	return parsed.success && problems.length === 0 ? ok(parsed.output) : err(problems);
}

/** Names that every object has; the schema library passes over them in silence. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Rules that a schema of single fields cannot say; read from the document itself, so that they are told with the rest. */
function problemsBetweenFields(document: unknown): PolicyProblem[] {
	if (!isJsonObject(document)) return [];
	const cascades = isJsonObject(document["cascades"]) ? document["cascades"] : {};
	const named = isJsonObject(document["embeddings"]) ? document["embeddings"] : {};
	const problems: PolicyProblem[] = [];
	for (const [alias, value] of Object.entries(cascades)) {
		const path = `cascades.${alias}`;
		if (RESERVED_NAMES.has(alias)) problems.push({ path, message: "this name is reserved" });
		else if (isJsonObject(value)) {
			// One by one: as arguments of one call, those of a hundred thousand stages would overflow the stack.
			if (Array.isArray(value["stages"]))
				for (const problem of stageProblems(`${path}.stages`, value["stages"])) problems.push(problem);
			problems.push(
				...prefixProblems(path, value),
				...guaranteeProblems(path, value),
				...labellerProblems(path, value),
			);
		}
	}
	for (const [alias, value] of Object.entries(named)) {
		const path = `embeddings.${alias}`;
		if (RESERVED_NAMES.has(alias)) problems.push({ path, message: "this name is reserved" });
		else if (Object.hasOwn(cascades, alias)) problems.push({ path, message: "a cascade has the same name" });
		else problems.push(...originProblems(path, value));
	}
	const { moderations } = isJsonObject(document["defaults"]) ? document["defaults"] : {};
	if (typeof moderations === "string" && !Object.hasOwn(cascades, moderations))
		problems.push({ path: "defaults.moderations", message: "names no cascade of this policy" });
	return problems;
}

function problemOf(issue: v.BaseIssue<unknown>): PolicyProblem {
	const path = issuePath(issue);
	const ofObject = issue.type === "strict_object";
	const message =
		ofObject && issue.expected === "never"
			? "is not a field of the policy"
			: ofObject && issue.received === "undefined"
				? "is required"
				: issue.message;
	return { path: path === "" ? "policy" : path, message };
}
