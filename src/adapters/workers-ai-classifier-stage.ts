import type { CascadeStage } from "../cascade/ports.ts";
import { isJsonObject } from "../core/json.ts";
import { err } from "../core/result.ts";
import { answeredLabel, type LabelScore } from "../core/task.ts";
import { runWorkersAi } from "./run-workers-ai.ts";
import { createTaskStage, taskAnswer } from "./task-stage.ts";
import type { WorkersAiBinding } from "./workers-ai-stage.ts";

/** A classifier has some dozens of labels. */
const MOST_ANSWER_BYTES = 256 * 1024;

/**
 * A stage of Workers AI's text classification: `{text}` in, `[{label, score}]` out (AiTextClassificationOutput of
 * @cloudflare/workers-types 5.20261117.1). The classifier's labels are its own, so they are matched with the request's,
 * letter case and punctuation aside. One that does not know them all has answered another question, which is no answer;
 * one that prefers a label of its own to them is answered as it is, which no check accepts. It reports no usage although
 * its input is billed: `recordAnswer` estimates what a call costs.
 */
export function createWorkersAiClassifierStage(
	ai: WorkersAiBinding,
	model: string,
	checker: CascadeStage,
): CascadeStage {
	return createTaskStage(
		"classification",
		async ({ task, call }) => {
			const answer = await runWorkersAi(ai, model, { text: task.text }, call.signal, MOST_ANSWER_BYTES);
			if (!answer.ok) return answer;
			const scores = readScores(answer.value, task.labels);
			const best = scores?.[0];
			if (scores === undefined || best === undefined)
				return err({ kind: "invalid-answer", detail: "the answer is not a list of labels and scores" });
			if (!task.labels.every((wanted) => scores.some(({ label }) => label === wanted)))
				return err({ kind: "invalid-answer", detail: "the classifier does not know every label" });
			return taskAnswer(best.label, { scores });
		},
		checker,
	);
}

/** The greatest score first, whatever the order they came in; undefined where one is no label with a number. */
function readScores(answer: unknown, labels: readonly string[]): readonly LabelScore[] | undefined {
	if (!Array.isArray(answer)) return undefined;
	const scores: LabelScore[] = [];
	for (const entry of answer as unknown[]) {
		const { label, score } = isJsonObject(entry) ? entry : {};
		if (typeof label !== "string" || typeof score !== "number") return undefined;
		scores.push({ label: answeredLabel(label, labels) ?? label, score });
	}
	return scores.toSorted((one, other) => other.score - one.score);
}
