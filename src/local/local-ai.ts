/**
 * A stand-in for the Workers AI binding on a laptop: bound as a service, its
 * `run()` has the shape of `env.AI.run()`, answered by the models of this folder.
 */
import { WorkerEntrypoint } from "cloudflare:workers";
import { eventStream } from "./event-stream.ts";
import { createCatalogue } from "./models/catalogue.ts";
import { type InferenceProblem, type LocalRunResult, runLocalModel } from "./run-local-model.ts";
import { bundledWeights } from "./weights/index.ts";

/** The options of `env.AI.run()` that are honoured; others are ignored. */
interface LocalAIOptions {
	/** Answer with the HTTP response, error statuses included, instead of its content. */
	readonly returnRawResponse?: boolean;
	readonly signal?: AbortSignal;
}

/** The name Workers AI gives its errors, both in bodies and on thrown errors. */
const ERROR_NAME = "InferenceUpstreamError";

const find = createCatalogue(bundledWeights);

/** The entrypoint to bind as `AI`. */
export class LocalAI extends WorkerEntrypoint {
	/**
	 * Runs a model.
	 *
	 * @returns a `Response` with `returnRawResponse`; otherwise the answer object,
	 * or a byte stream of server-sent events for `stream: true`.
	 * @throws InferenceUpstreamError named as Workers AI's, without `returnRawResponse`;
	 * the signal's reason when it has aborted.
	 */
	async run(model: string, inputs: unknown, options: LocalAIOptions = {}): Promise<unknown> {
		options.signal?.throwIfAborted();
		const identity = { id: `chatcmpl-${crypto.randomUUID()}`, created: Math.floor(Date.now() / 1_000) };
		const result = runLocalModel(find, model, inputs, Math.random, identity);
		return options.returnRawResponse === true ? rawResponse(result, options.signal) : content(result, options.signal);
	}
}

function rawResponse(result: LocalRunResult, signal: AbortSignal | undefined): Response {
	switch (result.kind) {
		case "answer":
			return jsonResponse(result.answer, 200);
		case "stream":
			return new Response(eventStream(result.events, undefined, signal), {
				headers: { "content-type": "text/event-stream" },
			});
		case "problem": {
			const { status, internalCode, description } = result.problem;
			return jsonResponse({ internalCode, description, name: ERROR_NAME }, status);
		}
	}
}

function content(result: LocalRunResult, signal: AbortSignal | undefined): unknown {
	switch (result.kind) {
		case "answer":
			return result.answer;
		case "stream":
			return eventStream(result.events, undefined, signal);
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
