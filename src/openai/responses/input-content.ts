import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { RequestProblem } from "../parse-chat-request.ts";
import {
	alternatives,
	anything,
	checkFields,
	MOST_PROBLEMS,
	nonEmptyText,
	oneOf,
	problem,
	refused,
	text,
	type FieldRules,
} from "./field-rules.ts";

/** Content in chat form: text, or parts where text alone cannot say it. */
export type ChatContent = string | readonly JsonObject[];

/** What was made of content; of no use where there are problems. */
export interface ReadContent {
	readonly content: ChatContent;
	readonly problems: readonly RequestProblem[];
}

/** Whose content it is; `output` is that of a tool. */
export type ContentRole = "user" | "assistant" | "system" | "developer" | "output";

interface PartKind {
	readonly rules: FieldRules;
	readonly required: readonly string[];
	/** The part in chat form; its fields have been checked. */
	readonly toChat: (part: JsonObject) => JsonObject;
}

const NOTHING_STORED = "nothing is stored here";
/** A mark in the text for a cache, not a part of it. */
const CACHE_MARK = { prompt_cache_breakpoint: anything };

const textPart = (words: unknown): JsonObject => ({ type: "text", text: words });

const PARTS: Readonly<Record<string, PartKind>> = {
	input_text: {
		rules: { type: anything, text, ...CACHE_MARK },
		required: ["text"],
		toChat: (part) => textPart(part["text"]),
	},
	output_text: {
		// Citations and log-probabilities describe the text; `parsed` is added to it by OpenAI's client.
		rules: { type: anything, text, annotations: anything, logprobs: anything, parsed: anything },
		required: ["text"],
		toChat: (part) => textPart(part["text"]),
	},
	refusal: {
		rules: { type: anything, refusal: text },
		required: ["refusal"],
		// Few servers know chat's own refusal part; as text, every model reads what was said.
		toChat: (part) => textPart(part["refusal"]),
	},
	input_image: {
		rules: {
			type: anything,
			image_url: nonEmptyText,
			file_id: refused(`${NOTHING_STORED}, so send the image as 'image_url'`),
			detail: oneOf("auto", "low", "high"),
			...CACHE_MARK,
		},
		required: ["image_url"],
		toChat: ({ image_url: url, detail }) => ({
			type: "image_url",
			image_url: { url, ...(detail == null ? {} : { detail }) },
		}),
	},
	input_file: {
		rules: {
			type: anything,
			filename: text,
			file_data: nonEmptyText,
			file_id: refused(`${NOTHING_STORED}, so send the file as 'file_data'`),
			file_url: refused("files are not fetched, so send the file as 'file_data'"),
			detail: oneOf("auto"),
			...CACHE_MARK,
		},
		required: ["file_data"],
		toChat: ({ filename, file_data }) => ({
			type: "file",
			file: { ...(filename == null ? {} : { filename }), file_data },
		}),
	},
	input_audio: {
		rules: {
			type: anything,
			input_audio: (audio) =>
				isJsonObject(audio) && typeof audio["data"] === "string" && typeof audio["format"] === "string"
					? null
					: "must be an object with data and format",
			...CACHE_MARK,
		},
		required: ["input_audio"],
		toChat: ({ input_audio: audio }) => {
			const { data, format } = audio as JsonObject;
			return { type: "input_audio", input_audio: { data, format } };
		},
	},
};

/** What chat messages of each role can hold. */
const PARTS_OF_ROLE: Readonly<Record<ContentRole, readonly string[]>> = {
	user: ["input_text", "input_image", "input_file", "input_audio"],
	assistant: ["output_text", "refusal", "input_text"],
	system: ["input_text"],
	developer: ["input_text"],
	output: ["input_text"],
};

/**
 * Content of an input item as chat content. One text part becomes plain text, which every server and small model
 * reads; several stay parts. What chat has no place for, or would have to be fetched from a store, is a problem.
 */
export function readContent(value: unknown, path: string, role: ContentRole): ReadContent {
	if (typeof value === "string") return { content: value, problems: [] };
	if (!Array.isArray(value)) {
		return { content: "", problems: [problem(path, "must be text or a list of content parts")] };
	}
	const problems: RequestProblem[] = [];
	const parts: JsonObject[] = [];
	const allowed = PARTS_OF_ROLE[role];
	for (const [index, part] of (value as unknown[]).entries()) {
		if (problems.length >= MOST_PROBLEMS) break;
		const at = `${path}[${index}]`;
		if (!isJsonObject(part)) {
			problems.push(problem(at, "must be an object with a type"));
			continue;
		}
		const type = part["type"];
		const kind = typeof type === "string" && allowed.includes(type) ? PARTS[type] : undefined;
		if (kind === undefined) {
			problems.push(problem(`${at}.type`, `must be ${alternatives(allowed)}`));
			continue;
		}
		const wrong = checkFields(part, at, kind.rules, kind.required);
		problems.push(...wrong);
		if (wrong.length === 0) parts.push(kind.toChat(part));
	}
	return { content: simplest(parts), problems };
}

/** Content as parts; none where it says nothing. */
export function partsOf(content: ChatContent): readonly JsonObject[] {
	if (typeof content !== "string") return content;
	return content === "" ? [] : [textPart(content)];
}

/** Parts as content: plain text where that says the same. */
export function simplest(parts: readonly JsonObject[]): ChatContent {
	const [first] = parts;
	if (first === undefined) return "";
	return parts.length === 1 && first["type"] === "text" ? (first["text"] as string) : parts;
}
