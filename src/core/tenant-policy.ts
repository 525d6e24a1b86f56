import * as v from "valibot";
import type { ConfidenceMethod } from "./confidence/method.ts";
import type { Price } from "./cost.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { issuePath } from "./issue-path.ts";
import { err, ok, type Result } from "./result.ts";

/** One stage of a cascade: a model, how sure it must be, how long it may take, what it costs. */
export interface StagePolicy {
	readonly name: string;
	readonly adapter: "workers-ai" | "openai";
	/** The upstream's own name for the model. */
	readonly model: string;
	/** Name of an operator-defined origin; set exactly for `openai`. A tenant never sets a URL. */
	readonly origin?: string | undefined;
	/** How the answer is judged; absent exactly on the last stage. */
	readonly confidence?: ConfidenceMethod | undefined;
	/** The least confidence accepted; absent exactly on the last stage. */
	readonly threshold?: number | undefined;
	/** Milliseconds for this stage's answer; default: 40% of what is left of the cascade's. */
	readonly timeoutMs?: number | undefined;
	readonly price: Price;
	/** Overrides the capability table for a model that a probe has shown to differ. */
	readonly logprobs?: boolean | undefined;
}

/** A named list of stages; the request's `model` is its name. */
export interface Cascade {
	readonly stages: readonly StagePolicy[];
	/** Milliseconds to the first content byte of a stream, or to the whole plain answer. */
	readonly timeoutMs: number;
	/** When the last stage fails: serve the best answer held, marked as such, or fail. */
	readonly onOriginFailure: "serve-edge-answer" | "fail";
	/** Whether the client may force a stage with `x-cascade-route`. */
	readonly allowRouteHeader: boolean;
}

/** A tenant's whole policy. */
export interface TenantPolicy {
	readonly version: 1;
	readonly cascades: Readonly<Record<string, Cascade>>;
	readonly limits: {
		readonly maxBodyBytes: number;
		/** The most a client may ask for, and what a small model is given where the client asks for nothing. */
		readonly maxOutputTokens: number;
	};
}

/** One thing wrong with a document, at a path such as `cascades.chat.stages[0].threshold`. */
export interface PolicyProblem {
	readonly path: string;
	readonly message: string;
}

/** The policy format's bounds; `docs/storage.md` lists them. */
export const POLICY_LIMITS = {
	cascades: 64,
	stages: 5,
	timeoutMs: { least: 1_000, default: 55_000, most: 600_000 },
	maxBodyBytes: { least: 1_024, default: 1_048_576, most: 26_214_400 },
	maxOutputTokens: { default: 4_096, most: 1_048_576 },
	samples: { least: 2, most: 10 },
	labels: { least: 2, most: 20 },
} as const;

const between = (least: number, most: number, unit = "") => {
	const message = `must be a number from ${least} to ${most}${unit}`;
	return v.pipe(v.number(message), v.finite(message), v.minValue(least, message), v.maxValue(most, message));
};
const wholeBetween = (least: number, most: number, unit = "") => {
	const message = `must be a whole number from ${least} to ${most}${unit}`;
	return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
};
const name = (what: string) =>
	v.pipe(
		v.string(`${what} must be text`),
		v.regex(
			/^[a-z0-9][a-z0-9._-]{0,63}$/u,
			`${what} must be 1 to 64 of a-z, 0-9, '.', '_', '-', and begin with a letter or digit`,
		),
	);
const modelName = v.pipe(
	v.string("must be the model's name"),
	// Model names travel in headers, so anything outside printable ASCII is refused here and not at a request.
	v.regex(/^[\x21-\x7e]{1,200}$/u, "must be 1 to 200 printable ASCII characters without spaces"),
);

const perMillion = between(0, 1e6, " US dollars a million tokens");
const price = v.union(
	[
		v.strictObject({ inputUsdPerMillion: perMillion, outputUsdPerMillion: perMillion }),
		v.strictObject({
			usdPerGpuHour: between(0, 1e6, " US dollars"),
			inputTokensPerSecond: between(1e-3, 1e9),
			outputTokensPerSecond: between(1e-3, 1e9),
		}),
	],
	"must be {inputUsdPerMillion, outputUsdPerMillion} or {usdPerGpuHour, inputTokensPerSecond, outputTokensPerSecond}, each a number",
);

const logprobMethod = <const Method extends string>(method: Method) => v.strictObject({ method: v.literal(method) });

