import type { CascadeStage, StageCall } from "../cascade/ports.ts";
import type { Completion } from "../core/completion.ts";
import type { StageCapabilities } from "../core/edge-support.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { LabelScore, Task } from "../core/task.ts";
import { normaliseCompletion } from "../openai/normalise-completion.ts";

/** A task of one kind, and the call that it came with. */
export interface TaskCall<Kind extends Task["kind"]> {
	readonly task: Extract<Task, { readonly kind: Kind }>;
	readonly call: StageCall;
}

/** What a model that serves one kind of task alone can do: nothing of what a chat may ask for. */
export function taskCapabilities(answers: "classification" | "moderation"): StageCapabilities {
	return { logprobs: false, openaiParameters: true, tools: false, toolChoice: false, answers };
}

/**
 * A stage that serves tasks of one kind, whole. A confidence method's checker is another model, which is asked in chat:
 * its calls go to `checker`.
 */
export function createTaskStage<Kind extends "classification" | "moderation">(
	kind: Kind,
	serve: (given: TaskCall<Kind>) => Promise<Result<Completion, StageFailure>>,
	checker: CascadeStage,
): CascadeStage {
	const refusal: StageFailure = {
		kind: "bad-request",
		message: `This model serves requests for ${kind} and no other.`,
		param: "model",
		code: "unsupported_parameter",
	};
	return {
		capabilities: taskCapabilities(kind),
		async complete(call) {
			if (call.purpose === "verdict") return checker.complete(call);
			const { task } = call.request;
			return task?.kind === kind ? serve({ task: task as Extract<Task, { readonly kind: Kind }>, call }) : err(refusal);
		},
		stream: async () => err(refusal),
		streamPrefix: async () => err(refusal),
	};
}

/** A label or a verdict as an answer, in the form of a chat's. */
export function taskAnswer(
	text: string,
	details: Partial<Pick<Completion, "usage" | "finishReason">> & { readonly scores?: readonly LabelScore[] },
): Result<Completion, StageFailure> {
	const { usage = null, finishReason = "stop", scores = null } = details;
	const completion = normaliseCompletion({
		choices: [{ message: { content: text }, finish_reason: finishReason === "length" ? "length" : "stop" }],
		...(usage === null
			? {}
			: {
					usage: {
						prompt_tokens: usage.inputTokens,
						completion_tokens: usage.outputTokens,
						total_tokens: usage.inputTokens + usage.outputTokens,
					},
				}),
	});
	return completion.ok
		? ok({ ...completion.value, scores })
		: err({ kind: "invalid-answer", detail: completion.error });
}
