import * as v from "valibot";
import { issuePath } from "./issue-path.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { checks, gate } from "./policy-schema/checks-and-gate.ts";
import { between, flag, name, wholeBetween } from "./policy-schema/scalars.ts";
import { embeddings, originProblems, prefixProblems, stage, stageProblems } from "./policy-schema/stages.ts";
import { err, ok, type Result } from "./result.ts";
import { POLICY_LIMITS, type PolicyProblem, type TenantPolicy } from "./tenant-policy.ts";

const cascade = v.strictObject({
	stages: v.pipe(
		v.array(stage, "must be a list of stages"),
		v.minLength(2, "a cascade has at least two stages"),
		v.maxLength(POLICY_LIMITS.stages, `a cascade has at most ${POLICY_LIMITS.stages} stages`),
	),
	timeoutMs: v.optional(
		wholeBetween(POLICY_LIMITS.timeoutMs.least, POLICY_LIMITS.timeoutMs.most, " milliseconds"),
		POLICY_LIMITS.timeoutMs.default,
	),
	onOriginFailure: v.optional(v.picklist(["serve-edge-answer", "fail"], "must be serve-edge-answer or fail"), "fail"),
	allowRouteHeader: v.optional(flag, false),
	mode: v.optional(v.picklist(["sequential", "parallel"], "must be sequential or parallel"), "sequential"),
	checks: v.optional(checks, {}),
	gate: v.optional(gate),
});

const namedObject = <Value extends v.GenericSchema>(what: string, value: Value) =>
	v.pipe(
		// A record alone would take a list for an object whose names are numbers.
		v.custom<JsonObject>(isJsonObject, `must be an object of ${what} by name`),
		v.record(name("a name"), value),
		v.check(
			(named) => Object.keys(named).length <= POLICY_LIMITS.cascades,
			`a policy has at most ${POLICY_LIMITS.cascades} ${what}`,
		),
	);

const budget = v.strictObject({
	usdPerDay: between(POLICY_LIMITS.usdPerDay.least, POLICY_LIMITS.usdPerDay.most, " US dollars"),
	onExhausted: v.optional(v.picklist(["serve-edge-answer", "fail"], "must be serve-edge-answer or fail"), "fail"),
});

const policy = v.strictObject({
	version: v.literal(1, "must be 1"),
	cascades: v.pipe(
		namedObject("cascades", cascade),
		v.check((cascades) => Object.keys(cascades).length > 0, "a policy has at least one cascade"),
	),
	embeddings: v.optional(namedObject("embeddings", embeddings), {}),
	defaults: v.optional(v.strictObject({ moderations: v.optional(name("a cascade's name")) }), {}),
	budget: v.optional(budget),
	limits: v.optional(
		v.strictObject({
			maxBodyBytes: v.optional(
				wholeBetween(POLICY_LIMITS.maxBodyBytes.least, POLICY_LIMITS.maxBodyBytes.most, " bytes"),
				POLICY_LIMITS.maxBodyBytes.default,
			),
			maxOutputTokens: v.optional(
				wholeBetween(1, POLICY_LIMITS.maxOutputTokens.most, " tokens"),
				POLICY_LIMITS.maxOutputTokens.default,
			),
		}),
		{},
	),
});

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
		else if (isJsonObject(value) && Array.isArray(value["stages"]))
			problems.push(...stageProblems(`${path}.stages`, value["stages"]), ...prefixProblems(path, value));
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
