import { isJsonObject, type JsonObject } from "../json.ts";
import { answeredLabel } from "../task.ts";
import type { PolicyProblem } from "../tenant-policy.ts";
import { originProblems } from "./stages.ts";

/** Shapes of models that do one task; they call no tools and write no JSON. */
const CLASSIFIERS: ReadonlySet<unknown> = new Set(["text-classification", "llama-guard", "moderations"]);

/** Rules between a cascade's guarantee and its other fields. */
export function guaranteeProblems(path: string, cascade: JsonObject): PolicyProblem[] {
	const [first, ...later] = Array.isArray(cascade["stages"]) ? (cascade["stages"] as unknown[]) : [];
	const problems: PolicyProblem[] = [];
	for (const [index, stage] of later.entries()) {
		if (!isJsonObject(stage) || stage["guarantee"] === undefined) continue;
		const message = "is for a first stage alone: which requests reach another depends on the thresholds before it";
		problems.push({ path: `${path}.stages[${index + 1}].guarantee`, message });
	}
	if (!isJsonObject(first) || !isJsonObject(first["guarantee"])) return problems;
	const { confidence, threshold, guarantee } = first;
	const report = (field: string, message: string) => problems.push({ path: `${path}.stages[0].${field}`, message });
	if (isJsonObject(confidence) && confidence["prefix"] !== undefined)
		report("confidence.prefix", "cannot stand beside a guarantee, whose labels compare whole answers");
	if (guarantee["withoutCertificate"] === "manual-threshold" && threshold === undefined)
		report("threshold", "is needed by a guarantee that falls back on it");
	const { kind = "normalised", labels } = isJsonObject(cascade["labeller"]) ? cascade["labeller"] : {};
	const { onLabel } = guarantee;
	if (kind === "label" && isListOfText(labels) && typeof onLabel === "string")
		if (answeredLabel(onLabel, labels) === undefined)
			report("guarantee.onLabel", "is none of the labeller's labels, so no answer would be in the guarantee's scope");
	const incomparable = incomparableAnswers(first, kind, onLabel);
	if (incomparable !== null) problems.push({ path: `${path}.labeller`, message: incomparable });
	return problems;
}

/** Rules between the fields of a cascade's labeller. */
export function labellerProblems(path: string, { labeller }: JsonObject): PolicyProblem[] {
	return isJsonObject(labeller) && labeller["kind"] === "judge" ? originProblems(`${path}.labeller`, labeller) : [];
}

/** Why a labeller could find no answer of this stage right; null where it could. */
function incomparableAnswers({ shape, tools }: JsonObject, kind: unknown, onLabel: unknown): string | null {
	if (kind === "tool-call" && (tools === false || CLASSIFIERS.has(shape)))
		return "compares tool calls, and the first stage makes none";
	if (kind === "json" && CLASSIFIERS.has(shape)) return "compares JSON, and the first stage answers with a label";
	const givesVerdicts = shape === "llama-guard" || shape === "moderations";
	return givesVerdicts && onLabel === "unsafe" && kind !== "label"
		? "must be of the kind label: the categories of an unsafe verdict are not the last stage's"
		: null;
}

function isListOfText(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every((item) => typeof item === "string");
}
