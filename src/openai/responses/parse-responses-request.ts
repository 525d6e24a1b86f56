import type { ChatRequest } from "../../core/completion.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { parseChatRequest, type RequestProblem } from "../parse-chat-request.ts";
import {
	alternatives,
	anything,
	checkFields,
	MOST_PROBLEMS,
	nonEmptyText,
	oneOf,
	only,
	problem,
	refused,
	text,
	trueOrFalse,
	wholeNumber,
	type FieldRule,
	type FieldRules,
} from "./field-rules.ts";
import { readInput } from "./read-input.ts";
import { readTools } from "./read-tools.ts";

/** A Responses request: the chat request that asks the same, and what the answer repeats of what was asked. */
export interface ResponsesRequest {
	readonly chat: ChatRequest;
	/** The fields that a Response object says again, with OpenAI's defaults where the client set none. */
	readonly echo: JsonObject;
}

const STATELESS = "nothing is stored here, so send the whole conversation as 'input'";
const LOGPROBS = "message.output_text.logprobs";
/** What may be asked to be included: log-probabilities, and encrypted reasoning, of which there is never any. */
const INCLUDABLE = [LOGPROBS, "reasoning.encrypted_content"] as const;

const anObject: FieldRule = (value) => (isJsonObject(value) ? null : "must be an object");
const texts: FieldRule = (value) =>
	isJsonObject(value) && Object.values(value).every((each) => typeof each === "string")
		? null
		: "must be an object of texts";

const FIELDS: FieldRules = {
	// Checked by `parseChatRequest`, of which they are fields too, or by their own readers.
	model: anything,
	input: anything,
	stream: anything,
	temperature: anything,
	top_p: anything,
	max_output_tokens: anything,
	top_logprobs: anything,
	tools: anything,
	tool_choice: anything,
	instructions: text,
	text: anObject,
	reasoning: anObject,
	stream_options: anObject,
	prompt_cache_options: anObject,
	include: (value) => (Array.isArray(value) ? null : "must be a list"),
	parallel_tool_calls: trueOrFalse,
	max_tool_calls: wholeNumber,
	metadata: texts,
	user: text,
	safety_identifier: text,
	prompt_cache_key: text,
	prompt_cache_retention: text,
	service_tier: text,
	store: only(false, "nothing is stored here"),
	background: only(false, "answers are given while the client waits"),
	truncation: only("disabled", "no part of the input is left out"),
	previous_response_id: refused(STATELESS),
	conversation: refused(STATELESS),
	prompt: refused("there are no stored prompts here, so send its text"),
	context_management: refused("no part of the input is left out"),
	moderation: refused("moderate the text by a request of its own"),
};

const TEXT_FIELDS: FieldRules = { format: anObject, verbosity: oneOf("low", "medium", "high") };

const REASONING_FIELDS: FieldRules = {
	effort: text,
	// `auto` asks for the best summary there is; where a model tells its reasoning, the answer has all of it.
	summary: only("auto", "reasoning is not summarised here"),
	generate_summary: only("auto", "reasoning is not summarised here"),
	mode: only("standard", "there is no other mode here"),
	context: only("auto", "earlier reasoning is not shown to the model"),
};

const FORMAT_FIELDS = {
	text: { type: anything },
	json_object: { type: anything },
	json_schema: { type: anything, name: nonEmptyText, schema: anObject, description: text, strict: trueOrFalse },
} satisfies Readonly<Record<string, FieldRules>>;

/** Chat's names of fields that are checked after the translation, and the client's own. */
const CLIENT_NAMES: Readonly<Record<string, string>> = { max_tokens: "max_output_tokens", messages: "input" };

