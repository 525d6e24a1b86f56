import type { WorkersAiExchange } from "./fake-workers-ai.ts";
import { completionBody, FAKE_USAGE, labelLogprobs } from "./openai-answers.ts";
import { sendJson } from "./send.ts";

/** Classifiers, guards and embeddings models of Workers AI, well-behaved and not. */
export const workersAiTaskScenarios: Readonly<Record<string, (exchange: WorkersAiExchange) => void>> = {
	classifier: ({ response }) => sendJson(response, scores(["SPAM", 0.9], ["HAM", 0.1])),
	/** The likeliest comes last. */
	"classifier-unsure": ({ response }) => sendJson(response, scores(["HAM", 0.45], ["SPAM", 0.55])),
	/** Has labels of its own. */
	"classifier-of-moods": ({ response }) => sendJson(response, scores(["POSITIVE", 0.99], ["NEGATIVE", 0.01])),
	/** Has the request's labels and a likelier one. */
	"classifier-of-more": ({ response }) =>
		sendJson(response, scores(["NEWSLETTER", 0.9], ["SPAM", 0.06], ["HAM", 0.04])),
	"classifier-without-scores": ({ response }) => sendJson(response, [{ label: "SPAM" }]),
	"classifier-of-nothing": ({ response }) => sendJson(response, []),

	/** As Llama Guard's template has it, with line breaks before the verdict. */
	guard: ({ inputs, response }) => {
		const text = (inputs["messages"] as { content: string }[])[0]?.content ?? "";
		sendJson(response, { response: text.includes("bomb") ? "\n\nunsafe\nS9" : "\n\nsafe", usage: FAKE_USAGE });
	},
	"guard-object": ({ response }) =>
		sendJson(response, { response: { safe: false, categories: ["S1", "S5"] }, usage: FAKE_USAGE }),
	"guard-object-safe": ({ response }) => sendJson(response, { response: { safe: true }, usage: FAKE_USAGE }),
	"guard-no-usage": ({ response }) => sendJson(response, { response: "\n\nsafe" }),
	"guard-talks": ({ response }) => sendJson(response, { response: "It depends on whom you ask.", usage: FAKE_USAGE }),
	"guard-empty": ({ response }) => sendJson(response, { response: { safe: "yes" } }),
	/** Sampled it says another thing than greedily. */
	"guard-wavers": ({ inputs, response }) =>
		sendJson(response, { response: inputs["temperature"] === 0 ? "safe" : "unsafe\nS2", usage: FAKE_USAGE }),

	/** A chat model that moderates, with log-probabilities where they are asked for. */
	moderator: ({ model, inputs, response }) => {
		const logprobs = inputs["logprobs"] === true ? { logprobs: labelLogprobs("unsafe", "safe", 0.9) } : {};
		sendJson(response, completionBody(model, "unsafe\nharassment, gossip", logprobs));
	},

	/** Vectors that tell which text they are of. */
	embeddings: ({ inputs, response }) => {
		const data = (inputs["text"] as string[]).map((text) => [text.length, 0.5, -1]);
		sendJson(response, { shape: [data.length, 3], data });
	},
	/** Has no capacity for what does not fill a call. */
	"embeddings-then-busy": ({ inputs, response }) => {
		const texts = inputs["text"] as string[];
		if (texts.length < 100) sendJson(response, { internalCode: 3040, description: "No capacity" }, 429);
		else sendJson(response, { data: texts.map(() => [1]) });
	},
	"embeddings-one-too-few": ({ inputs, response }) =>
		sendJson(response, { data: (inputs["text"] as string[]).slice(1).map(() => [1]) }),
	"embeddings-without-numbers": ({ response }) => sendJson(response, { data: [[null]] }),
	"embeddings-later": ({ response }) => sendJson(response, { request_id: "queued" }),
};

function scores(...entries: readonly (readonly [string, number])[]) {
	return entries.map(([label, score]) => ({ label, score }));
}
