import type { CascadeStage, Clock } from "../cascade/ports.ts";
import { isJsonObject } from "../core/json.ts";
import { err, ok } from "../core/result.ts";
import { MODERATION_FIELD } from "../openai/moderations/encode-moderations.ts";
import { readModerationResult } from "../openai/moderations/moderation-result.ts";
import type { Origin } from "./origin-store.ts";
import { postToOrigin } from "./post-to-origin.ts";
import { createTaskStage, taskAnswer } from "./task-stage.ts";

/** A result is some 2 KB. */
const MOST_ANSWER_BYTES = 256 * 1024;

/**
 * A stage on an origin's `/moderations`, in OpenAI's shape. It is sent the text, or where the request's body has an
 * `input`, that: texts and images. Its answer is a verdict in words, and the whole result is kept in the body. The
 * verdict's score is the greatest of the categories', or where nothing is flagged what that leaves of 1. The endpoint
 * reports no usage.
 */
export function createOriginModerationStage(origin: Origin, clock: Clock, checker: CascadeStage): CascadeStage {
	return createTaskStage(
		"moderation",
		async ({ task, call }) => {
			const { model, requestId, signal, timeoutMs } = call;
			const body = { model, input: call.request.body["input"] ?? task.text };
			const post = { path: "/moderations", body, requestId, signal, timeoutMs };
			const answer = await postToOrigin(origin, post, MOST_ANSWER_BYTES, clock);
			if (!answer.ok) return answer;
			const results = isJsonObject(answer.value) ? answer.value["results"] : undefined;
			const [first] = Array.isArray(results) ? (results as unknown[]) : [];
			const result = readModerationResult(first);
			if (result === undefined) return err({ kind: "invalid-answer", detail: "there is no moderation result" });
			const greatest = Math.max(...Object.values(result.category_scores));
			const flagged = Object.entries(result.categories).flatMap(([name, is]) => (is ? [name] : []));
			const verdict = taskAnswer(result.flagged ? ["unsafe", flagged.join(", ")].filter(Boolean).join("\n") : "safe", {
				scores: [result.flagged ? { label: "unsafe", score: greatest } : { label: "safe", score: 1 - greatest }],
			});
			if (!verdict.ok) return verdict;
			return ok({ ...verdict.value, body: { ...verdict.value.body, [MODERATION_FIELD]: result } });
		},
		checker,
	);
}
