import type { WorkersAiExchange } from "./fake-workers-ai.ts";
import { chunkBody, completionBody, event, usageChunk } from "./openai-answers.ts";
import { openStream, sendJson } from "./send.ts";

/** A token and its probability. */
export type SaidToken = readonly [text: string, probability: number];

/**
 * How a stream goes on after its tokens: to its end, at once or after 800 ms, or it falls silent, breaks off, or ends
 * without a finish reason.
 */
export type StreamEnding = "end" | "late-end" | "silence" | "break" | "no-finish-reason";

/**
 * Says these tokens in OpenAI's shape, whole or as a stream of one chunk a token, which comes in one piece. Their
 * log-probabilities are there where they are asked for, with as many alternatives as that.
 */
export function sayTokens(
	{ model, inputs, response }: WorkersAiExchange,
	tokens: readonly SaidToken[],
	ending: StreamEnding = "end",
	finishReason = "stop",
): void {
	const logprobs = (said: readonly SaidToken[]) => logprobsOf(said, inputs);
	if (inputs["stream"] !== true) {
		const text = tokens.map(([token]) => token).join("");
		sendJson(response, completionBody(model, text, { finish_reason: finishReason, ...logprobs(tokens) }));
		return;
	}
	openStream(response);
	response.write(
		tokens
			.map(([content, probability], index) => {
				const chunk = chunkBody(model, { ...(index === 0 ? { role: "assistant" } : {}), content });
				const choices = chunk.choices.map((choice) => ({ ...choice, ...logprobs([[content, probability]]) }));
				return event({ ...chunk, choices });
			})
			.join(""),
	);
	const end = () => response.end([chunkBody(model, {}, finishReason), usageChunk(model), "[DONE]"].map(event).join(""));
	if (ending === "end") end();
	if (ending === "late-end") setTimeout(end, 800);
	if (ending === "break") setTimeout(() => response.destroy(), 50);
	if (ending === "no-finish-reason") response.end(event("[DONE]"));
}

/** The `logprobs` of these tokens as a field, where the caller asked for them. */
export function logprobsOf(tokens: readonly SaidToken[], inputs: WorkersAiExchange["inputs"]) {
	if (inputs["logprobs"] !== true) return {};
	const count = Number(inputs["top_logprobs"] ?? 0);
	const content = tokens.map(([token, probability]) => {
		const said = { token, logprob: Math.log(probability), bytes: null };
		const others = Array.from({ length: Math.max(0, count - 1) }, (_, index) => ({
			token: `other ${index}`,
			logprob: Math.log((1 - probability) / 2 ** (index + 1)),
			bytes: null,
		}));
		return { ...said, top_logprobs: count === 0 ? [] : [said, ...others] };
	});
	return { logprobs: { content } };
}
