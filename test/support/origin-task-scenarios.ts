import type { OriginScenario } from "./fake-origin.ts";
import { completionBody, labelLogprobs } from "./openai-answers.ts";
import { sendJson } from "./send.ts";

/** Origins that label, moderate and embed, well and badly. */
export const originTaskScenarios: Readonly<Record<string, OriginScenario>> = {
	/** Answers a label according to the text, or fails with it. */
	labeller({ model, body, asked, response }) {
		if (asked.includes("fail")) return sendJson(response, { error: { message: "out of memory" } }, 503);
		if (asked.includes("hang")) return;
		const label = asked.includes("free") ? "spam" : "ham";
		const other = label === "spam" ? "ham" : "spam";
		const logprobs = body["logprobs"] === true ? { logprobs: labelLogprobs(label, other, 0.75) } : {};
		sendJson(response, completionBody(model, label, logprobs));
	},
	/** The same, without log-probabilities whatever is asked. */
	"labeller-without-logprobs": ({ model, response }) => sendJson(response, completionBody(model, "“Ham.”")),
	/** A chat model that moderates in words. */
	moderator: ({ model, response }) => sendJson(response, completionBody(model, "unsafe\nviolence, S10")),

	moderation({ path, model, body, response }) {
		if (path !== "/v1/moderations") return sendJson(response, { error: { message: "no such path" } }, 404);
		const flagged = JSON.stringify(body["input"]).includes("bomb");
		const score = flagged ? 0.97 : 0.02;
		sendJson(response, {
			id: "modr-fake",
			model,
			results: [
				{
					flagged,
					categories: { violence: flagged, hate: false },
					category_scores: { violence: score, hate: 0.01 },
					category_applied_input_types: { violence: ["text", "image"], hate: ["text"] },
				},
			],
		});
	},
	"moderation-without-results": ({ model, response }) => sendJson(response, { id: "modr-fake", model, results: [] }),

	embedding({ path, model, body, response }) {
		if (path !== "/v1/embeddings") return sendJson(response, { error: { message: "no such path" } }, 404);
		const count = Array.isArray(body["input"]) && typeof body["input"][0] !== "number" ? body["input"].length : 1;
		// The order of the list is not promised; the index is what counts.
		const data = Array.from({ length: count }, (_, index) => ({ object: "embedding", index, embedding: [index, 0.5] }));
		sendJson(response, {
			object: "list",
			data: data.toReversed(),
			model,
			usage: { prompt_tokens: 10, total_tokens: 10 },
			created: 1_790_000_000,
		});
	},
	"embedding-without-usage": ({ response }) => sendJson(response, { data: [{ embedding: [1, 2] }] }),
	"embedding-of-nothing": ({ response }) => sendJson(response, { object: "list", data: [] }),
};
