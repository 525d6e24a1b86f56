/** `POST /v1/moderations` of the local origin. */
import * as v from "valibot";
import { MODERATION_CATEGORY } from "../generate-answer.ts";
import type { LabelModel } from "../models/label-model.ts";
import { mailFromText } from "../models/mail-prompt.ts";
import type { ServedModel } from "../models/served-models.ts";
import { errorResponse, modelNotFound } from "./replies.ts";

/** Used where the body names no model, as OpenAI uses its own. */
const DEFAULT_MODEL = "mail-moderation";

/** OpenAI's categories. The model knows one of them, spam as wrongdoing; of the others it has no idea and says 0. */
const CATEGORIES: readonly string[] = [
	"hate",
	"hate/threatening",
	"harassment",
	"harassment/threatening",
	"illicit",
	"illicit/violent",
	"self-harm",
	"self-harm/intent",
	"self-harm/instructions",
	"sexual",
	"sexual/minors",
	"violence",
	"violence/graphic",
];

const textPart = v.object({ type: v.literal("text"), text: v.string() }, "must be text: this model sees no images");

const bodySchema = v.object({
	model: v.nullish(v.string(), DEFAULT_MODEL),
	input: v.union(
		[v.string(), v.pipe(v.array(v.string()), v.minLength(1)), v.pipe(v.array(textPart), v.minLength(1))],
		"must be a text, a list of texts or a list of text parts",
	),
});

/** Judges texts, in OpenAI's shape: one result a text; the parts of a list of parts are one text. */
export function createModeration(
	find: (name: string) => ServedModel | undefined,
	body: unknown,
	requestId: string,
): Response {
	const parsed = v.safeParse(bodySchema, body);
	if (!parsed.success) {
		const [issue] = parsed.issues;
		const param = v.getDotPath(issue)?.split(".")[0] ?? null;
		return errorResponse(400, param === null ? issue.message : `${param}: ${issue.message}`, param);
	}
	const { model: name, input } = parsed.output;
	const model = find(name);
	if (model?.kind !== "moderation") return modelNotFound(name);
	const results = textsOf(input).map((text) => judge(model.model, text));
	return Response.json({ id: `modr-${requestId}`, model: name, results });
}

function textsOf(input: v.InferOutput<typeof bodySchema>["input"]): string[] {
	if (typeof input === "string") return [input];
	const parts = input.filter((item) => typeof item !== "string");
	return parts.length > 0
		? [parts.map(({ text }) => text).join("\n")]
		: input.filter((item) => typeof item === "string");
}

function judge(model: LabelModel, text: string) {
	const spam = model.distribution(mailFromText(text)).find(({ label }) => label === "spam")?.logprob ?? 0;
	const score = Math.exp(spam);
	const flagged = score > 0.5;
	const forEach = <Value>(value: (isKnown: boolean) => Value) =>
		Object.fromEntries(CATEGORIES.map((category) => [category, value(category === MODERATION_CATEGORY)]));
	return {
		flagged,
		categories: forEach((isKnown) => isKnown && flagged),
		category_scores: forEach((isKnown) => (isKnown ? score : 0)),
		category_applied_input_types: forEach((isKnown) => (isKnown ? ["text"] : [])),
	};
}
