/** OpenAI's wire shapes as upstreams send them, not quite complete: that is what upstreams are like. */

/** Tokens of every fake answer, so that tests can compute its cost. */
export const FAKE_USAGE = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };

/** A whole answer; fields given replace the usual ones, `undefined` removes them. */
export function completionBody(model: string, content: string | null, changes: Readonly<Record<string, unknown>> = {}) {
	const { message, ...choiceAndBody } = changes;
	const { finish_reason = "stop", logprobs, ...body } = choiceAndBody;
	const choice: Record<string, unknown> = {
		index: 0,
		message: { role: "assistant", content, ...(message as object | undefined) },
		finish_reason,
	};
	if (logprobs !== undefined) choice["logprobs"] = logprobs;
	if ("finish_reason" in changes && changes["finish_reason"] === undefined) delete choice["finish_reason"];
	return {
		id: "chatcmpl-fake",
		object: "chat.completion",
		created: 1_790_000_000,
		model,
		choices: [choice],
		usage: FAKE_USAGE,
		...body,
	};
}

/** One chunk of a stream, with one choice. */
export function chunkBody(model: string, delta: Readonly<Record<string, unknown>>, finishReason: string | null = null) {
	return {
		id: "chatcmpl-fake",
		object: "chat.completion.chunk",
		created: 1_790_000_000,
		model,
		choices: [{ index: 0, delta, finish_reason: finishReason }],
	};
}

/** The chunk that carries the usage. */
export function usageChunk(model: string) {
	return { ...chunkBody(model, {}), choices: [], usage: FAKE_USAGE };
}

/** One server-sent event. */
export function event(value: unknown): string {
	return `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`;
}

/** The events of a whole streamed answer in two pieces of text. */
export function streamEvents(model: string, content: string): string[] {
	const middle = Math.ceil(content.length / 2);
	return [
		event(chunkBody(model, { role: "assistant", content: "" })),
		event(chunkBody(model, { content: content.slice(0, middle) })),
		event(chunkBody(model, { content: content.slice(middle) })),
		event(chunkBody(model, {}, "stop")),
		event(usageChunk(model)),
		event("[DONE]"),
	];
}

/** Log-probabilities of a one-token answer between two labels. */
export function labelLogprobs(label: string, other: string, probability: number) {
	const token = (text: string, p: number) => ({ token: text, logprob: Math.log(p), bytes: null });
	const both = [token(label, probability), token(other, 1 - probability)];
	return { content: [{ ...token(label, probability), top_logprobs: both }] };
}
