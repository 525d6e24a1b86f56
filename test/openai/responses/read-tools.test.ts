import { describe, expect, it } from "vitest";
import { problemsOf, responsesRequest, tool, translated } from "./requests.ts";

const chatTool = (name: string) => ({
	type: "function",
	function: { name, parameters: { type: "object" }, strict: false },
});

describe("tools in chat form", () => {
	it("say what was said of them and no more", () => {
		expect(
			translated({
				tools: [
					tool("a", { description: "Does it", strict: true }),
					{ type: "function", name: "b", parameters: null, strict: null },
				],
			}),
		).toEqual({
			tools: [
				{
					type: "function",
					function: { name: "a", description: "Does it", parameters: { type: "object" }, strict: true },
				},
				{ type: "function", function: { name: "b" } },
			],
		});
	});

	it("may have settings that ask for nothing", () => {
		const idle = { defer_loading: false, allowed_callers: ["direct"], async: false, output_schema: null };
		expect(translated({ tools: [tool("a", idle)] })).toEqual({ tools: [chatTool("a")] });
	});

	it("are absent where there are none", () => {
		expect(translated({ tools: [], tool_choice: "auto" })).toEqual({});
		expect(translated({ tool_choice: "none" })).toEqual({});
		expect(translated({ tools: [], parallel_tool_calls: false })).toEqual({});
	});

	it("may be called in parallel or not", () => {
		for (const parallel_tool_calls of [true, false])
			expect(translated({ tools: [tool("a")], parallel_tool_calls })).toMatchObject({ parallel_tool_calls });
	});
});

describe("the choice of tools", () => {
	it.each(["auto", "none", "required"])("is the same word: %s", (tool_choice) => {
		expect(translated({ tools: [tool("a")], tool_choice })).toEqual({ tools: [chatTool("a")], tool_choice });
	});

	it("names a tool in chat form", () => {
		expect(translated({ tools: [tool("a")], tool_choice: { type: "function", name: "a" } })).toMatchObject({
			tool_choice: { type: "function", function: { name: "a" } },
		});
	});

	it("of some tools offers those alone, and the Response still repeats all", () => {
		const fields = {
			tools: [tool("a"), tool("b"), tool("c")],
			tool_choice: {
				type: "allowed_tools",
				mode: "required",
				tools: [
					{ type: "function", name: "c" },
					{ type: "function", name: "a" },
				],
			},
		};
		expect(translated(fields)).toEqual({ tools: [chatTool("a"), chatTool("c")], tool_choice: "required" });
		expect(responsesRequest(fields).echo["tools"]).toHaveLength(3);
		expect(responsesRequest(fields).echo["tool_choice"]).toEqual(fields.tool_choice);
	});
});

describe("tools that are refused", () => {
	it.each([
		"web_search",
		"web_search_preview",
		"file_search",
		"code_interpreter",
		"computer_use_preview",
		"computer",
		"image_generation",
		"mcp",
		"local_shell",
		"shell",
		"apply_patch",
		"custom",
		"namespace",
		"tool_search",
		undefined,
	])("since nothing here runs them: %s", (type) => {
		expect(problemsOf({ tools: [tool("a"), { type, name: "b" }], tool_choice: "required" })).toEqual({
			"tools[1].type": "'tools[1].type' must be function: there are no built-in or custom tools here.",
		});
	});

	it.each([
		["x", "tools", "must be a list"],
		[["x"], "tools[0]", "must be an object"],
		[[null], "tools[0]", "must be an object"],
		[[{ type: "function" }], "tools[0].name", "is required"],
		[[tool("")], "tools[0].name", "must be text that is not empty"],
		[[tool("a", { parameters: [] })], "tools[0].parameters", "must be an object"],
		[[tool("a", { strict: 1 })], "tools[0].strict", "must be true or false"],
		[[tool("a", { description: 1 })], "tools[0].description", "must be text"],
		[[tool("a", { output_schema: {} })], "tools[0].output_schema", "chat models are not told of it"],
		[[tool("a", { defer_loading: true })], "tools[0].defer_loading", "there is no tool search here"],
		[[tool("a", { allowed_callers: ["programmatic"] })], "tools[0].allowed_callers", "there are no programs here"],
		[[tool("a", { async: true })], "tools[0].async", "an answer waits for its tools"],
		[[{ type: "function", function: { name: "a" } }], "tools[0].function", "is not supported"],
	])("at the field that is wrong: %j", (tools, param, message) => {
		expect(problemsOf({ tools })[param]).toContain(message);
	});

	it.each([
		["any", "tool_choice", "must be auto, none, required or an object"],
		[{ type: "web_search" }, "tool_choice.type", "there are no built-in or custom tools here"],
		[{ type: "custom", name: "a" }, "tool_choice.type", "there are no built-in or custom tools here"],
		[{ type: "function", name: "z" }, "tool_choice.name", "must name one of 'tools'"],
		[{ type: "function" }, "tool_choice.name", "is required"],
		[{ type: "function", function: { name: "a" }, name: "a" }, "tool_choice.function", "is not supported"],
		[{ type: "allowed_tools", mode: "none", tools: [] }, "tool_choice.mode", "must be auto or required"],
		[{ type: "allowed_tools", mode: "auto" }, "tool_choice.tools", "is required"],
		[{ type: "allowed_tools", mode: "auto", tools: [] }, "tool_choice.tools", "must be a list of at least one tool"],
		[{ type: "allowed_tools", mode: "auto", tools: ["a"] }, "tool_choice.tools[0]", "must be an object"],
		[
			{ type: "allowed_tools", mode: "auto", tools: [{ type: "mcp", name: "a" }] },
			"tool_choice.tools[0].type",
			"must be function",
		],
		[
			{ type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "z" }] },
			"tool_choice.tools[0].name",
			"must name one of 'tools'",
		],
	])("as a choice: %j", (tool_choice, param, message) => {
		const problems = problemsOf({ tools: [tool("a")], tool_choice });
		expect(Object.keys(problems)).toEqual([param]);
		expect(problems[param]).toContain(message);
	});

	it("where one must be called and there are none", () => {
		expect(problemsOf({ tool_choice: "required" })).toEqual({
			tool_choice: "'tool_choice' may not be required where there are no tools.",
		});
	});
});
