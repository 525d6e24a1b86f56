import type { ToolCall } from "../completion.ts";
import { isJsonObject, parseJson, type JsonObject } from "../json.ts";
import type { FailedCheck } from "./failed-check.ts";
import { matchesSchema } from "./schema-match.ts";

/**
 * What is wrong with an answer's tool calls, or their absence, under a request's `tools`, `tool_choice` and
 * `parallel_tool_calls`; null where nothing is.
 */
export function failedToolCheck(body: JsonObject, calls: readonly ToolCall[]): FailedCheck | null {
	const tools = functionsOf(body["tools"]);
	if (!Array.isArray(body["tools"]) || body["tools"].length === 0)
		return calls.length > 0 ? "unwanted-tool-call" : null;
	for (const call of calls) {
		const called = tools.filter((tool) => tool.name === call.name);
		if (called.length === 0) return "unknown-tool";
		if (!called.every((tool) => takes(tool, call.arguments))) return "invalid-tool-arguments";
	}
	const choice = readChoice(body["tool_choice"]);
	if (calls.some((call) => choice.allowed !== null && !choice.allowed.has(call.name))) return "unwanted-tool-call";
	if (choice.required && calls.length === 0) return "tool-missing";
	if (body["parallel_tool_calls"] === false && calls.length > 1) return "too-many-tool-calls";
	return null;
}

interface FunctionTool {
	readonly name: unknown;
	readonly parameters: unknown;
}

function functionsOf(tools: unknown): readonly FunctionTool[] {
	if (!Array.isArray(tools)) return [];
	return tools
		.filter(isJsonObject)
		.filter((tool) => tool["type"] === "function")
		.map((tool) => (isJsonObject(tool["function"]) ? tool["function"] : {}))
		.map(({ name, parameters }) => ({ name, parameters }));
}

function takes(tool: FunctionTool, text: string): boolean {
	const value = parseJson(text);
	if (!isJsonObject(value)) return false;
	// A function without parameters takes what comes.
	return isJsonObject(tool.parameters) ? matchesSchema(value, tool.parameters) : true;
}

interface ToolChoice {
	/** Null: every tool of the request. */
	readonly allowed: ReadonlySet<unknown> | null;
	readonly required: boolean;
}

function readChoice(choice: unknown): ToolChoice {
	if (choice === "none") return { allowed: new Set(), required: false };
	if (choice === "required") return { allowed: null, required: true };
	if (!isJsonObject(choice)) return { allowed: null, required: false };
	if (choice["type"] === "function") return { allowed: new Set([nameOf(choice)]), required: true };
	const subset = choice["allowed_tools"];
	if (choice["type"] !== "allowed_tools" || !isJsonObject(subset)) return { allowed: null, required: false };
	const listed = Array.isArray(subset["tools"]) ? subset["tools"].map(nameOf) : [];
	return { allowed: new Set(listed), required: subset["mode"] === "required" };
}

/** The name in `{type: "function", function: {name}}`. */
function nameOf(tool: unknown): unknown {
	return isJsonObject(tool) && isJsonObject(tool["function"]) ? tool["function"]["name"] : undefined;
}
