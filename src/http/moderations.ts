import type { Context } from "hono";
import type { StageResolver } from "../cascade/ports.ts";
import { err, ok, type Result } from "../core/result.ts";
import { moderationMaxTokens, moderationMessages } from "../core/task-prompt.ts";
import type { Cascade, TenantPolicy } from "../core/tenant-policy.ts";
import { errorReply, type ErrorReply } from "../openai/error-body.ts";
import { MODERATION_CATEGORIES } from "../openai/moderations/categories.ts";
import { encodeModerations, readModeration } from "../openai/moderations/encode-moderations.ts";
import { parseModerationRequest, type ModerationInput } from "../openai/moderations/parse-moderation-request.ts";
import { taskChat } from "../openai/task-chat.ts";
import { answerTasks, type TaskAnswer, type TaskBatch, type TaskEndpoint } from "./answer-tasks.ts";
import type { AppPorts } from "./app-ports.ts";
import { invalidRequest } from "./read-body.ts";

const MODERATIONS: TaskEndpoint = { name: "moderations", parse: parseModerations };

/** `POST /v1/moderations`: a verdict on each input, in OpenAI's shape, by the cascade. */
export function moderations(context: Context, ports: AppPorts, requestId: string): Promise<Response> {
	return answerTasks(MODERATIONS, context, ports, requestId);
}

function parseModerations(body: unknown, { defaults, limits }: TenantPolicy): Result<TaskBatch, ErrorReply> {
	const parsed = parseModerationRequest(body);
	if (!parsed.ok) return err(invalidRequest(parsed.error));
	const { inputs, isList } = parsed.value;
	const model = parsed.value.model ?? defaults.moderations;
	if (model === undefined) {
		const message = "'model' is required: your policy names no cascade for it (defaults.moderations).";
		return err(errorReply({ status: 400, code: "invalid_request", param: "model", message }));
	}
	const maxTokens = Math.min(moderationMaxTokens(MODERATION_CATEGORIES), limits.maxOutputTokens);
	const requests = inputs.map(({ text }) => {
		const messages = moderationMessages(text, MODERATION_CATEGORIES);
		return taskChat(model, { kind: "moderation", text }, messages, maxTokens);
	});
	const withImages = inputs.find(({ firstImage }) => firstImage !== undefined);
	return ok({
		model,
		requests,
		isList,
		...(withImages === undefined ? {} : forImages(withImages)),
		encode: (answers, totals, requestId) =>
			encodeModerations({ id: `modr-${requestId}`, model }, answers.map(moderated), totals),
	});
}

function moderated({ answer, facts }: TaskAnswer) {
	const moderation = readModeration(answer);
	if (moderation === undefined) throw new Error("an answer without a verdict passed the checks");
	return { moderation, facts };
}

/** Images are judged by the stages that take them, which speak OpenAI's moderation shape, and by no other. */
function forImages({ wire, firstImage }: ModerationInput): Pick<TaskBatch, "asked" | "narrow" | "aroundStages"> {
	return {
		asked: { messages: [{ role: "user", content: wire }], body: {} },
		narrow(cascade: Cascade) {
			const stages = cascade.stages.filter(({ shape }) => shape === "moderations");
			if (stages.length > 0) return ok({ ...cascade, stages });
			const param = `${firstImage}.type`;
			const message = `'${param}' is image_url, and no stage of this cascade takes images (shape moderations).`;
			return err(errorReply({ status: 400, code: "unsupported_parameter", param, message }));
		},
		aroundStages: (resolve: StageResolver) => async (policy) => {
			const resolved = await resolve(policy);
			if (!resolved.ok) return resolved;
			const { value: stage } = resolved;
			return ok({
				...stage,
				complete(call) {
					const { request } = call;
					return stage.complete({ ...call, request: { ...request, body: { ...request.body, input: wire } } });
				},
			});
		},
	};
}
