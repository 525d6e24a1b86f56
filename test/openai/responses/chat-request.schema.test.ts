import { describe, expect, it } from "vitest";
import { HAS_OPENAI_SCHEMAS, schemaProblems } from "../../support/openai-schemas.ts";
import { responsesRequest, tool } from "./requests.ts";

describe.skipIf(!HAS_OPENAI_SCHEMAS)("by OpenAI's own schemas", () => {
	const fields = {
		input: [
			{ role: "developer", content: "Be brief." },
			{
				role: "user",
				content: [
					{ type: "input_text", text: "Look:" },
					{ type: "input_image", image_url: "https://a.example/b.png", detail: "auto" },
					{ type: "input_file", filename: "a.pdf", file_data: "AA" },
				],
			},
			{ id: "rs_1", type: "reasoning", summary: [] },
			{
				id: "msg_1",
				type: "message",
				role: "assistant",
				status: "completed",
				content: [{ type: "output_text", text: "I look.", annotations: [], logprobs: [] }],
			},
			{ type: "function_call", call_id: "call_1", name: "a", arguments: "{}" },
			{ type: "function_call_output", call_id: "call_1", output: "done" },
		],
		instructions: "You label mails.",
		stream: true,
		temperature: 0,
		top_p: 1,
		max_output_tokens: 16,
		include: ["message.output_text.logprobs"],
		top_logprobs: 2,
		text: {
			format: { type: "json_schema", name: "label", schema: { type: "object" }, strict: true },
			verbosity: "low",
		},
		reasoning: { effort: "low", summary: "auto" },
		tools: [tool("a"), tool("b")],
		tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "a" }] },
		parallel_tool_calls: false,
		metadata: { team: "a" },
		user: "u",
		safety_identifier: "s",
		prompt_cache_key: "k",
		service_tier: "default",
		store: false,
	};

	it("the chat request that is asked is valid", () => {
		expect(schemaProblems("chat.request", responsesRequest(fields).chat.body)).toEqual([]);
		const named = {
			...fields,
			tool_choice: { type: "function", name: "a" },
			text: { format: { type: "json_object" } },
		};
		expect(schemaProblems("chat.request", responsesRequest(named).chat.body)).toEqual([]);
	});
});
