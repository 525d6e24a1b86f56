import type { ChatRequest } from "../core/completion.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";

/**
 * A choice's log-probabilities as the client may see them: none where it did not ask, and no more alternatives than it
 * asked for. The confidence method may have wanted more of the model.
 */
export function shownLogprobs(request: ChatRequest, logprobs: unknown): JsonObject | null {
	if (!request.logprobs || !isJsonObject(logprobs)) return null;
	if (!Array.isArray(logprobs["content"])) return logprobs;
	const content = (logprobs["content"] as unknown[]).filter(isJsonObject).map((token) => ({
		...token,
		bytes: token["bytes"] ?? null,
		top_logprobs: Array.isArray(token["top_logprobs"])
			? (token["top_logprobs"] as JsonObject[]).slice(0, request.topLogprobs)
			: [],
	}));
	return { refusal: null, ...logprobs, content };
}
