import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { ok, type Result } from "../../core/result.ts";
import type { LogRow, RowFault, StageRow } from "./log-row.ts";
import {
	answerFeatures,
	fault,
	readAmount,
	readConfidence,
	readLogprob,
	readNumber,
	readText,
	readVerdict,
} from "./read-values.ts";

/** The first line of a trace. */
export interface TraceHeader {
	/** In the order in which a cascade asks them. */
	readonly models: readonly string[];
	/** What decided `correct`, where the trace says so. */
	readonly labeller: string | undefined;
}

/** Whether an object is a trace's header: it names models. */
export function isTraceHeader(value: unknown): value is JsonObject {
	return isJsonObject(value) && Array.isArray(value["models"]);
}

/** Reads the header: at least two models, each named once. */
export function readTraceHeader(value: JsonObject): Result<TraceHeader, RowFault> {
	const models: unknown = value["models"];
	if (!Array.isArray(models) || models.length < 2) return fault("the header names fewer than two models", models);
	const names = models.filter((model): model is string => typeof model === "string" && model !== "");
	if (names.length !== models.length || new Set(names).size !== names.length)
		return fault("the header's models are not names, each of another model", models);
	const labeller = value["labeller"];
	return ok({ models: names, labeller: typeof labeller === "string" ? labeller : undefined });
}

/**
 * Reads a row of the trace format: `id`, and `stages` in the header's order, each with `correct`, a `logprob` or a
 * `confidence`, and where known `costUsd`, `latencyMs`, `inputTokens`, `outputTokens`, `label`, `features`. A
 * `logprob` becomes the confidence exp(logprob), and stays as a feature; the first stage's `inputTokens` are the request's. `group` names the field that says which rows
 * belong together.
 */
export function readTraceRow(
	value: unknown,
	{ models }: TraceHeader,
	group: string | undefined,
): Result<LogRow, RowFault> {
	if (!isJsonObject(value)) return fault("the line is not a JSON object", value);
	const id = readText("id", value["id"]);
	if (!id.ok) return id;
	if (id.value === undefined) return fault("id is missing", value["id"]);
	const entries: unknown = value["stages"];
	if (!Array.isArray(entries)) return fault("stages is not a list", entries);
	if (entries.length !== models.length) return fault("stages are not as many as the header's models", entries.length);
	const stages: StageRow[] = [];
	for (const [index, model] of models.entries()) {
		const stage = readStage(entries[index], index, model, index === models.length - 1);
		if (!stage.ok) return stage;
		stages.push(stage.value);
	}
	const ofGroup = group === undefined ? ok(undefined) : readText(group, value[group]);
	if (!ofGroup.ok) return ofGroup;
	if (group !== undefined && ofGroup.value === undefined) return fault(`${group} is missing`, undefined);
	const features = readFeatures("features", value["features"]);
	if (!features.ok) return features;
	const inputTokens = readAmount("inputTokens", isJsonObject(entries[0]) ? entries[0]["inputTokens"] : undefined);
	if (!inputTokens.ok) return inputTokens;
	const ofRequest = Number.isNaN(inputTokens.value)
		? features.value
		: { inputTokens: inputTokens.value, ...features.value };
	return ok({ id: id.value, group: ofGroup.value, features: ofRequest, stages });
}

function readStage(value: unknown, stage: number, model: string, isLast: boolean): Result<StageRow, RowFault> {
	if (!isJsonObject(value)) return fault(`${model}: is not a JSON object`, value);
	const named = (field: string) => `${model}: ${field}`;
	if (!isLast && value["confidence"] === undefined && value["logprob"] === undefined)
		return fault(`${model}: has neither confidence nor logprob`, undefined);
	const ofLogprob = readLogprob(named("logprob"), value["logprob"]);
	if (!ofLogprob.ok) return ofLogprob;
	const given = readConfidence(named("confidence"), value["confidence"]);
	if (!given.ok) return given;
	const verdict =
		value["correct"] === undefined ? readVerdict(value["wrong"], "wrong") : readVerdict(value["correct"], "right");
	const costUsd = readAmount(named("costUsd"), value["costUsd"]);
	if (!costUsd.ok) return costUsd;
	const latencyMs = readAmount(named("latencyMs"), value["latencyMs"]);
	if (!latencyMs.ok) return latencyMs;
	const label = readText(named("label"), value["label"]);
	if (!label.ok) return label;
	const logprob = readNumber(named("logprob"), value["logprob"]);
	if (!logprob.ok) return logprob;
	const outputTokens = readAmount(named("outputTokens"), value["outputTokens"]);
	if (!outputTokens.ok) return outputTokens;
	const features = readFeatures(named("features"), value["features"]);
	if (!features.ok) return features;
	const known = answerFeatures(logprob.value, outputTokens.value);
	return ok({
		stage,
		confidence: value["confidence"] === undefined ? ofLogprob.value : given.value,
		verdict,
		costUsd: costUsd.value,
		latencyMs: latencyMs.value,
		label: value["label"] === undefined ? undefined : (label.value ?? null),
		features: features.value === undefined ? known : { ...known, ...features.value },
	});
}

function readFeatures(name: string, value: unknown): Result<Record<string, number> | undefined, RowFault> {
	if (value === undefined || value === null) return ok(undefined);
	if (!isJsonObject(value)) return fault(`${name} is not an object of numbers`, value);
	const features: Record<string, number> = {};
	for (const [feature, given] of Object.entries(value)) {
		const number = readNumber(`${name}.${feature}`, given);
		if (!number.ok) return number;
		features[feature] = number.value;
	}
	return ok(features);
}