const confidence = v.variant(
	"method",
	[
		logprobMethod("mean-logprob"),
		logprobMethod("min-logprob"),
		v.strictObject({ method: v.literal("quantile-logprob"), quantile: between(0, 1) }),
		logprobMethod("token-margin"),
		v.strictObject({
			method: v.literal("label-margin"),
			labels: v.pipe(
				v.array(
					v.pipe(
						v.string(),
						v.nonEmpty("a label must not be empty"),
						v.maxLength(100, "a label has at most 100 characters"),
					),
				),
				v.minLength(POLICY_LIMITS.labels.least, "needs at least 2 labels"),
				v.check(
					(labels) => new Set(labels.map((label) => label.toLowerCase())).size === labels.length,
					"two labels differ in letter case at most, so no token could tell them apart",
				),
				v.maxLength(POLICY_LIMITS.labels.most, "takes at most 20 labels, the most alternatives a model lists"),
			),
		}),
		v.strictObject({
			method: v.literal("agreement"),
			samples: wholeBetween(POLICY_LIMITS.samples.least, POLICY_LIMITS.samples.most),
			temperature: v.optional(between(0, 2), 1),
			match: v.optional(v.picklist(["exact", "normalised", "json"]), "normalised"),
		}),
		v.strictObject({
			method: v.literal("verify"),
			model: modelName,
			price: v.optional(price),
			logprobs: v.optional(v.boolean("must be true or false")),
		}),
	],
	"must be one of mean-logprob, min-logprob, quantile-logprob, token-margin, label-margin, agreement, verify",
);

const stage = v.strictObject({
	name: name("a stage's name"),
	adapter: v.picklist(["workers-ai", "openai"], "must be workers-ai or openai"),
	model: modelName,
	origin: v.optional(name("an origin's name")),
	confidence: v.optional(confidence),
	threshold: v.optional(between(0, 1)),
	timeoutMs: v.optional(wholeBetween(100, POLICY_LIMITS.timeoutMs.most, " milliseconds")),
	price,
	logprobs: v.optional(v.boolean("must be true or false")),
});

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
	allowRouteHeader: v.optional(v.boolean("must be true or false"), false),
});

const policy = v.strictObject({
	version: v.literal(1, "must be 1"),
	cascades: v.pipe(
		// A record alone would take a list for an object whose names are numbers.
		v.custom<JsonObject>(isJsonObject, "must be an object of cascades by name"),
		v.record(name("a cascade's name"), cascade),
		v.check((cascades) => Object.keys(cascades).length > 0, "a policy has at least one cascade"),
		v.check(
			(cascades) => Object.keys(cascades).length <= POLICY_LIMITS.cascades,
			`a policy has at most ${POLICY_LIMITS.cascades} cascades`,
		),
	),
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
	if (!isJsonObject(document) || !isJsonObject(document["cascades"])) return [];
	return Object.entries(document["cascades"]).flatMap(([alias, value]) => {
		const path = `cascades.${alias}`;
		if (RESERVED_NAMES.has(alias)) return [{ path, message: "this name is reserved" }];
		if (!isJsonObject(value) || !Array.isArray(value["stages"])) return [];
		return stageProblems(`${path}.stages`, value["stages"]);
	});
}

function stageProblems(path: string, stages: readonly unknown[]): PolicyProblem[] {
	const problems: PolicyProblem[] = [];
	const seen = new Set<unknown>();
	for (const [index, stage] of stages.entries()) {
		if (!isJsonObject(stage)) continue;
		const { name: stageName, adapter, origin, confidence: method, threshold } = stage;
		const isLast = index === stages.length - 1;
		const report = (field: string, message: string) => problems.push({ path: `${path}[${index}].${field}`, message });
		if (typeof stageName === "string" && seen.has(stageName)) {
			report("name", "two stages of a cascade have the same name");
		}
		seen.add(stageName);
		if (adapter === "openai" && origin === undefined) report("origin", "an openai stage names an origin");
		if (adapter === "workers-ai" && origin !== undefined) report("origin", "a workers-ai stage has no origin");
		if (isLast && threshold !== undefined)
			report("threshold", "the last stage answers whatever it says, so it has no threshold");
		if (isLast && method !== undefined)
			report("confidence", "the last stage is not judged, so it has no confidence method");
		if (!isLast && threshold === undefined) report("threshold", "a stage before the last needs a threshold");
		if (!isLast && method === undefined) report("confidence", "a stage before the last needs a confidence method");
	}
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
