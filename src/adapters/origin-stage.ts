import type { CascadeStage, Clock, LiveAnswer, StageCall } from "../cascade/ports.ts";
import { err, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import { normaliseCompletion } from "../openai/normalise-completion.ts";
import { openLiveAnswer } from "./open-live-answer.ts";
import type { Origin } from "./origin-store.ts";
import { beginPost, postToOrigin, type OriginPost } from "./post-to-origin.ts";
import { prefixOf } from "./read-prefix.ts";

/** Long answers with log-probabilities are some 2 KB a token. */
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * A stage on an OpenAI-compatible origin. The client's body goes out as it came but for the model's name, what the
 * confidence method needs, and the wish for usage at the end of a stream.
 */
export function createOriginStage(
	origin: Origin,
	clock: Clock,
	logprobs: boolean | undefined,
	fetcher: typeof fetch = fetch,
): CascadeStage {
	const postOf = (call: StageCall, stream: boolean): OriginPost => ({
		path: "/chat/completions",
		body: originBody(call, stream, logprobs),
		requestId: call.requestId,
		signal: call.signal,
		timeoutMs: call.timeoutMs,
	});

	async function open(call: StageCall): Promise<Result<LiveAnswer, StageFailure>> {
		const response = await beginPost(origin, postOf(call, true), "text/event-stream", clock, fetcher);
		if (!response.ok) return response;
		if (response.value.body === null) return err({ kind: "invalid-answer", detail: "the stream has no body" });
		if (!(response.value.headers.get("content-type") ?? "").includes("text/event-stream")) {
			await response.value.body.cancel();
			return err({ kind: "invalid-answer", detail: "the answer is not an event stream" });
		}
		try {
			return await openLiveAnswer(response.value.body);
		} catch {
			return err({ kind: call.signal.aborted ? "aborted" : "broken-off" });
		}
	}

	return {
		capabilities: {
			logprobs: logprobs ?? true,
			openaiParameters: true,
			tools: true,
			toolChoice: true,
			answers: "chat",
		},
		async complete(call) {
			const body = await postToOrigin(origin, postOf(call, false), MOST_ANSWER_BYTES, clock, fetcher);
			if (!body.ok) return body;
			const answer = normaliseCompletion(body.value);
			return answer.ok ? answer : err({ kind: "invalid-answer", detail: answer.error });
		},
		stream: open,
		streamPrefix: async (call, rule) => prefixOf(await open(call), rule, call.signal, clock),
	};
}

function originBody(call: StageCall, stream: boolean, declaredLogprobs: boolean | undefined): Record<string, unknown> {
	const { body } = call.request;
	if (call.purpose === "verdict") {
		// A checker's call: nothing of the client's parameters shapes its verdict.
		const { messages, model, maxOutputTokens, temperature, topLogprobs = 0 } = call;
		const wanted =
			(call.declaredLogprobs ?? declaredLogprobs ?? true) ? { logprobs: true, top_logprobs: topLogprobs } : {};
		return { model, messages, max_tokens: maxOutputTokens, temperature, ...wanted };
	}
	const changes: Record<string, unknown> = { model: call.model, stream };
	if (call.messages !== undefined) changes["messages"] = call.messages;
	if (stream) {
		const options = body["stream_options"];
		changes["stream_options"] = { ...(typeof options === "object" ? options : {}), include_usage: true };
	} else if ("stream_options" in body) {
		changes["stream_options"] = undefined;
	}
	if (call.topLogprobs !== undefined) {
		changes["logprobs"] = true;
		changes["top_logprobs"] = call.topLogprobs;
	}
	if (call.temperature !== undefined) changes["temperature"] = call.temperature;
	if (call.seedOffset !== undefined && typeof body["seed"] === "number")
		changes["seed"] = body["seed"] + call.seedOffset;
	return { ...body, ...changes };
}
