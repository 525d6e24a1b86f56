import type { CascadeStage, Clock, LiveAnswer, StageCall } from "../cascade/ports.ts";
import { parseJson } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import { isInClientForm } from "../openai/answer-as-sent.ts";
import { normaliseCompletion } from "../openai/normalise-completion.ts";
import { streamFailure } from "../openai/status-failure.ts";
import { readUpstreamError } from "../openai/upstream-error.ts";
import { openLiveAnswer } from "./open-live-answer.ts";
import type { Origin } from "./origin-store.ts";
import { beginPost, textFromOrigin, type OriginPost } from "./post-to-origin.ts";
import { prefixOf } from "./read-prefix.ts";

/** Long answers with log-probabilities are some 2 KB a token. */
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * A stage on an OpenAI-compatible origin. The client's body goes out as it came but for the model's name, what the
 * confidence method needs, the wish for usage at the end of a stream, and the bound on what may be generated.
 */
export function createOriginStage(
	origin: Origin,
	clock: Clock,
	logprobs: boolean | undefined,
	fetcher: typeof fetch = fetch,
): CascadeStage {
	const postOf = (call: StageCall, stream: boolean): OriginPost => ({
		path: "/chat/completions",
		body: originBody(call, stream, logprobs, () => boundField(origin, call.model)),
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
			const text = await textFromOrigin(origin, postOf(call, false), MOST_ANSWER_BYTES, clock, fetcher);
			if (!text.ok) return text;
			const body = parseJson(text.value);
			// Log-probabilities that somebody asked for are cut to what the client did, and put in OpenAI's form.
			const isPlain = call.topLogprobs === undefined && !call.request.logprobs;
			const mayGoOut = isPlain && isInClientForm(body);
			const answer = normaliseCompletion(body);
			if (answer.ok) return mayGoOut ? ok({ ...answer.value, sent: text.value }) : answer;
			// Gateways answer 200 before they know, and say in the body what went wrong; a stream's first event is read so too.
			const problem = readUpstreamError(body);
			return err(problem === null ? { kind: "invalid-answer", detail: answer.error } : streamFailure(problem));
		},
		stream: open,
		streamPrefix: async (call, rule) => prefixOf(await open(call), rule, call.signal, clock),
	};
}

type BoundField = "max_tokens" | "max_completion_tokens";

/** OpenAI's reasoning models, by themselves or behind a gateway: `o3-mini`, `openai/gpt-5`; `gpt-oss` is none. */
const REASONING_MODEL = /(?:^|\/)(?:o\d|gpt-[5-9])/iu;
const OPENAI_HOST = /(?:^|\.)openai(?:\.azure)?\.com$/iu;

/**
 * The field that bounds an answer at this origin. `max_tokens` is what every server knows, also those that pass over
 * `max_completion_tokens` in silence, where a bound would be none; but OpenAI's reasoning models refuse it, and all of
 * OpenAI's take the newer name (platform.openai.com/docs/api-reference/chat, `max_tokens`: deprecated).
 */
function boundField({ baseUrl }: Origin, model: string): BoundField {
	return OPENAI_HOST.test(new URL(baseUrl).hostname) || REASONING_MODEL.test(model)
		? "max_completion_tokens"
		: "max_tokens";
}

/**
 * What may be generated is bounded by what was checked against the policy's limit and set aside of the budget. A client
 * that sends both names is checked by `max_completion_tokens`, and which one counts is the server's choice: so
 * `max_tokens` must not be more. One that sends neither is bounded where the request is, which is so under a budget.
 */
function boundOf({ request, maxOutputTokens }: StageCall, field: () => BoundField): Readonly<Record<string, unknown>> {
	const { max_tokens: older, max_completion_tokens: newer } = request.body;
	if (typeof older === "number" && typeof newer === "number") return older > newer ? { max_tokens: newer } : {};
	return older == null && newer == null && request.maxOutputTokens !== undefined ? { [field()]: maxOutputTokens } : {};
}

function originBody(
	call: StageCall,
	stream: boolean,
	declaredLogprobs: boolean | undefined,
	field: () => BoundField,
): Record<string, unknown> {
	const { body } = call.request;
	if (call.purpose === "verdict") {
		// A checker's call: nothing of the client's parameters shapes its verdict.
		const { messages, model, maxOutputTokens, temperature, topLogprobs = 0 } = call;
		const wanted =
			(call.declaredLogprobs ?? declaredLogprobs ?? true) ? { logprobs: true, top_logprobs: topLogprobs } : {};
		return { model, messages, [field()]: maxOutputTokens, temperature, ...wanted };
	}
	const changes: Record<string, unknown> = { model: call.model, stream, ...boundOf(call, field) };
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
