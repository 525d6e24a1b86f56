import type { Context } from "hono";
import { err, ok } from "../core/result.ts";
import { classificationMaxTokens, classificationMessages } from "../core/task-prompt.ts";
import { encodeClassifications, readClassification } from "../openai/classifications/encode-classifications.ts";
import { parseClassificationRequest } from "../openai/classifications/parse-classification-request.ts";
import { taskChat } from "../openai/task-chat.ts";
import { answerTasks, type TaskAnswer, type TaskEndpoint } from "./answer-tasks.ts";
import type { AppPorts } from "./app-ports.ts";
import { invalidRequest } from "./read-body.ts";

const CLASSIFICATIONS: TaskEndpoint = {
	name: "classifications",
	parse(body, { limits }) {
		const parsed = parseClassificationRequest(body);
		if (!parsed.ok) return err(invalidRequest(parsed.error));
		const { model, texts, isList, labels, instructions } = parsed.value;
		const names = labels.map(({ name }) => name);
		const maxTokens = Math.min(classificationMaxTokens(labels), limits.maxOutputTokens);
		const descriptions = labels.map(({ description }) => description);
		const requests = texts.map((text) => {
			const messages = classificationMessages(text, labels, instructions);
			const task = { kind: "classification", text, labels: names, descriptions, instructions } as const;
			return taskChat(model, task, messages, maxTokens);
		});
		const classified = ({ answer, facts }: TaskAnswer) => {
			const classification = readClassification(answer, names);
			if (classification === undefined) throw new Error("an answer that is no label passed the checks");
			return { classification, facts };
		};
		return ok({
			model,
			requests,
			isList,
			encode: (answers, totals, requestId) =>
				encodeClassifications({ id: `class-${requestId}`, model }, answers.map(classified), totals),
		});
	},
};

/** `POST /v1/classifications`: one label of the client's own for each text, by the cascade. */
export function classifications(context: Context, ports: AppPorts, requestId: string): Promise<Response> {
	return answerTasks(CLASSIFICATIONS, context, ports, requestId);
}
