import type { ChatMessage } from "../../core/completion.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { RequestProblem } from "../parse-chat-request.ts";
import { createConversation, type Conversation } from "./conversation.ts";
import {
	anything,
	checkFields,
	MOST_PROBLEMS,
	nonEmptyText,
	only,
	oneOf,
	problem,
	refused,
	text,
	type FieldRule,
	type FieldRules,
} from "./field-rules.ts";
import { readContent, type ContentRole } from "./input-content.ts";

/** What was made of `input`; the messages are of no use where there are problems. */
export interface ReadInput {
	readonly messages: readonly ChatMessage[];
	readonly problems: readonly RequestProblem[];
}

const ROLES = ["user", "assistant", "system", "developer"] as const;

/** Where an item came from and what became of it: bookkeeping of the one who keeps the conversation. */
const BOOKKEEPING: FieldRules = { type: anything, id: anything, status: anything };

const directCaller: FieldRule = (caller) =>
	isJsonObject(caller) && caller["type"] === "direct" ? null : "must be direct: there are no programs here";

const CALL_FIELDS: FieldRules = {
	...BOOKKEEPING,
	caller: directCaller,
	namespace: refused("there are no tool namespaces here"),
};

const RULES = {
	// A phase says what a message was for, not what it says, and no chat model is told of it.
	message: { ...BOOKKEEPING, role: oneOf(...ROLES), content: anything, phase: anything },
	function_call: {
		...CALL_FIELDS,
		call_id: nonEmptyText,
		name: nonEmptyText,
		arguments: text,
		async: only(false, "an answer waits for its tools"),
		// OpenAI's client adds this to the calls that it returns.
		parsed_arguments: anything,
	},
	function_call_output: { ...CALL_FIELDS, call_id: nonEmptyText, output: anything, name: anything },
	reasoning: {
		...BOOKKEEPING,
		summary: anything,
		content: anything,
		encrypted_content: refused("it can be read only by the service that wrote it, so leave it out"),
	},
} satisfies Readonly<Record<string, FieldRules>>;

const CONVERSATION_ONLY =
	"must be message, function_call, function_call_output or reasoning: there are no built-in tools here";

/**
 * `input` of a Responses request as chat messages. Messages, function calls and their outputs are translated; a
 * reasoning item in plain text is left out, as chat templates leave an earlier turn's reasoning out of what the model
 * is shown, but an encrypted one is refused, since nobody here can say what it holds. Everything else is refused
 * at its `type`.
 */
export function readInput(input: unknown): ReadInput {
	if (typeof input === "string") return { messages: [{ role: "user", content: input }], problems: [] };
	if (input === undefined || input === null) return { messages: [], problems: [problem("input", "is required")] };
	if (!Array.isArray(input)) return { messages: [], problems: [problem("input", "must be text or a list of items")] };
	if (input.length === 0) return { messages: [], problems: [problem("input", "must hold at least one item")] };
	const conversation = createConversation();
	const problems: RequestProblem[] = [];
	for (const [index, item] of (input as unknown[]).entries()) {
		if (problems.length >= MOST_PROBLEMS) break;
		problems.push(...readItem(item, `input[${index}]`, conversation));
	}
	return { messages: conversation.messages(), problems };
}

/** Adds an item to the conversation and returns what is wrong with it. */
function readItem(item: unknown, path: string, conversation: Conversation): readonly RequestProblem[] {
	if (!isJsonObject(item)) return [problem(path, "must be an object")];
	switch (item["type"] ?? ("id" in item && !("content" in item) ? "item_reference" : "message")) {
		case "message":
			return readMessage(item, path, conversation);
		case "function_call":
			return readCall(item, path, conversation);
		case "function_call_output":
			return readOutput(item, path, conversation);
		case "reasoning":
			return checkFields(item, path, RULES.reasoning);
		case "item_reference":
			return [
				problem(
					`${path}.type`,
					"may not be item_reference: nothing is stored here, so send the item itself, as the AI SDK does with `store: false`",
				),
			];
		default:
			return [problem(`${path}.type`, CONVERSATION_ONLY)];
	}
}

function readMessage(item: JsonObject, path: string, conversation: Conversation): readonly RequestProblem[] {
	const wrong = checkFields(item, path, RULES.message, ["role", "content"]);
	if (wrong.length > 0) return wrong;
	const role = item["role"] as Exclude<ContentRole, "output">;
	const { content, problems } = readContent(item["content"], `${path}.content`, role);
	conversation.addMessage(role, content);
	return problems;
}

function readCall(item: JsonObject, path: string, conversation: Conversation): readonly RequestProblem[] {
	const wrong = checkFields(item, path, RULES.function_call, ["call_id", "name", "arguments"]);
	const { call_id: id, name, arguments: callArguments } = item;
	// Added even where something is wrong with it, so that its output is not reported too.
	conversation.addCall(id as string, name as string, callArguments as string);
	return wrong;
}

function readOutput(item: JsonObject, path: string, conversation: Conversation): readonly RequestProblem[] {
	const wrong = checkFields(item, path, RULES.function_call_output, ["call_id", "output"]);
	if (wrong.length > 0) return wrong;
	const { content, problems } = readContent(item["output"], `${path}.output`, "output");
	const placed = conversation.addOutput(item["call_id"] as string, content);
	return placed
		? problems
		: [...problems, problem(`${path}.call_id`, "must be that of an earlier function_call in 'input'")];
}
