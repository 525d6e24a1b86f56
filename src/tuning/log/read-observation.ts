import { isJsonObject, parseJson, type JsonObject } from "../../core/json.ts";
import { ok, type Result } from "../../core/result.ts";
import type { RowFault } from "./log-row.ts";
import { fault, readAmount, readConfidence } from "./read-values.ts";

/** What a stage of a live cascade did with a request. */
export interface ObservedStage {
	readonly name: string;
	/** Null where no call says it. */
	readonly model: string | null;
	/** Passed over without being asked. */
	readonly skipped: boolean;
	readonly reason: string;
	/** NaN where there was no reading, the answer failed, or a check rejected it: it then defers at any threshold. */
	readonly confidence: number;
	/** Of all its calls, samples and checks too. */
	readonly costUsd: number;
	readonly latencyMs: number;
}

/** What a log needs of an observation. */
export interface ObservedRequest {
	/** The request's id; with `#` and its number where it is a text of a batch. */
	readonly id: string;
	/** `tenant/cascade`. */
	readonly cascade: string;
	/** The stage that answered; null where none did. */
	readonly answeredBy: string | null;
	/** In the order considered. */
	readonly stages: readonly ObservedStage[];
}

/**
 * The observations in one object of a log: the record itself, as the Worker's log has it, or what `wrangler tail --format
 * json`, Logpush (workers_trace_events) or Workers Logs wrap around it. Empty where the object holds none, such as an
 * event of another kind.
 */
export function unwrapObservations(value: unknown): JsonObject[] {
	if (typeof value === "string") return value.startsWith("{") ? unwrapObservations(parseJson(value)) : [];
	if (!isJsonObject(value)) return [];
	if (isObservation(value)) return [value];
	const source = value["source"];
	if (isJsonObject(source)) return unwrapObservations(source);
	const entries: unknown = value["logs"] ?? value["Logs"];
	if (!Array.isArray(entries)) return [];
	return entries.filter(isJsonObject).flatMap((entry) => {
		const message: unknown = entry["message"] ?? entry["Message"];
		return Array.isArray(message) ? message.flatMap(unwrapObservations) : unwrapObservations(message);
	});
}

/** Whether an object is of a live log, whatever happened in it. */
export function isLiveLog(value: unknown): boolean {
	if (!isJsonObject(value)) return false;
	if (isObservation(value) || value["event"] === "fault") return true;
	const isTail = Array.isArray(value["logs"]) && "outcome" in value;
	const isLogpush = Array.isArray(value["Logs"]) && "Outcome" in value;
	return isTail || isLogpush || (isJsonObject(value["source"]) && unwrapObservations(value).length > 0);
}

function isObservation(value: JsonObject): boolean {
	return typeof value["requestId"] === "string" && Array.isArray(value["trail"]) && Array.isArray(value["calls"]);
}

/** Reads an observation of version 1, `src/core/observation.ts`. */
export function readObservation(value: JsonObject): Result<ObservedRequest, RowFault> {
	if (value["version"] !== 1) return fault("the observation is of another version", value["version"]);
	const { requestId, tenant, cascade, trail, calls } = value;
	if (typeof requestId !== "string" || requestId === "") return fault("requestId is missing", requestId);
	if (typeof tenant !== "string" || typeof cascade !== "string")
		return fault("tenant or cascade is missing", `${String(tenant)}/${String(cascade)}`);
	if (!Array.isArray(trail) || !Array.isArray(calls)) return fault("trail or calls is not a list", requestId);
	const stages: ObservedStage[] = [];
	for (const entry of trail) {
		const stage = readEntry(entry, calls);
		if (!stage.ok) return stage;
		stages.push(stage.value);
	}
	const item = typeof value["item"] === "number" ? `#${value["item"]}` : "";
	const answeredBy = typeof value["stage"] === "string" ? value["stage"] : null;
	return ok({ id: requestId + item, cascade: `${tenant}/${cascade}`, answeredBy, stages });
}

function readEntry(entry: unknown, calls: readonly unknown[]): Result<ObservedStage, RowFault> {
	if (!isJsonObject(entry)) return fault("an entry of trail is not a JSON object", entry);
	const { stage: name, outcome, reason } = entry;
	if (typeof name !== "string" || typeof outcome !== "string" || typeof reason !== "string")
		return fault("an entry of trail lacks its stage, outcome or reason", entry);
	const confidence = readConfidence("confidence", entry["confidence"]);
	if (!confidence.ok) return confidence;
	const isJudged = outcome !== "failed" && reason !== "rejected-by-check";
	const own = calls.filter(isJsonObject).filter((call) => call["stage"] === name);
	const costUsd = totalOf(own, "costUsd");
	if (!costUsd.ok) return costUsd;
	const latencyMs = totalOf(own, "ms");
	if (!latencyMs.ok) return latencyMs;
	const model = own.find(({ purpose }) => purpose === "answer")?.["model"];
	return ok({
		name,
		model: typeof model === "string" ? model : null,
		skipped: outcome === "skipped",
		reason,
		confidence: isJudged ? confidence.value : Number.NaN,
		costUsd: costUsd.value,
		latencyMs: latencyMs.value,
	});
}

/** NaN where there is no call, or one of them does not say. */
function totalOf(calls: readonly JsonObject[], field: string): Result<number, RowFault> {
	let total = calls.length === 0 ? Number.NaN : 0;
	for (const call of calls) {
		const amount = readAmount(`a call's ${field}`, call[field]);
		if (!amount.ok) return amount;
		total += amount.value;
	}
	return ok(total);
}
