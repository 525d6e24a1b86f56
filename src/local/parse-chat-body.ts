/** Reads an OpenAI chat completion request as far as the local models honour it. */
import * as v from "valibot";

/** Answers are cut here when the request names no limit; the default of Workers AI's text models. */
const DEFAULT_MAXIMUM_TOKENS = 256;

/** Most tokens a request may ask for. */
const LARGEST_MAXIMUM_TOKENS = 16_384;

const messageSchema = v.object({ role: v.string(), content: v.optional(v.unknown()) });

const toolSchema = v.object({
	type: v.literal("function"),
	function: v.object({ name: v.string(), parameters: v.optional(v.unknown()) }),
});

const wholeNumber = (least: number, most: number) =>
	v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const bodySchema = v.object({
	model: v.nullish(v.string()),
	messages: v.pipe(v.array(messageSchema), v.minLength(1)),
	temperature: v.nullish(v.pipe(v.number(), v.minValue(0), v.maxValue(2))),
	top_p: v.nullish(v.pipe(v.number(), v.gtValue(0), v.maxValue(1))),
	n: v.nullish(wholeNumber(1, 16)),
	seed: v.nullish(v.pipe(v.number(), v.integer())),
	max_tokens: v.nullish(wholeNumber(1, LARGEST_MAXIMUM_TOKENS)),
	max_completion_tokens: v.nullish(wholeNumber(1, LARGEST_MAXIMUM_TOKENS)),
	logprobs: v.nullish(v.boolean()),
	top_logprobs: v.nullish(wholeNumber(0, 20)),
	stop: v.nullish(v.union([v.string(), v.pipe(v.array(v.string()), v.maxLength(4))])),
	stream: v.nullish(v.boolean()),
	stream_options: v.nullish(v.object({ include_usage: v.nullish(v.boolean()) })),
	response_format: v.nullish(
		v.object({ type: v.picklist(["text", "json_object", "json_schema"]), json_schema: v.optional(v.unknown()) }),
	),
	tools: v.nullish(v.array(toolSchema)),
	tool_choice: v.nullish(
		v.union([
			v.picklist(["none", "auto", "required"]),
			v.object({ type: v.literal("function"), function: v.object({ name: v.string() }) }),
		]),
	),
	ignore_eos: v.nullish(v.boolean()),
});

/** One message of a chat; content is a string or an array of parts. */
interface LocalMessage {
	readonly role: string;
	readonly content: unknown;
}

/** A tool offered by the request. */
export interface LocalTool {
	readonly name: string;
	/** JSON schema of the arguments. */
	readonly parameters: unknown;
}

/** A chat request with every default filled in. */
export interface LocalChatRequest {
	/** Model name as the client wrote it; empty when absent. */
	readonly model: string;
	readonly messages: readonly LocalMessage[];
	readonly temperature: number;
	readonly topP: number;
	readonly choiceCount: number;
	readonly seed: number | undefined;
	readonly maximumTokens: number;
	/** How many alternatives to report for each token; undefined when no log-probabilities were asked for. */
	readonly topLogprobs: number | undefined;
	readonly stop: readonly string[];
	readonly isStream: boolean;
	readonly includeUsage: boolean;
	readonly wantsJson: boolean;
	/** The JSON schema that the answer should fit; undefined where there is none. */
	readonly jsonSchema: unknown;
	/** Empty when there are none or the request forbids their use. */
	readonly tools: readonly LocalTool[];
	/** Whether a call is left to the model, demanded of any tool, or of the tool of this name, which is offered. */
	readonly toolChoice: "auto" | "required" | { readonly name: string };
	/** Write on past the end of a paragraph, up to the token limit (vLLM's `ignore_eos`). */
	readonly ignoresEnd: boolean;
}

/** Why a request body cannot be served. */
export interface BodyProblem {
	readonly message: string;
	/** Dotted path of the offending parameter; null when the body is not an object. */
	readonly param: string | null;
}

/** Either a readable request or the first problem found. */
export type ParsedChatBody =
	| { readonly ok: true; readonly request: LocalChatRequest }
	| { readonly ok: false; readonly problem: BodyProblem };

/** Reads a request body. Unknown parameters are ignored; null means absent. */
export function parseChatBody(body: unknown): ParsedChatBody {
	const parsed = v.safeParse(bodySchema, body);
	if (!parsed.success) {
		const [issue] = parsed.issues;
		const param = v.getDotPath(issue);
		return { ok: false, problem: { message: param === null ? issue.message : `${param}: ${issue.message}`, param } };
	}
	const fields = parsed.output;
	if (typeof fields.top_logprobs === "number" && fields.logprobs !== true) {
		return { ok: false, problem: { message: "top_logprobs needs logprobs to be true", param: "top_logprobs" } };
	}
	const request = requestFrom(fields);
	const toolProblem = toolChoiceProblem(request);
	return toolProblem === undefined ? { ok: true, request } : { ok: false, problem: toolProblem };
}

/** A call can only be demanded of a tool that is offered. */
function toolChoiceProblem({ tools, toolChoice }: LocalChatRequest): BodyProblem | undefined {
	if (toolChoice === "auto") return undefined;
	if (tools.length === 0) return { message: "tool_choice needs tools", param: "tool_choice" };
	if (toolChoice === "required" || tools.some(({ name }) => name === toolChoice.name)) return undefined;
	return { message: `tool_choice names ${toolChoice.name}, which is not among the tools`, param: "tool_choice" };
}

function requestFrom(fields: v.InferOutput<typeof bodySchema>): LocalChatRequest {
	const { tool_choice: toolChoice, response_format: format } = fields;
	const tools = toolChoice === "none" ? [] : (fields.tools ?? []);
	return {
		model: fields.model ?? "",
		messages: fields.messages.map(({ role, content }) => ({ role, content })),
		temperature: fields.temperature ?? 1,
		topP: fields.top_p ?? 1,
		choiceCount: fields.n ?? 1,
		seed: fields.seed ?? undefined,
		maximumTokens: fields.max_completion_tokens ?? fields.max_tokens ?? DEFAULT_MAXIMUM_TOKENS,
		topLogprobs: fields.logprobs === true ? (fields.top_logprobs ?? 0) : undefined,
		stop: [fields.stop ?? []].flat().filter((text) => text !== ""),
		isStream: fields.stream ?? false,
		includeUsage: fields.stream_options?.include_usage ?? false,
		wantsJson: format != null && format.type !== "text",
		jsonSchema: format?.type === "json_schema" ? schemaOf(format.json_schema) : undefined,
		tools: tools.map((tool) => ({ name: tool.function.name, parameters: tool.function.parameters })),
		toolChoice:
			typeof toolChoice === "object" && toolChoice !== null
				? { name: toolChoice.function.name }
				: toolChoice === "required"
					? "required"
					: "auto",
		ignoresEnd: fields.ignore_eos ?? false,
	};
}

/** OpenAI puts the schema into a field of its own, beside its name; Workers AI's native models take it as it is. */
function schemaOf(jsonSchema: unknown): unknown {
	if (typeof jsonSchema !== "object" || jsonSchema === null || !("schema" in jsonSchema)) return jsonSchema;
	return jsonSchema.schema;
}