/**
 * Parses the body of `POST /v1/responses` into a chat request, reporting every problem at once. A field is one of four
 * things, and never quietly ignored; null stands for absence.
 *
 * | what becomes of it | fields |
 * | --- | --- |
 * | asked in chat's own words | `model`, `input` and `instructions` (→ `messages`), `stream`, `temperature`, `top_p`, `max_output_tokens` (→ `max_tokens`, the name that vLLM, Ollama and TGI all know), `top_logprobs` and `include: ["message.output_text.logprobs"]` (→ `logprobs`), `text.format` (→ `response_format`), `text.verbosity`, `reasoning.effort` (→ `reasoning_effort`), `tools`, `tool_choice`, `parallel_tool_calls` (where there are tools), `metadata`, `user`, `safety_identifier`, `prompt_cache_key`, `service_tier` |
 * | accepted, as it changes no answer | `max_tool_calls` (it counts calls of built-in tools), `prompt_cache_retention`, `prompt_cache_options` and its marks in the input (hints to a cache), `stream_options.include_obfuscation` (no padding is sent), `include: ["reasoning.encrypted_content"]` (there is none), `reasoning.summary: "auto"`, `reasoning.mode: "standard"`, `reasoning.context: "auto"` |
 * | accepted with the value that asks for nothing | `store: false`, `background: false`, `truncation: "disabled"` |
 * | refused | `previous_response_id`, `conversation`, `prompt`, `context_management`, `moderation`, other values of the two rows above, other `include`, tools and tool choices other than functions, items other than messages, function calls, their outputs and plain reasoning, files and images by id, and every field that is not named here |
 *
 * Source: OpenAI's specification of `CreateResponse`, version 2.3.0.
 */
export function parseResponsesRequest(body: unknown): Result<ResponsesRequest, readonly RequestProblem[]> {
	if (!isJsonObject(body)) return err([{ param: null, message: "The body must be a JSON object." }]);
	const problems = checkFields(body, "", FIELDS);
	const input = readInput(body["input"]);
	const tools = readTools(body["tools"], body["tool_choice"]);
	problems.push(...input.problems, ...tools.problems, ...nestedProblems(body));
	const messages = [...instructionMessages(body["instructions"]), ...input.messages];
	// All tools, so that those which may not be called are checked too: the answer repeats them.
	const translated = { ...chatFields(body, tools.choice), ...(tools.tools.length > 0 ? { tools: tools.tools } : {}) };
	const chat = parseChatRequest({
		...translated,
		// Where no message could be read, `input` has been complained of already.
		messages: input.problems.length > 0 ? [{ role: "user", content: "" }] : messages,
	});
	if (!chat.ok) problems.push(...chat.error.map(inClientsWords));
	if (!chat.ok || problems.length > 0) return err(problems);
	const offered = tools.offered.length > 0 ? { tools: tools.offered } : {};
	return ok({ chat: { ...chat.value, body: { ...chat.value.body, ...offered } }, echo: echoOf(body) });
}

function instructionMessages(instructions: unknown) {
	return typeof instructions === "string" && instructions !== "" ? [{ role: "system", content: instructions }] : [];
}

