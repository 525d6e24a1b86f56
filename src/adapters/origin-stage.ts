import type { CascadeStage, Clock, LiveAnswer, StageCall } from "../cascade/ports.ts";
import { parseJson } from "../core/json.ts";
import { err, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import { normaliseCompletion } from "../openai/normalise-completion.ts";
import { openLiveAnswer } from "./open-live-answer.ts";
import { readOriginFailure } from "./origin-failure.ts";
import type { Origin } from "./origin-store.ts";
import { readPrefix } from "./read-prefix.ts";
import { readBounded } from "../web/read-bounded.ts";

/** Long answers with log-probabilities are some 2 KB a token. */
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;
const MOST_ERROR_BYTES = 64 * 1024;

/**
 * A stage on an OpenAI-compatible origin. The client's body goes out as it came but for the model's name, what the
 * confidence method needs, and the wish for usage at the end of a stream. Redirects are not followed: they would
 * carry the origin's key elsewhere.
 */
export function createOriginStage(
	origin: Origin,
	clock: Clock,
	logprobs: boolean | undefined,
	fetcher: typeof fetch = fetch,
): CascadeStage {
	async function send(call: StageCall, stream: boolean): Promise<Result<Response, StageFailure>> {
		let response: Response;
		try {
			response = await fetcher(`${origin.baseUrl}/chat/completions`, {
				method: "POST",
				headers: originHeaders(origin, call),
				body: JSON.stringify(originBody(call, stream, logprobs)),
				redirect: "manual",
				signal: call.signal,
			});
		} catch (error) {
			// Only our own serialiser throws this, on a body that is nested too deeply for it.
			if (error instanceof RangeError)
				return err({ kind: "bad-request", message: "The body is nested too deeply.", param: null, code: null });
			return err({ kind: call.signal.aborted ? "aborted" : "unreachable" });
		}
		if (response.status === 200) return { ok: true, value: response };
		try {
			const text = await readBounded(response, MOST_ERROR_BYTES);
			return err(
				readOriginFailure(response.status, response.headers.get("retry-after"), text.ok ? text.value : "", clock.now()),
			);
		} catch {
			return err({ kind: call.signal.aborted ? "aborted" : "unreachable" });
		}
	}

	async function open(call: StageCall): Promise<Result<LiveAnswer, StageFailure>> {
		const response = await send(call, true);
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
			const response = await send(call, false);
			if (!response.ok) return response;
			try {
				const text = await readBounded(response.value, MOST_ANSWER_BYTES);
				if (!text.ok) return err({ kind: "too-large", limitBytes: MOST_ANSWER_BYTES });
				const answer = normaliseCompletion(parseJson(text.value));
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

function originHeaders(origin: Origin, call: StageCall): Record<string, string> {
	return {
		"content-type": "application/json",
		accept: call.request.stream ? "text/event-stream" : "application/json",
		"x-request-id": call.requestId,
		"x-request-timeout-ms": String(Math.round(call.timeoutMs)),
		...(origin.key === null ? {} : { authorization: `Bearer ${origin.key}` }),
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
