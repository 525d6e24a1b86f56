/** Which tool a one-word answer is put into, and under which name it stands in JSON. */
import type { TokenAlternative } from "./generated-answer.ts";
import type { LocalChatRequest, LocalTool } from "./parse-chat-body.ts";

/** A tool and the parameter that takes the word. */
export interface ToolUse {
	readonly tool: LocalTool;
	readonly property: string;
}

/** Where no schema says how the word is to be called. */
export const DEFAULT_PROPERTY = "label";

/**
 * The tool to call; undefined to answer in text. Left the choice, the first tool that takes the word is called, unless
 * the user's question has already been answered by a tool. A call that is demanded is always made, as constrained
 * decoding would: where no parameter takes the word it is named `label`, which then breaks the tool's schema.
 */
export function toolToUse(request: LocalChatRequest, words: readonly TokenAlternative[]): ToolUse | undefined {
	const { tools, toolChoice } = request;
	const uses = tools.map((tool) => ({ tool, property: wordProperty(tool.parameters, words) }));
	const fitting = uses.find((use): use is ToolUse => use.property !== undefined);
	if (toolChoice === "auto") return hasToolResult(request) ? undefined : fitting;
	const demanded =
		toolChoice === "required" ? (fitting ?? uses[0]) : uses.find(({ tool }) => tool.name === toolChoice.name);
	return demanded && { tool: demanded.tool, property: demanded.property ?? DEFAULT_PROPERTY };
}

/**
 * The property of an object's JSON schema that takes the word: `label`, unless it lists other values; else the first
 * whose `enum` lists all the words. Undefined where there is none.
 */
export function wordProperty(schema: unknown, words: readonly TokenAlternative[]): string | undefined {
	const properties = Object.entries(fieldsOf(fieldsOf(schema)["properties"]));
	const label = properties.find(([name]) => name === DEFAULT_PROPERTY);
	if (label !== undefined && fieldsOf(label[1])["enum"] === undefined) return DEFAULT_PROPERTY;
	const lists = (property: unknown) => {
		const values = fieldsOf(property)["enum"];
		return Array.isArray(values) && words.every(({ text }) => values.includes(text));
	};
	return [...(label === undefined ? [] : [label]), ...properties].find(([, property]) => lists(property))?.[0];
}

/** Whether a tool has answered since the user last spoke. */
function hasToolResult({ messages }: LocalChatRequest): boolean {
	const lastOf = (wanted: string) => messages.findLastIndex(({ role }) => role === wanted);
	return lastOf("tool") > lastOf("user");
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