/** Everything but the conversation and the tools, in chat's words; fields that are absent stay so. */
function chatFields(body: JsonObject, toolChoice: unknown): JsonObject {
	const { text: textSettings, reasoning, include, top_logprobs: topLogprobs } = body;
	const settings = isJsonObject(textSettings) ? textSettings : {};
	const hasTools = Array.isArray(body["tools"]) && body["tools"].length > 0;
	const logprobs = (Array.isArray(include) && include.includes(LOGPROBS)) || (topLogprobs != null && topLogprobs !== 0);
	const fields: JsonObject = {
		model: body["model"],
		stream: body["stream"],
		// A Response always says what it used.
		stream_options: body["stream"] === true ? { include_usage: true } : null,
		temperature: body["temperature"],
		top_p: body["top_p"],
		max_tokens: body["max_output_tokens"],
		logprobs: logprobs ? true : null,
		top_logprobs: logprobs ? topLogprobs : null,
		response_format: responseFormat(settings["format"]),
		verbosity: settings["verbosity"],
		reasoning_effort: isJsonObject(reasoning) ? reasoning["effort"] : null,
		// OpenAI and vLLM refuse both where there are no tools.
		tool_choice: toolChoice,
		parallel_tool_calls: hasTools ? body["parallel_tool_calls"] : null,
		metadata: body["metadata"],
		user: body["user"],
		safety_identifier: body["safety_identifier"],
		prompt_cache_key: body["prompt_cache_key"],
		service_tier: body["service_tier"],
	};
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

/** Plain text is what chat answers anyway, and some servers know no format of that name. */
function responseFormat(format: unknown): JsonObject | null {
	if (!isJsonObject(format) || format["type"] === "text") return null;
	if (format["type"] !== "json_schema") return { type: "json_object" };
	const { name, schema, description, strict } = format;
	return {
		type: "json_schema",
		json_schema: {
			name,
			...(description == null ? {} : { description }),
			schema,
			...(strict == null ? {} : { strict }),
		},
	};
}

function nestedProblems(body: JsonObject): RequestProblem[] {
	const {
		text: settings,
		reasoning,
		include,
		stream_options: streamOptions,
		prompt_cache_options: cacheOptions,
	} = body;
	const problems: RequestProblem[] = [];
	if (isJsonObject(settings)) {
		problems.push(...checkFields(settings, "text", TEXT_FIELDS), ...formatProblems(settings["format"]));
	}
	if (isJsonObject(reasoning)) problems.push(...checkFields(reasoning, "reasoning", REASONING_FIELDS));
	if (isJsonObject(streamOptions)) {
		problems.push(...checkFields(streamOptions, "stream_options", { include_obfuscation: trueOrFalse }));
	}
	if (isJsonObject(cacheOptions)) {
		problems.push(...checkFields(cacheOptions, "prompt_cache_options", { mode: text, ttl: text }));
	}
	for (const [index, each] of (Array.isArray(include) ? (include as unknown[]) : []).entries()) {
		if (problems.length >= MOST_PROBLEMS) break;
		if (!(INCLUDABLE as readonly unknown[]).includes(each)) {
			problems.push(problem(`include[${index}]`, `must be ${alternatives(INCLUDABLE)}`));
		}
	}
	return problems;
}

function formatProblems(format: unknown): RequestProblem[] {
	if (!isJsonObject(format)) return [];
	const type = format["type"];
	if (type !== "text" && type !== "json_object" && type !== "json_schema") {
		return [problem("text.format.type", "must be text, json_object or json_schema")];
	}
	return checkFields(format, "text.format", FORMAT_FIELDS[type], type === "json_schema" ? ["name", "schema"] : []);
}

/** A problem that was found in the chat request, at the field that the client sent. */
function inClientsWords(found: RequestProblem): RequestProblem {
	const param = found.param === null ? undefined : CLIENT_NAMES[found.param];
	if (param === undefined) return found;
	return { param, message: found.message.replace(`'${found.param ?? ""}'`, `'${param}'`) };
}

/** Required by OpenAI's schema of a Response, or sent by OpenAI in every one. */
function echoOf(body: JsonObject): JsonObject {
	const settings = isJsonObject(body["text"]) ? body["text"] : {};
	const reasoning = isJsonObject(body["reasoning"]) ? body["reasoning"] : {};
	const tools = Array.isArray(body["tools"]) ? (body["tools"] as JsonObject[]) : [];
	return {
		background: false,
		instructions: body["instructions"] ?? null,
		max_output_tokens: body["max_output_tokens"] ?? null,
		max_tool_calls: body["max_tool_calls"] ?? null,
		metadata: body["metadata"] ?? {},
		parallel_tool_calls: body["parallel_tool_calls"] ?? true,
		previous_response_id: null,
		prompt_cache_key: body["prompt_cache_key"] ?? null,
		reasoning: { effort: reasoning["effort"] ?? null, summary: reasoning["summary"] ?? null },
		safety_identifier: body["safety_identifier"] ?? null,
		store: false,
		temperature: body["temperature"] ?? null,
		text: { ...settings, format: settings["format"] ?? { type: "text" } },
		tool_choice: body["tool_choice"] ?? "auto",
		tools: tools.map((tool) => ({
			...tool,
			description: tool["description"] ?? null,
			parameters: tool["parameters"] ?? null,
			strict: tool["strict"] ?? null,
		})),
		top_logprobs: body["top_logprobs"] ?? 0,
		top_p: body["top_p"] ?? null,
		truncation: "disabled",
		...(body["user"] == null ? {} : { user: body["user"] }),
	};
}
