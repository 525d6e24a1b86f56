import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { readTexts } from "../input-texts.ts";
import type { RequestProblem } from "../parse-chat-request.ts";
import { parseStrictly } from "../strict-fields.ts";

/** One thing to judge: a text, or texts and images together. */
export interface ModerationInput {
	/** Texts joined by line breaks; empty where there are images alone. */
	readonly text: string;
	/** What is sent to a stage that speaks OpenAI's moderation shape. */
	readonly wire: string | readonly JsonObject[];
	/** Where the first image stands, `input[1]`; undefined where there is none. */
	readonly firstImage: string | undefined;
}

/** The body of `POST /v1/moderations`. */
export interface ModerationRequest {
	/** The tenant's cascade alias; undefined where the client leaves it to the policy. */
	readonly model: string | undefined;
	readonly inputs: readonly ModerationInput[];
	/** `input` was a list of texts, so places in it have an index. */
	readonly isList: boolean;
}

/** They are one input together, judged in one call. */
const MOST_PARTS = 64;

/** The body field by field; what `input` may be is read apart. */
export const moderationBody = v.strictObject({
	model: v.nullish(
		v.pipe(
			v.string("must be the name of one of your cascades"),
			v.nonEmpty("must be the name of one of your cascades"),
		),
	),
	input: v.unknown(),
});

/** Parses that body; reports every problem at once, unknown fields among them. */
export function parseModerationRequest(value: unknown): Result<ModerationRequest, readonly RequestProblem[]> {
	const parsed = parseStrictly(moderationBody, value);
	if (!parsed.ok) return parsed;
	const { model, input } = parsed.value;
	if (Array.isArray(input) && input.some(isJsonObject)) {
		const { part, problems } = readParts(input as unknown[]);
		return problems.length > 0 ? err(problems) : ok({ model: model ?? undefined, inputs: [part], isList: false });
	}
	const { texts, problems } = readTexts(input);
	if (problems.length > 0) return err(problems);
	const inputs = texts.map((text) => ({ text, wire: text, firstImage: undefined }));
	return ok({ model: model ?? undefined, inputs, isList: Array.isArray(input) });
}

/** The parts of one input that mixes texts and images. */
function readParts(parts: readonly unknown[]): { readonly part: ModerationInput; readonly problems: RequestProblem[] } {
	const problems: RequestProblem[] = [];
	const report = (param: string, rule: string) => problems.push({ param, message: `'${param}' ${rule}.` });
	const wire: JsonObject[] = [];
	const texts: string[] = [];
	let firstImage: string | undefined;
	if (parts.length > MOST_PARTS) report("input", `must hold at most ${MOST_PARTS} parts`);
	for (const [index, value] of parts.slice(0, MOST_PARTS).entries()) {
		const param = `input[${index}]`;
		const { type, text, image_url: image } = isJsonObject(value) ? value : {};
		if (type === "text") {
			if (typeof text !== "string") report(`${param}.text`, "must be text");
			else texts.push(text);
			wire.push({ type, text });
		} else if (type === "image_url") {
			const url = isJsonObject(image) ? image["url"] : undefined;
			if (typeof url !== "string" || url === "") report(`${param}.image_url.url`, "must be the image's address");
			firstImage ??= param;
			wire.push({ type, image_url: { url } });
		} else report(isJsonObject(value) ? `${param}.type` : param, "must be a part of type text or image_url");
	}
	const joined = texts.join("\n");
	if (problems.length === 0 && firstImage === undefined && joined.trim() === "") report("input", "must not be empty");
	return { part: { text: joined, wire, firstImage }, problems };
}
