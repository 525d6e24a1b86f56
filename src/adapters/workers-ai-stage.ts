import type { CascadeStage, Clock, LiveAnswer, StageCall } from "../cascade/ports.ts";
import { parseJson, type JsonObject } from "../core/json.ts";
import { err, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import { openLiveAnswer } from "./open-live-answer.ts";
import { readPrefix } from "./read-prefix.ts";
import { readBounded } from "../web/read-bounded.ts";
import { readWorkersAiAnswer } from "./workers-ai-answer.ts";
import { workersAiCapabilities, type DeclaredCapabilities } from "./workers-ai-capabilities.ts";
import { readThrownFailure, readWorkersAiFailure } from "./workers-ai-failure.ts";
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
const MOST_ERROR_BYTES = 64 * 1024;

/**
 * A stage on Workers AI. Asks for the raw response: the binding keeps status and ids of the last call on itself,
 * where concurrent requests would read each other's, and its errors have no status at all.
 */
export function createWorkersAiStage(
	ai: WorkersAiBinding,
	model: string,
	declared: DeclaredCapabilities | undefined,
	clock: Clock,
): CascadeStage {
	// The confidence method may call another model of this adapter, a checker, of which the policy may say otherwise.
	const capabilitiesOf = (called: string, declaredLogprobs = declared?.logprobs) =>
		workersAiCapabilities(called, { ...(called === model ? declared : {}), logprobs: declaredLogprobs });

	async function run(call: StageCall, stream: boolean): Promise<Result<Response, StageFailure>> {
		try {
			const inputs = workersAiInputs(call, capabilitiesOf(call.model, call.declaredLogprobs), stream);
			const response = await ai.run(call.model, inputs, { returnRawResponse: true, signal: call.signal });
			if (response.ok) return { ok: true, value: response };
			const text = await readBounded(response, MOST_ERROR_BYTES);
			return err(readWorkersAiFailure(response.status, text.ok ? text.value : ""));
		} catch (error) {
			return err(call.signal.aborted ? { kind: "aborted" } : readThrownFailure(error));
		}
	}

	async function open(call: StageCall): Promise<Result<LiveAnswer, StageFailure>> {
		const response = await run(call, true);
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
			const response = await run(call, false);
			if (!response.ok) return response;
			try {
				const text = await readBounded(response.value, MOST_ANSWER_BYTES);
				if (!text.ok) return err({ kind: "too-large", limitBytes: MOST_ANSWER_BYTES });
				const answer = readWorkersAiAnswer(parseJson(text.value), call.maxOutputTokens);
				return answer.ok ? answer : err({ kind: "invalid-answer", detail: answer.error });
			} catch {
				return err({ kind: call.signal.aborted ? "aborted" : "broken-off" });
			}
		},
		stream: open,
		async streamPrefix(call, rule) {
			const opened = await open(call);
			if (!opened.ok) return opened;
			try {
				return await readPrefix(opened.value, rule, clock);
			} catch {
				return err({ kind: call.signal.aborted ? "aborted" : "broken-off" });
			}
		},
	};
}
