import * as v from "valibot";
import { isJsonObject } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { NamedChoice } from "../../core/task-prompt.ts";
import { readTexts } from "../input-texts.ts";
import type { RequestProblem } from "../parse-chat-request.ts";
import { parseStrictly } from "../strict-fields.ts";

/** The body of `POST /v1/classifications`. */
export interface ClassificationRequest {
	/** The tenant's cascade alias. */
	readonly model: string;
	readonly texts: readonly string[];
	/** `input` was a list, so places in it have an index. */
	readonly isList: boolean;
	/** 2 to 20, no two alike in letters. */
	readonly labels: readonly NamedChoice[];
	/** What the labels are for, in the client's words. */
	readonly instructions: string | undefined;
}

/** As many labels as a model lists alternatives of a token. */
const LABELS = { least: 2, most: 20 } as const;
const MOST_LABEL_CHARACTERS = 100;
const MOST_DESCRIPTION_CHARACTERS = 1_000;
const MOST_INSTRUCTION_CHARACTERS = 20_000;

const bounded = (most: number) =>
	v.pipe(
		v.string("must be text"),
		v.nonEmpty("must not be empty"),
		v.maxLength(most, `must have at most ${most} characters`),
	);

const name = v.pipe(
	bounded(MOST_LABEL_CHARACTERS),
	v.regex(/^\S(?:.*\S)?$/u, "must be one line that neither begins nor ends with a space"),
);

const namedLabel = v.pipe(
	v.strictObject({ label: name, description: v.optional(bounded(MOST_DESCRIPTION_CHARACTERS)) }),
	v.transform(({ label, description }): NamedChoice => ({ name: label, description })),
);

/** Chosen by what the label is, so that the problem told is that of its own form. */
const label = v.lazy((value) =>
	typeof value === "object" && value !== null
		? namedLabel
		: v.pipe(
				name,
				v.transform((text): NamedChoice => ({ name: text })),
			),
);

/** The body field by field; what `input` may be is read apart. */
export const classificationBody = v.strictObject({
	model: v.pipe(
		v.string("must be the name of one of your cascades"),
		v.nonEmpty("must be the name of one of your cascades"),
	),
	input: v.unknown(),
	labels: v.pipe(
		// How many there are is asked before what they are.
		v.array(v.unknown(), "must be a list of labels"),
		v.minLength(LABELS.least, `must hold at least ${LABELS.least} labels`),
		v.maxLength(LABELS.most, `must hold at most ${LABELS.most} labels`),
		v.array(label),
	),
	instructions: v.optional(bounded(MOST_INSTRUCTION_CHARACTERS)),
});

/** Parses that body; reports every problem at once, unknown fields among them. */
export function parseClassificationRequest(value: unknown): Result<ClassificationRequest, readonly RequestProblem[]> {
	const parsed = parseStrictly(classificationBody, value);
	if (!parsed.ok) {
		const input = isJsonObject(value) && value["input"] !== undefined ? readTexts(value["input"]).problems : [];
		return err([...parsed.error, ...input]);
	}
	const { model, input, labels, instructions } = parsed.value;
	const { texts, problems } = readTexts(input);
	const all = [...problems, ...alikeLabels(labels)];
	return all.length > 0 ? err(all) : ok({ model, texts, isList: Array.isArray(input), labels, instructions });
}

/** Two labels that differ in letter case alone could not be told apart in an answer. */
function alikeLabels(labels: readonly NamedChoice[]): RequestProblem[] {
	const folded = labels.map(({ name }) => name.normalize("NFKC").toLowerCase());
	return folded.flatMap((name, index) => {
		const param = `labels[${index}]`;
		return folded.indexOf(name) < index ? [{ param, message: `'${param}' is another label once more.` }] : [];
	});
}
