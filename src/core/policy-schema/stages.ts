import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../json.ts";
import { POLICY_LIMITS, type PolicyProblem } from "../tenant-policy.ts";
import { confidence } from "./confidence.ts";
import { guarantee } from "./guarantee.ts";
import { between, flag, modelName, name, price, wholeBetween } from "./scalars.ts";

const adapter = v.picklist(["workers-ai", "openai"], "must be workers-ai or openai");
const origin = v.optional(name("an origin's name"));

/** One of a cascade's `stages`. */
export const stage = v.strictObject({
	name: name("a stage's name"),
	adapter,
	model: modelName,
	origin,
	confidence: v.optional(confidence),
	threshold: v.optional(between(0, 1)),
	guarantee: v.optional(guarantee),
	timeoutMs: v.optional(wholeBetween(100, POLICY_LIMITS.timeoutMs.most, " milliseconds")),
	hedge: v.optional(
		v.strictObject({
			origin: name("an origin's name"),
			afterMs: v.optional(wholeBetween(100, POLICY_LIMITS.timeoutMs.most, " milliseconds"), 5_000),
		}),
	),
	price,
	logprobs: v.optional(flag),
	tools: v.optional(flag),
	shape: v.optional(
		v.picklist(
			["chat-completions", "native", "text-classification", "llama-guard", "moderations"],
			"must be one of chat-completions, native, text-classification, llama-guard, moderations",
		),
	),
});

/** One of the policy's `embeddings`. */
export const embeddings = v.strictObject({
	adapter,
	model: modelName,
	origin,
	price,
	timeoutMs: v.optional(
		wholeBetween(POLICY_LIMITS.timeoutMs.least, POLICY_LIMITS.timeoutMs.most, " milliseconds"),
		POLICY_LIMITS.timeoutMs.default,
	),
});

/** What is wrong between an adapter and its origin, of a stage, an embedding or a judge. */
export function originProblems(path: string, upstream: unknown): PolicyProblem[] {
	if (!isJsonObject(upstream)) return [];
	const report = (message: string) => [{ path: `${path}.origin`, message }];
	if (upstream["adapter"] === "openai" && upstream["origin"] === undefined) return report("openai needs an origin");
	if (upstream["adapter"] === "workers-ai" && upstream["origin"] !== undefined)
		return report("workers-ai has no origin");
	return [];
}

/** Rules between the fields of a cascade's stages. */
export function stageProblems(path: string, stages: readonly unknown[]): PolicyProblem[] {
	const problems: PolicyProblem[] = [];
	const seen = new Set<unknown>();
	for (const [index, candidate] of stages.entries()) {
		if (!isJsonObject(candidate)) continue;
		const { name: stageName, adapter: kind, confidence: method, threshold, guarantee: promise, shape } = candidate;
		const isLast = index === stages.length - 1;
		const report = (field: string, message: string) => problems.push({ path: `${path}[${index}].${field}`, message });
		if (typeof stageName === "string" && seen.has(stageName)) {
			report("name", "two stages of a cascade have the same name");
		}
		seen.add(stageName);
		problems.push(...originProblems(`${path}[${index}]`, candidate));
		if (typeof shape === "string" && typeof kind === "string" && !shapesOf(kind).includes(shape))
			report("shape", `a ${kind} stage has the shape ${shapesOf(kind).join(" or ")}`);
		if (
			isJsonObject(method) &&
			method["method"] === "agreement" &&
			(shape === "text-classification" || shape === "moderations")
		)
			report("confidence", "a classifier says the same each time, so its samples always agree");
		const { hedge, origin: first } = candidate;
		if (hedge !== undefined && (!isLast || kind !== "openai"))
			report("hedge", "only a last stage on an origin has a second one");
		if (isJsonObject(hedge) && hedge["origin"] !== undefined && hedge["origin"] === first)
			report("hedge.origin", "is the stage's own origin");
		if (isLast && threshold !== undefined)
			report("threshold", "the last stage answers whatever it says, so it has no threshold");
		if (isLast && method !== undefined)
			report("confidence", "the last stage is not judged, so it has no confidence method");
		if (!isLast && threshold === undefined && (promise === undefined || index > 0))
			report("threshold", "a stage before the last needs a threshold, or a first stage a guarantee");
		if (!isLast && method === undefined) report("confidence", "a stage before the last needs a confidence method");
	}
	return problems;
}

function shapesOf(kind: string): readonly string[] {
	return kind === "openai"
		? ["chat-completions", "moderations"]
		: ["chat-completions", "native", "text-classification", "llama-guard"];
}

/**
 * A stage that decides on the beginning of its answer (`confidence.prefix`) cannot make checks that need the whole of
 * it, and a check that is silently passed over is worse than none.
 */
export function prefixProblems(path: string, cascade: JsonObject): PolicyProblem[] {
	const stages = Array.isArray(cascade["stages"]) ? (cascade["stages"] as unknown[]) : [];
	const decidesEarly = stages.some(
		(candidate) =>
			isJsonObject(candidate) &&
			isJsonObject(candidate["confidence"]) &&
			candidate["confidence"]["prefix"] !== undefined,
	);
	if (!decidesEarly) return [];
	const checks = isJsonObject(cascade["checks"]) ? cascade["checks"] : {};
	const problems: PolicyProblem[] = [];
	const report = (field: string, message: string) => problems.push({ path: `${path}.checks.${field}`, message });
	if (checks["refusal"] !== false)
		report("refusal", "must be false beside a stage with a prefix, which is served before its end is known");
	for (const field of ["pattern", "script"]) {
		if (checks[field] !== undefined)
			report(field, "needs the whole answer, which a stage with a prefix does not wait for");
	}
	return problems;
}
