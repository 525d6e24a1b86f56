import * as v from "valibot";
import type { ChatRequest } from "../core/completion.ts";
import { issuePath } from "../core/issue-path.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";

/** One thing wrong with a request, at the field's path as OpenAI's `param` writes it: `messages[0].role`. */
export interface RequestProblem {
	readonly param: string | null;
	readonly message: string;
}

/** Deeper bodies are refused: whatever recurses over them later could run out of stack. */
const MOST_NESTING = 100;
const MOST_MESSAGES = 4096;
/** Of a body with more values than this only the first problem is told: every problem takes memory and room in the answer. */
const MOST_VALUES_TOLD_OF = 10_000;

const flag = v.nullish(v.boolean("must be true or false"));
const numberBetween = (least: number, most: number) => {
	const message = `must be a number from ${least} to ${most}`;
	return v.nullish(v.pipe(v.number(message), v.minValue(least, message), v.maxValue(most, message)));
};
/** Beyond this, two whole numbers may be one and the same to a computer; nobody means it as a bound. */
const MOST_EXACT = Number.MAX_SAFE_INTEGER;
const wholeBetween = (least: number, most: number) => {
	const range =
		least === -MOST_EXACT ? "" : most === MOST_EXACT ? ` of at least ${least}` : ` from ${least} to ${most}`;
	const message = `must be a whole number${range}`;
	return v.nullish(
		v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message)),
	);
};
const objects = v.nullish(v.array(v.looseObject({}, "must be an object"), "must be a list"));

const message = v.looseObject(
	{
		role: v.picklist(
			["system", "developer", "user", "assistant", "tool", "function"],
			"must be one of system, developer, user, assistant, tool, function",
		),
		content: v.nullish(
			v.union(
				[v.string(), v.array(v.looseObject({ type: v.string("must be text") }))],
				"must be text or a list of content parts, each with a type",
			),
		),
	},
	"must be an object with role and content",
);

/** The fields that decisions depend on; others may be there too. */
export const chatBody = v.looseObject(
	{
		model: v.pipe(
			v.string("must be the name of one of your cascades"),
			v.nonEmpty("must be the name of one of your cascades"),
		),
		messages: v.pipe(
			// How many there are is asked before what they are.
			v.array(v.unknown(), "must be a list of messages"),
			v.minLength(1, "must hold at least one message"),
			v.maxLength(MOST_MESSAGES, `must hold at most ${MOST_MESSAGES} messages`),
			v.array(message),
		),
		stream: flag,
		stream_options: v.nullish(v.looseObject({ include_usage: flag }, "must be an object")),
		temperature: numberBetween(0, 2),
		top_p: numberBetween(0, 1),
		frequency_penalty: numberBetween(-2, 2),
		presence_penalty: numberBetween(-2, 2),
		n: wholeBetween(1, 128),
		logprobs: flag,
		top_logprobs: wholeBetween(0, 20),
		max_tokens: wholeBetween(1, MOST_EXACT),
		max_completion_tokens: wholeBetween(1, MOST_EXACT),
		seed: wholeBetween(-MOST_EXACT, MOST_EXACT),
		stop: v.nullish(
			v.union(
				[v.string(), v.pipe(v.array(v.string("must be text")), v.maxLength(4, "must hold at most 4 sequences"))],
				"must be text or a list of at most 4 texts",
			),
		),
		response_format: v.nullish(
			v.looseObject(
				{
					type: v.picklist(["text", "json_object", "json_schema"], "must be text, json_object or json_schema"),
				},
				"must be an object with a type",
			),
		),
		tools: objects,
		functions: objects,
	},
	"must be a JSON object",
);

/**
 * Parses the body of `POST /v1/chat/completions`. Checks the fields that decisions depend on, and reports every
 * problem at once, of a huge body the first; fields it does not know are kept in `body` and reach the origin unchanged.
 */
export function parseChatRequest(body: unknown): Result<ChatRequest, readonly RequestProblem[]> {
	if (!isJsonObject(body)) return err([{ param: null, message: "The body must be a JSON object." }]);
	const values = valuesWithin(body, MOST_NESTING);
	if (values === null) {
		return err([{ param: null, message: `The body is nested more than ${MOST_NESTING} levels deep.` }]);
	}
	const parsed = v.safeParse(chatBody, body, { abortPipeEarly: true, abortEarly: values > MOST_VALUES_TOLD_OF });
	if (!parsed.success) return err(parsed.issues.map(problemOf));
	const fields = parsed.output;
	const problems = problemsBetweenFields(fields);
	if (problems.length > 0) return err(problems);
	return ok({
		model: fields.model,
		messages: fields.messages,
		stream: fields.stream ?? false,
		includeUsage: fields.stream_options?.include_usage ?? false,
		logprobs: fields.logprobs ?? false,
		topLogprobs: fields.top_logprobs ?? 0,
		maxOutputTokens: fields.max_completion_tokens ?? fields.max_tokens ?? undefined,
		choices: fields.n ?? 1,
		body,
	});
}

function problemsBetweenFields(fields: v.InferOutput<typeof chatBody>): RequestProblem[] {
	const problems: RequestProblem[] = [];
	if (fields.top_logprobs != null && fields.logprobs !== true) {
		problems.push({
			param: "top_logprobs",
			message: "'top_logprobs' needs 'logprobs' to be true.",
		});
	}
	if (fields.stream_options != null && fields.stream !== true) {
		problems.push({
			param: "stream_options",
			message: "'stream_options' needs 'stream' to be true.",
		});
	}
	const { tool_choice: toolChoice } = fields as JsonObject;
	const demandsTool = toolChoice === "required" || isJsonObject(toolChoice);
	if (demandsTool && !(fields.tools != null && fields.tools.length > 0)) {
		problems.push({ param: "tool_choice", message: "'tool_choice' asks for a tool, and there are no 'tools'." });
	}
	const format: JsonObject | null | undefined = fields.response_format;
	if (format?.["type"] === "json_schema" && !isJsonObject(format["json_schema"])) {
		problems.push({
			param: "response_format.json_schema",
			message: "'response_format.json_schema' must be an object when the type is json_schema.",
		});
	}
	return problems;
}

function problemOf(issue: v.BaseIssue<unknown>): RequestProblem {
	const param = issuePath(issue);
	const missing = issue.received === "undefined";
	return { param, message: missing ? `'${param}' is required.` : `'${param}' ${issue.message}.` };
}

/**
 * How many values there are in a body; null where it is nested more than so many levels deep. Level by level and without
 * recursion, so that the check itself cannot run out of stack.
 */
function valuesWithin(root: object, most: number): number | null {
	let values = 0;
	let level: object[] = [root];
	for (let depth = 1; level.length > 0; depth++) {
		if (depth > most) return null;
		const next: object[] = [];
		for (const value of level) {
			for (const child of Object.values(value) as unknown[]) {
				values += 1;
				if (typeof child === "object" && child !== null) next.push(child);
			}
		}
		level = next;
	}
	return values;
}
