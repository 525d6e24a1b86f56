import type { CascadeStage, Clock, LiveAnswer, StageCall } from "../cascade/ports.ts";
import type { JsonObject } from "../core/json.ts";
import { err, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import { streamFailure } from "../openai/status-failure.ts";
import { readUpstreamError } from "../openai/upstream-error.ts";
import { openLiveAnswer } from "./open-live-answer.ts";
import { prefixOf } from "./read-prefix.ts";
import { beginWorkersAi, runWorkersAi } from "./run-workers-ai.ts";
import { readWorkersAiAnswer } from "./workers-ai-answer.ts";
import { workersAiCapabilities, type DeclaredCapabilities } from "./workers-ai-capabilities.ts";
import { workersAiInputs } from "./workers-ai-inputs.ts";
import { openaiChunks } from "./workers-ai-stream.ts";

/** The one method of the `AI` binding that is used; narrow, so that a stand-in has one thing to get right. */
export interface WorkersAiBinding {
	readonly run: (
		model: string,
		inputs: JsonObject,
		options: AiOptions & { returnRawResponse: true },
	) => Promise<Response>;
}

/** An answer with log-probabilities and 20 alternatives a token is some 2 KB a token. */
const MOST_ANSWER_BYTES = 8 * 1024 * 1024;

/** A stage on a Workers AI model that chats, in whichever dialect. */
export function createWorkersAiStage(
	ai: WorkersAiBinding,
	model: string,
	declared: DeclaredCapabilities | undefined,
	clock: Clock,
): CascadeStage {
	// The confidence method may call another model of this adapter, a checker, of which the policy may say otherwise.
	const capabilitiesOf = (called: string, declaredLogprobs = declared?.logprobs) =>
		workersAiCapabilities(called, { ...(called === model ? declared : {}), logprobs: declaredLogprobs });

	const inputsOf = (call: StageCall, stream: boolean) =>
		workersAiInputs(call, capabilitiesOf(call.model, call.declaredLogprobs), stream);

	async function open(call: StageCall): Promise<Result<LiveAnswer, StageFailure>> {
		const response = await beginWorkersAi(ai, call.model, inputsOf(call, true), call.signal);
		if (!response.ok) return response;
		if (response.value.body === null) return err({ kind: "invalid-answer", detail: "the stream has no body" });
		const identity = {
			id: `chatcmpl-${call.requestId}`,
			created: Math.floor(clock.now() / 1000),
			model: call.request.model,
		};
		try {
			return await openLiveAnswer(openaiChunks(response.value.body, identity, call.maxOutputTokens));
		} catch {
			return err({ kind: call.signal.aborted ? "aborted" : "broken-off" });
		}
	}

	return {
		capabilities: capabilitiesOf(model),
		async complete(call) {
			const body = await runWorkersAi(ai, call.model, inputsOf(call, false), call.signal, MOST_ANSWER_BYTES);
			if (!body.ok) return body;
			const answer = readWorkersAiAnswer(body.value, call.maxOutputTokens);
			if (answer.ok) return answer;
			const problem = readUpstreamError(body.value);
			return err(problem === null ? { kind: "invalid-answer", detail: answer.error } : streamFailure(problem));
		},
		stream: open,
		streamPrefix: async (call, rule) => prefixOf(await open(call), rule, call.signal, clock),
	};
}
