/** Workers AI's tasks besides text generation, each in the shape that its published types give. */
import * as v from "valibot";
import { EMBEDDING_DIMENSIONS, embedText } from "./models/hash-embedding.ts";
import type { LabelModel, MailLabel } from "./models/label-model.ts";
import { mailFromText } from "./models/mail-prompt.ts";
import type { GuardModel } from "./models/served-models.ts";
import { type NativeAnswer, answerNatively } from "./native-answer.ts";
import type { LocalChatRequest } from "./parse-chat-body.ts";
import type { Random } from "./sample.ts";

/** A text that holds something to judge or embed. */
const text = v.pipe(
	v.string(),
	v.check((value) => value.trim() !== "", "must not be empty"),
);

const classificationInputs = v.object({ text });

/** Text embedding models take at most 100 texts at once. */
const embeddingInputs = v.object({ text: v.union([text, v.pipe(v.array(text), v.minLength(1), v.maxLength(100))]) });

/** One label and how likely it is, in [0, 1]. */
export interface ScoredLabel {
	readonly label: MailLabel;
	readonly score: number;
}

/** Text classification, `AiTextClassificationOutput`: every label, likeliest first. Undefined where the input is not `{text}`. */
export function classify(model: LabelModel, inputs: unknown): ScoredLabel[] | undefined {
	const parsed = v.safeParse(classificationInputs, inputs);
	if (!parsed.success) return undefined;
	return model
		.distribution(mailFromText(parsed.output.text))
		.map(({ label, logprob }) => ({ label, score: Math.exp(logprob) }));
}

/** Text embedding, with the fields of the `bge` models. Undefined where the input is not `{text}`. */
export function embed(
	inputs: unknown,
): { readonly shape: [number, number]; readonly data: number[][]; readonly pooling: "mean" } | undefined {
	const parsed = v.safeParse(embeddingInputs, inputs);
	if (!parsed.success) return undefined;
	const data = [parsed.output.text].flat().map((each) => embedText(each, EMBEDDING_DIMENSIONS));
	return { shape: [data.length, EMBEDDING_DIMENSIONS], data, pooling: "mean" };
}

/** A guard takes a conversation of these roles alone, as `Ai_Cf_Meta_Llama_Guard_3_8B_Input` has it. */
export function isGuardConversation({ messages }: LocalChatRequest): boolean {
	return messages.every(({ role }) => role === "user" || role === "assistant");
}

/**
 * A verdict about a conversation, `Ai_Cf_Meta_Llama_Guard_3_8B_Output`: `safe`, or `unsafe` and the categories in a
 * second line; under JSON mode `{safe, categories}` read from that text.
 */
export function guard(model: GuardModel, request: LocalChatRequest, random: Random): NativeAnswer {
	const answer = answerNatively(model, { ...request, wantsJson: false, tools: [], toolChoice: "auto" }, random);
	if (!request.wantsJson) return answer;
	const [verdict, ...categories] = String(answer.response).split("\n");
	return { ...answer, response: { safe: verdict === "safe", categories: categories.filter((line) => line !== "") } };
}
