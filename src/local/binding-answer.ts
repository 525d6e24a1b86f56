/** What `env.AI.run()` gives for a model's answer: its content, or the HTTP response; both at a chosen speed. */
import { eventStream, pause } from "./event-stream.ts";
import type { InferenceProblem, LocalRunResult } from "./run-local-model.ts";

/** The options of `env.AI.run()` that are honoured; others are ignored. */
export interface RunOptions {
	/** Answer with the HTTP response, error statuses included, instead of its content. */
	readonly returnRawResponse?: boolean;
	readonly signal?: AbortSignal;
}

/** The name Workers AI gives its errors, both in bodies and on thrown errors. */
const ERROR_NAME = "InferenceUpstreamError";

/**
 * The answer of a run.
 *
 * @param speed tokens a second; undefined for as fast as possible.
 * @returns a `Response` with `returnRawResponse`; otherwise the answer object,
 * or a byte stream of server-sent events for `stream: true`.
 * @throws InferenceUpstreamError named as Workers AI's, without `returnRawResponse`;
 * the signal's reason when it has aborted.
 */
export async function bindingAnswer(
	result: LocalRunResult,
	{ returnRawResponse, signal }: RunOptions,
	speed: number | undefined,
): Promise<unknown> {
	if (result.kind === "answer" && speed !== undefined) await pause((1_000 * result.completionTokens) / speed, signal);
	signal?.throwIfAborted();
	return returnRawResponse === true ? rawResponse(result, speed, signal) : content(result, speed, signal);
}

function rawResponse(result: LocalRunResult, speed: number | undefined, signal: AbortSignal | undefined): Response {
	switch (result.kind) {
		case "answer":
			return jsonResponse(result.answer, 200);
		case "stream":
			return new Response(eventStream(result.events, speed, signal), {
				headers: { "content-type": "text/event-stream" },
			});
		case "problem": {
			const { status, internalCode, description } = result.problem;
			return jsonResponse({ internalCode, description, name: ERROR_NAME }, status);
		}
	}
}

function content(result: LocalRunResult, speed: number | undefined, signal: AbortSignal | undefined): unknown {
	switch (result.kind) {
		case "answer":
			return result.answer;
		case "stream":
			return eventStream(result.events, speed, signal);
		case "problem":
			throw inferenceError(result.problem);
	}
}

/** `Response.json` is not used because its content type is checked for exactly by the real binding's reader. */
function jsonResponse(value: unknown, status: number): Response {
	return new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json" } });
}

function inferenceError(problem: InferenceProblem): Error {
	const error = new Error(`${problem.internalCode}: ${problem.description}`);
	error.name = ERROR_NAME;
	return error;
}
