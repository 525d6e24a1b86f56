import { parseJson, type JsonObject } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import { readBounded } from "../web/read-bounded.ts";
import { readThrownFailure, readWorkersAiFailure } from "./workers-ai-failure.ts";
import type { WorkersAiBinding } from "./workers-ai-stage.ts";

const MOST_ERROR_BYTES = 64 * 1024;

/**
 * Runs a model; the answer's body is still to be read. Asks for the raw response: the binding keeps status and ids of the
 * last call on itself, where concurrent requests would read each other's, and its errors have no status at all.
 */
export async function beginWorkersAi(
	ai: WorkersAiBinding,
	model: string,
	inputs: JsonObject,
	signal: AbortSignal,
): Promise<Result<Response, StageFailure>> {
	try {
		const response = await ai.run(model, inputs, { returnRawResponse: true, signal });
		if (response.ok) return ok(response);
		const text = await readBounded(response, MOST_ERROR_BYTES);
		return err(readWorkersAiFailure(response.status, text.ok ? text.value : ""));
	} catch (error) {
		return err(signal.aborted ? { kind: "aborted" } : readThrownFailure(error));
	}
}

/** Runs a model that answers whole, with an answer of at most so many bytes; undefined is an answer that is no JSON. */
export async function runWorkersAi(
	ai: WorkersAiBinding,
	model: string,
	inputs: JsonObject,
	signal: AbortSignal,
	mostBytes: number,
): Promise<Result<unknown, StageFailure>> {
	const response = await beginWorkersAi(ai, model, inputs, signal);
	if (!response.ok) return response;
	try {
		const text = await readBounded(response.value, mostBytes);
		return text.ok ? ok(parseJson(text.value)) : err({ kind: "too-large", limitBytes: mostBytes });
	} catch {
		return err({ kind: signal.aborted ? "aborted" : "broken-off" });
	}
}
