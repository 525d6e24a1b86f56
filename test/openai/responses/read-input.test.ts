import { describe, expect, it } from "vitest";
import { messagesOf, problemsOf } from "./requests.ts";

const call = (id: string, more = {}) => ({ type: "function_call", call_id: id, name: "f", arguments: "{}", ...more });
const output = (id: string, said: unknown = "done") => ({ type: "function_call_output", call_id: id, output: said });
const called = (...ids: readonly string[]) =>
	ids.map((id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } }));
const user = (...content: readonly unknown[]) => ({ role: "user", content });

describe("messages of the input", () => {
	it.each(["user", "assistant", "system", "developer"])("keep their role: %s", (role) => {
		expect(messagesOf({ role, content: "Hi" })).toEqual([{ role, content: "Hi" }]);
		expect(messagesOf({ type: "message", role, content: [{ type: "input_text", text: "Hi" }] })).toEqual([
			{ role, content: "Hi" },
		]);
	});

	it("keep several parts apart", () => {
		expect(messagesOf(user({ type: "input_text", text: "a" }, { type: "input_text", text: "b" }))).toEqual([
			user({ type: "text", text: "a" }, { type: "text", text: "b" }),
		]);
		expect(messagesOf(user())).toEqual([{ role: "user", content: "" }]);
	});

	it("may be those of an earlier response, with all that clients add to them", () => {
		expect(
			messagesOf({
				id: "msg_1",
				type: "message",
				status: "completed",
				role: "assistant",
				phase: "final_answer",
				content: [{ type: "output_text", text: "Hi", annotations: [], logprobs: [], parsed: null }],
			}),
		).toEqual([{ role: "assistant", content: "Hi" }]);
	});

	it("say a refusal as the text that it was", () => {
		expect(messagesOf({ role: "assistant", content: [{ type: "refusal", refusal: "No." }] })).toEqual([
			{ role: "assistant", content: "No." },
		]);
	});

	it.each([
		[
			{ type: "input_image", image_url: "data:image/png;base64,AA" },
			{ type: "image_url", image_url: { url: "data:image/png;base64,AA" } },
		],
		[
			{ type: "input_image", image_url: "https://a.example/b.png", detail: "low", file_id: null },
			{ type: "image_url", image_url: { url: "https://a.example/b.png", detail: "low" } },
		],
		[
			{ type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,AA", file_id: null },
			{ type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA" } },
		],
		[
			{ type: "input_audio", input_audio: { data: "AA", format: "wav" } },
			{ type: "input_audio", input_audio: { data: "AA", format: "wav" } },
		],
	])("hold what is not text in chat's form: %j", (part, expected) => {
		expect(messagesOf(user(part))).toEqual([user(expected)]);
		expect(messagesOf(user({ type: "input_text", text: "Look:", prompt_cache_breakpoint: {} }, part))).toEqual([
			user({ type: "text", text: "Look:" }, expected),
		]);
	});
});

describe("tool calls of the input", () => {
	it("are one message with what was said beside them, and their outputs follow it", () => {
		expect(
			messagesOf(
				{ role: "user", content: "Go" },
				{ role: "assistant", content: "I look." },
				call("call_1", { id: "fc_1", status: "completed", parsed_arguments: null, caller: { type: "direct" } }),
				call("call_2"),
				output("call_1"),
				output("call_2", [{ type: "input_text", text: "two" }]),
				{ role: "assistant", content: "Done." },
			),
		).toEqual([
			{ role: "user", content: "Go" },
			{ role: "assistant", content: "I look.", tool_calls: called("call_1", "call_2") },
			{ role: "tool", tool_call_id: "call_1", content: "done" },
			{ role: "tool", tool_call_id: "call_2", content: "two" },
			{ role: "assistant", content: "Done." },
		]);
	});

	it("have no content where nothing was said", () => {
		expect(messagesOf(call("call_1"), output("call_1"))).toEqual([
			{ role: "assistant", content: null, tool_calls: called("call_1") },
			{ role: "tool", tool_call_id: "call_1", content: "done" },
		]);
	});

	it("keep what was said after or between them in their message", () => {
		const said = (content: string) => ({ role: "assistant", content });
		expect(messagesOf(call("call_1"), said("I look."), output("call_1"))).toEqual([
			{ role: "assistant", content: "I look.", tool_calls: called("call_1") },
			{ role: "tool", tool_call_id: "call_1", content: "done" },
		]);
		expect(messagesOf(said("a"), call("call_1"), said("b"), call("call_2"), output("call_1"))).toEqual([
			{
				role: "assistant",
				content: [
					{ type: "text", text: "a" },
					{ type: "text", text: "b" },
				],
				tool_calls: called("call_1", "call_2"),
			},
			{ role: "tool", tool_call_id: "call_1", content: "done" },
		]);
		expect(messagesOf(said(""), call("call_1"), said("b"))).toEqual([
			{ role: "assistant", content: "b", tool_calls: called("call_1") },
		]);
	});

	it("belong to the last of several messages of the assistant, and to none of another turn", () => {
		const said = (content: string) => ({ role: "assistant", content });
		expect(messagesOf(said("a"), said("b"), call("call_1"))).toEqual([
			said("a"),
			{ ...said("b"), tool_calls: called("call_1") },
		]);
		expect(messagesOf(said("a"), { role: "user", content: "Go" }, call("call_1"))).toEqual([
			said("a"),
			{ role: "user", content: "Go" },
			{ role: "assistant", content: null, tool_calls: called("call_1") },
		]);
		expect(messagesOf(call("call_1"), output("call_1"), call("call_1"), output("call_1"))).toHaveLength(4);
	});
});

describe("reasoning of the input", () => {
	it("is left out in plain text, and does not part a message from its calls", () => {
		const reasoning = {
			id: "rs_1",
			type: "reasoning",
			summary: [{ type: "summary_text", text: "Hm" }],
			content: [{ type: "reasoning_text", text: "Hm" }],
			encrypted_content: null,
			status: "completed",
		};
		expect(messagesOf(reasoning, { role: "assistant", content: "a" }, reasoning, call("call_1"))).toEqual([
			{ role: "assistant", content: "a", tool_calls: called("call_1") },
		]);
	});

	it("is refused where only another service can read it", () => {
		expect(problemsOf({ input: [{ type: "reasoning", summary: [], encrypted_content: "gAAA" }] })).toEqual({
			"input[0].encrypted_content":
				"'input[0].encrypted_content' is not supported: it can be read only by the service that wrote it, so leave it out.",
		});
	});
});

describe("input that is refused", () => {
	it.each([
		[undefined, "is required"],
		[null, "is required"],
		[5, "must be text or a list of items"],
		[{ role: "user", content: "Hi" }, "must be text or a list of items"],
		[[], "must hold at least one item"],
	])("as a whole: %j", (input, clause) => {
		expect(problemsOf({ input })).toEqual({ input: `'input' ${clause}.` });
	});

	it.each([[{ type: "item_reference", id: "msg_1" }], [{ id: "msg_1" }], [{ type: null, id: "msg_1" }]])(
		"since it refers to what is stored: %j",
		(item) => {
			expect(problemsOf({ input: ["x", { role: "user", content: "Hi" }, item].slice(1) })).toEqual({
				"input[1].type":
					"'input[1].type' may not be item_reference: nothing is stored here, so send the item itself, as the AI SDK does with `store: false`.",
			});
		},
	);

	it.each([
		"web_search_call",
		"file_search_call",
		"computer_call",
		"computer_call_output",
		"code_interpreter_call",
		"image_generation_call",
		"local_shell_call",
		"local_shell_call_output",
		"shell_call",
		"apply_patch_call",
		"mcp_call",
		"mcp_list_tools",
		"mcp_approval_request",
		"mcp_approval_response",
		"custom_tool_call",
		"custom_tool_call_output",
		"compaction",
		"compaction_trigger",
		"configuration_update",
		"additional_tools",
		"toString",
		5,
	])("since nothing here makes such an item: %s", (type) => {
		expect(problemsOf({ input: [{ type, id: "x" }] })).toEqual({
			"input[0].type":
				"'input[0].type' must be message, function_call, function_call_output or reasoning: there are no built-in tools here.",
		});
	});

	it.each([
		["Hi", "input[0]", "must be an object"],
		[{ role: "tool", content: "x" }, "input[0].role", "must be user, assistant, system or developer"],
		[{ content: "x" }, "input[0].role", "is required"],
		[{ role: "user" }, "input[0].content", "is required"],
		[{ role: "user", content: 5 }, "input[0].content", "must be text or a list of content parts"],
		[{ role: "user", content: "x", name: "Bob" }, "input[0].name", "is not supported"],
		[user("x"), "input[0].content[0]", "must be an object with a type"],
		[
			user({ type: "input_text", text: "a" }, { type: "video" }),
			"input[0].content[1].type",
			"must be input_text, input_image, input_file or input_audio",
		],
		[user({ text: "a" }), "input[0].content[0].type", "must be input_text"],
		[user({ type: "input_text" }), "input[0].content[0].text", "is required"],
		[user({ type: "input_text", text: 5 }), "input[0].content[0].text", "must be text"],
		[user({ type: "input_text", text: "a", colour: 1 }), "input[0].content[0].colour", "is not supported"],
		[user({ type: "input_image", image_url: "x", file_id: "f" }), "input[0].content[0].file_id", "nothing is stored"],
		[
			user({ type: "input_image", image_url: "x", detail: "original" }),
			"input[0].content[0].detail",
			"must be auto, low or high",
		],
		[user({ type: "input_file", file_data: "x", file_id: "f" }), "input[0].content[0].file_id", "nothing is stored"],
		[user({ type: "input_file", file_data: "x", file_url: "u" }), "input[0].content[0].file_url", "are not fetched"],
		[user({ type: "input_file", file_data: "x", detail: "high" }), "input[0].content[0].detail", "must be auto"],
		[
			user({ type: "input_audio", input_audio: { data: "x" } }),
			"input[0].content[0].input_audio",
			"must be an object with data and format",
		],
		[
			{ role: "system", content: [{ type: "input_image", image_url: "x" }] },
			"input[0].content[0].type",
			"must be input_text",
		],
		[
			{ role: "assistant", content: [{ type: "input_image", image_url: "x" }] },
			"input[0].content[0].type",
			"must be output_text, refusal or input_text",
		],
		[call(""), "input[0].call_id", "must be text that is not empty"],
		[{ type: "function_call", name: "f", arguments: "{}" }, "input[0].call_id", "is required"],
		[call("c", { name: null }), "input[0].name", "is required"],
		[call("c", { arguments: {} }), "input[0].arguments", "must be text"],
		[call("c", { namespace: "crm" }), "input[0].namespace", "there are no tool namespaces here"],
		[call("c", { caller: { type: "program", caller_id: "x" } }), "input[0].caller", "must be direct"],
		[call("c", { async: true }), "input[0].async", "must be false"],
		[output("c"), "input[0].call_id", "must be that of an earlier function_call in 'input'"],
		[{ type: "function_call_output", call_id: "c" }, "input[0].output", "is required"],
	])("at the field that is wrong: %j", (item, param, message) => {
		const problems = problemsOf({ input: [item] });
		expect(Object.keys(problems)).toEqual([param]);
		expect(problems[param]).toContain(message);
	});

	it("since chat's tool messages hold text only", () => {
		expect(problemsOf({ input: [call("c"), output("c", [{ type: "input_image", image_url: "x" }])] })).toEqual({
			"input[1].output[0].type": "'input[1].output[0].type' must be input_text.",
		});
	});

	it("once, where a call is wrong and its output is not", () => {
		expect(Object.keys(problemsOf({ input: [call("c", { namespace: "crm" }), output("c")] }))).toEqual([
			"input[0].namespace",
		]);
	});
});
