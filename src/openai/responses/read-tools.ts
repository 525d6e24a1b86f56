import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { RequestProblem } from "../parse-chat-request.ts";
import {
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
	type FieldRule,
	type FieldRules,
} from "./field-rules.ts";

/** What was made of `tools` and `tool_choice`; of no use where there are problems. */
export interface ReadTools {
	/** Every tool, in chat form. */
	readonly tools: readonly JsonObject[];
	/** Those of them that may be called in this answer. */
	readonly offered: readonly JsonObject[];
	/** In chat form; undefined where there is nothing to choose. */
	readonly choice: unknown;
	readonly problems: readonly RequestProblem[];
}

const aJsonObject: FieldRule = (value) => (isJsonObject(value) ? null : "must be an object");
const directCallers: FieldRule = (callers) =>
	Array.isArray(callers) && callers.every((caller) => caller === "direct")
		? null
		: 'must be ["direct"]: there are no programs here';

const TOOL_FIELDS: FieldRules = {
	type: anything,
	name: nonEmptyText,
	description: text,
	parameters: aJsonObject,
	strict: trueOrFalse,
	output_schema: refused("chat models are not told of it"),
	defer_loading: only(false, "there is no tool search here"),
	allowed_callers: directCallers,
	async: only(false, "an answer waits for its tools"),
};

const ALLOWED_TOOLS_FIELDS: FieldRules = { type: anything, mode: oneOf("auto", "required"), tools: anything };
const NAMED_TOOL_FIELDS: FieldRules = { type: anything, name: nonEmptyText };

/**
 * Function tools and the choice among them in chat form. Tools that the service itself would run are refused. A choice of
 * `allowed_tools` becomes a shorter list of tools with its mode as the choice, which has the same effect and which
 * every server understands.
 */
export function readTools(value: unknown, choice: unknown): ReadTools {
	const given = value ?? [];
	if (!Array.isArray(given)) {
		return { tools: [], offered: [], choice: undefined, problems: [problem("tools", "must be a list")] };
	}
	const problems = problemsOfEach(given as unknown[], (tool, index) => toolProblems(tool, `tools[${index}]`));
	const tools = (given as unknown[]).filter(isJsonObject).map(chatTool);
	// The choice is judged by the tools' names, so wrong tools would make a right choice look wrong.
	if (problems.length > 0) return { tools, offered: tools, choice: undefined, problems };
	return { tools, ...readChoice(choice, tools) };
}

/** What is wrong with the items of a list, up to the item by which there are enough problems. */
function problemsOfEach(
	items: readonly unknown[],
	problemsOf: (item: unknown, index: number) => readonly RequestProblem[],
): RequestProblem[] {
	const problems: RequestProblem[] = [];
	for (const [index, item] of items.entries()) {
		if (problems.length >= MOST_PROBLEMS) break;
		problems.push(...problemsOf(item, index));
	}
	return problems;
}

function toolProblems(tool: unknown, path: string): RequestProblem[] {
	if (!isJsonObject(tool)) return [problem(path, "must be an object")];
	if (tool["type"] !== "function") {
		return [problem(`${path}.type`, "must be function: there are no built-in or custom tools here")];
	}
	return checkFields(tool, path, TOOL_FIELDS, ["name"]);
}

function chatTool(tool: JsonObject): JsonObject {
	const called: JsonObject = {};
	for (const field of ["name", "description", "parameters", "strict"]) {
		if (tool[field] != null) called[field] = tool[field];
	}
	return { type: "function", function: called };
}

function readChoice(choice: unknown, tools: readonly JsonObject[]): Omit<ReadTools, "tools"> {
	const wrong = (...problems: RequestProblem[]) => ({ offered: tools, choice: undefined, problems });
	if (choice === undefined || choice === null) return wrong();
	if (choice === "auto" || choice === "none" || choice === "required") {
		if (tools.length > 0) return { offered: tools, choice, problems: [] };
		return choice === "required"
			? wrong(problem("tool_choice", "may not be required where there are no tools"))
			: wrong();
	}
	if (!isJsonObject(choice)) return wrong(problem("tool_choice", "must be auto, none, required or an object"));
	if (choice["type"] === "function") {
		const problems = namedToolProblems(choice, "tool_choice", tools);
		return { offered: tools, choice: { type: "function", function: { name: choice["name"] } }, problems };
	}
	if (choice["type"] !== "allowed_tools") {
		return wrong(
			problem("tool_choice.type", "must be function or allowed_tools: there are no built-in or custom tools here"),
		);
	}
	const allowed = choice["tools"];
	const problems = checkFields(choice, "tool_choice", ALLOWED_TOOLS_FIELDS, ["mode", "tools"]);
	if (problems.length > 0) return wrong(...problems);
	if (!Array.isArray(allowed) || allowed.length === 0) {
		return wrong(problem("tool_choice.tools", "must be a list of at least one tool"));
	}
	problems.push(
		...problemsOfEach(allowed as unknown[], (tool, index) =>
			namedToolProblems(tool, `tool_choice.tools[${index}]`, tools),
		),
	);
	const names = new Set((allowed as unknown[]).map((tool) => (isJsonObject(tool) ? tool["name"] : undefined)));
	return { offered: tools.filter((tool) => names.has(nameOf(tool))), choice: choice["mode"], problems };
}

function namedToolProblems(named: unknown, path: string, tools: readonly JsonObject[]): RequestProblem[] {
	if (!isJsonObject(named)) return [problem(path, "must be an object")];
	if (named["type"] !== "function") return [problem(`${path}.type`, "must be function")];
	const problems = checkFields(named, path, NAMED_TOOL_FIELDS, ["name"]);
	if (problems.length === 0 && !tools.some((tool) => nameOf(tool) === named["name"])) {
		problems.push(problem(`${path}.name`, "must name one of 'tools'"));
	}
	return problems;
}

function nameOf(tool: JsonObject): unknown {
	return (tool["function"] as JsonObject)["name"];
}
