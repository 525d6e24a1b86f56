import type { CascadeStage } from "../cascade/ports.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { err } from "../core/result.ts";
import { usageOf } from "../openai/normalise-completion.ts";
import { runWorkersAi } from "./run-workers-ai.ts";
import { createTaskStage, taskAnswer } from "./task-stage.ts";
import { nativeFinishReason } from "./workers-ai-answer.ts";
import type { WorkersAiBinding } from "./workers-ai-stage.ts";

/** A verdict is a few words. */
const MOST_ANSWER_BYTES = 256 * 1024;

/**
 * A stage of Llama Guard 3 on Workers AI: a conversation in, `safe` or `unsafe` with hazard codes out, as text or as
 * `{safe, categories}` (Ai_Cf_Meta_Llama_Guard_3_8B_Output of @cloudflare/workers-types 5.20261117.1). It has its own
 * template, so it is sent the text alone and never our question.
 */
export function createWorkersAiGuardStage(ai: WorkersAiBinding, model: string, checker: CascadeStage): CascadeStage {
	return createTaskStage(
		"moderation",
		async ({ task, call }) => {
			const inputs: JsonObject = {
				messages: [{ role: "user", content: task.text }],
				max_tokens: call.maxOutputTokens,
				temperature: call.temperature ?? 0,
			};
			const answer = await runWorkersAi(ai, model, inputs, call.signal, MOST_ANSWER_BYTES);
			if (!answer.ok) return answer;
			const body = isJsonObject(answer.value) ? answer.value : {};
			const text = verdictText(body["response"]);
			if (text === undefined) return err({ kind: "invalid-answer", detail: "there is no verdict" });
			const finishReason = nativeFinishReason(body["usage"], 0, call.maxOutputTokens);
			// Without a usage nobody knows why it ended, but a verdict that can be read is whole.
			return taskAnswer(text, {
				usage: usageOf(body["usage"]),
				finishReason: finishReason === "unknown" ? "stop" : finishReason,
			});
		},
		checker,
	);
}

/** A verdict in words, whichever form it came in; what the words say is not looked at here. */
function verdictText(response: unknown): string | undefined {
	// The model begins with line breaks, as its template has it.
	if (typeof response === "string") return response.trim();
	if (!isJsonObject(response) || typeof response["safe"] !== "boolean") return undefined;
	if (response["safe"]) return "safe";
	const { categories } = response;
	const names = Array.isArray(categories) ? (categories as unknown[]).filter((name) => typeof name === "string") : [];
	return names.length === 0 ? "unsafe" : `unsafe\n${names.join(", ")}`;
}
