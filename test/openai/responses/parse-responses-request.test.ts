import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { parseResponsesRequest } from "../../../src/openai/responses/parse-responses-request.ts";
import { LEAST, problemsOf, responsesRequest, tool, translated } from "./requests.ts";

describe("a Responses request as a chat request", () => {
	it("asks one question of a cascade", () => {
		expect(responsesRequest().chat).toEqual({
			model: "mail",
			messages: [{ role: "user", content: "Is this spam?" }],
			stream: false,
			includeUsage: false,
			logprobs: false,
			topLogprobs: 0,
			maxOutputTokens: undefined,
			choices: 1,
			body: { model: "mail", messages: [{ role: "user", content: "Is this spam?" }] },
		});
	});

	it("puts instructions before the conversation, and no empty ones", () => {
		expect(responsesRequest({ instructions: "Be brief." }).chat.messages).toEqual([
			{ role: "system", content: "Be brief." },
			{ role: "user", content: "Is this spam?" },
		]);
		expect(responsesRequest({ instructions: "" }).chat.messages).toHaveLength(1);
	});

	it("always asks a stream for usage, as a Response tells it", () => {
		expect(translated({ stream: true })).toEqual({ stream: true, stream_options: { include_usage: true } });
		expect(responsesRequest({ stream: true }).chat).toMatchObject({ stream: true, includeUsage: true });
		expect(translated({ stream: false })).toEqual({ stream: false });
	});

	it.each([
		[
			{ temperature: 0.2, top_p: 0.9 },
			{ temperature: 0.2, top_p: 0.9 },
		],
		[{ temperature: 0 }, { temperature: 0 }],
		[{ max_output_tokens: 1 }, { max_tokens: 1 }],
		[{ reasoning: { effort: "low" } }, { reasoning_effort: "low" }],
		[{ text: { verbosity: "high" } }, { verbosity: "high" }],
		[{ text: { format: { type: "text" } } }, {}],
		[{ text: { format: { type: "json_object" } } }, { response_format: { type: "json_object" } }],
		[
			{ text: { format: { type: "json_schema", name: "label", schema: { type: "object" } } } },
			{ response_format: { type: "json_schema", json_schema: { name: "label", schema: { type: "object" } } } },
		],
		[
			{ text: { format: { type: "json_schema", name: "l", schema: {}, description: "A label", strict: true } } },
			{
				response_format: {
					type: "json_schema",
					json_schema: { name: "l", schema: {}, description: "A label", strict: true },
				},
			},
		],
		[{ include: ["message.output_text.logprobs"] }, { logprobs: true }],
		[
			{ include: ["message.output_text.logprobs"], top_logprobs: 2 },
			{ logprobs: true, top_logprobs: 2 },
		],
		[{ top_logprobs: 3 }, { logprobs: true, top_logprobs: 3 }],
		[{ top_logprobs: 0 }, {}],
		[
			{ metadata: { team: "a" }, user: "u", safety_identifier: "s", prompt_cache_key: "k", service_tier: "flex" },
			{ metadata: { team: "a" }, user: "u", safety_identifier: "s", prompt_cache_key: "k", service_tier: "flex" },
		],
		[{ parallel_tool_calls: false }, {}],
	])("says in chat's words: %j", (fields, body) => {
		expect(translated(fields)).toEqual(body);
	});

	it.each([
		{ store: false },
		{ background: false },
		{ truncation: "disabled" },
		{ max_tool_calls: 3 },
		{ prompt_cache_retention: "24h" },
		{ prompt_cache_options: { mode: "implicit", ttl: "30m" } },
		{ stream_options: { include_obfuscation: false } },
		{ include: [] },
		{ include: ["reasoning.encrypted_content"] },
		{ reasoning: { summary: "auto", generate_summary: "auto", mode: "standard", context: "auto" } },
	])("accepts what changes no answer: %j", (fields) => {
		expect(translated(fields)).toEqual({});
	});

	it("takes null for absence, whatever the field", () => {
		const names = "store background truncation previous_response_id conversation prompt include tools tool_choice";
		const more = "text reasoning metadata user top_logprobs stream_options temperature instructions anything_else";
		const fields = Object.fromEntries(`${names} ${more}`.split(" ").map((name) => [name, null]));
		expect(translated(fields)).toEqual({});
		expect(problemsOf({ text: { format: null, verbosity: null }, reasoning: { effort: null } })).toEqual({});
	});
});

/** Fields that are refused, the `param` that says so, and what is said. */
const REFUSED: readonly (readonly [fields: JsonObject, param: string, message: string])[] = [
	[{ store: true }, "store", "'store' must be false: nothing is stored here."],
	[{ background: true }, "background", "'background' must be false: answers are given while the client waits."],
	[{ truncation: "auto" }, "truncation", "'truncation' must be disabled: no part of the input is left out."],
	[
		{ previous_response_id: "resp_1" },
		"previous_response_id",
		"'previous_response_id' is not supported: nothing is stored here, so send the whole conversation as 'input'.",
	],
	[
		{ conversation: "conv_1" },
		"conversation",
		"'conversation' is not supported: nothing is stored here, so send the whole conversation as 'input'.",
	],
	[{ prompt: { id: "p" } }, "prompt", "'prompt' is not supported: there are no stored prompts here, so send its text."],
	[
		{ context_management: [{ type: "compaction" }] },
		"context_management",
		"'context_management' is not supported: no part of the input is left out.",
	],
	[
		{ moderation: { model: "m" } },
		"moderation",
		"'moderation' is not supported: moderate the text by a request of its own.",
	],
	[{ seed: 1 }, "seed", "'seed' is not supported."],
	[{ constructor: 1 }, "constructor", "'constructor' is not supported."],
	[{ messages: [] }, "messages", "'messages' is not supported."],
	...["file_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", 5].map(
		(each) =>
			[
				{ include: ["message.output_text.logprobs", each] },
				"include[1]",
				"'include[1]' must be message.output_text.logprobs or reasoning.encrypted_content.",
			] as const,
	),
	[{ include: "logprobs" }, "include", "'include' must be a list."],
	[{ reasoning: { summary: "detailed" } }, "reasoning.summary", "must be auto"],
	[{ reasoning: { generate_summary: "concise" } }, "reasoning.generate_summary", "must be auto"],
	[{ reasoning: { mode: "pro" } }, "reasoning.mode", "must be standard"],
	[{ reasoning: { context: "all_turns" } }, "reasoning.context", "must be auto"],
	[{ reasoning: { effort: 3 } }, "reasoning.effort", "must be text"],
	[{ reasoning: { depth: 3 } }, "reasoning.depth", "is not supported"],
	[{ reasoning: "low" }, "reasoning", "must be an object"],
	[{ text: "x" }, "text", "must be an object"],
	[{ text: { verbosity: "huge" } }, "text.verbosity", "must be low, medium or high"],
	[{ text: { format: "json" } }, "text.format", "must be an object"],
	[{ text: { format: { type: "grammar" } } }, "text.format.type", "must be text, json_object or json_schema"],
	[{ text: { format: { type: "json_schema", schema: {} } } }, "text.format.name", "is required"],
	[{ text: { format: { type: "json_schema", name: "x" } } }, "text.format.schema", "is required"],
	[{ text: { format: { type: "json_schema", name: "x", schema: [] } } }, "text.format.schema", "must be an object"],
	[{ text: { format: { type: "json_object", schema: {} } } }, "text.format.schema", "is not supported"],
	[{ stream_options: { include_usage: true } }, "stream_options.include_usage", "is not supported"],
	[{ prompt_cache_options: { prewarm: true } }, "prompt_cache_options.prewarm", "is not supported"],
	[{ metadata: { a: 1 } }, "metadata", "must be an object of texts"],
	[{ metadata: ["a"] }, "metadata", "must be an object of texts"],
	[{ instructions: ["a"] }, "instructions", "must be text"],
	[{ parallel_tool_calls: "no" }, "parallel_tool_calls", "must be true or false"],
	[{ max_tool_calls: 1.5 }, "max_tool_calls", "must be a whole number"],
	[{ user: 5 }, "user", "must be text"],
];

describe("a request that is refused", () => {
	it.each(REFUSED)("names the field: %j", (fields, param, message) => {
		const problems = problemsOf(fields);
		expect(Object.keys(problems)).toEqual([param]);
		expect(problems[param]).toContain(message);
	});

	it.each([
		[{ max_output_tokens: 0 }, "max_output_tokens", "'max_output_tokens' must be a whole number of at least 1"],
		[{ temperature: 3 }, "temperature", "'temperature' must be a number from 0 to 2"],
		[{ top_p: "x" }, "top_p", "'top_p' must be a number from 0 to 1"],
		[{ top_logprobs: 21 }, "top_logprobs", "'top_logprobs' must be a whole number from 0 to 20"],
		[{ stream: "yes" }, "stream", "'stream' must be true or false"],
		[{ model: undefined }, "model", "'model' is required"],
		[{ model: "" }, "model", "'model' must be the name of one of your cascades"],
	])("has the bounds of chat requests, in the client's words: %j", (fields, param, message) => {
		const problems = problemsOf(fields);
		expect(Object.keys(problems)).toEqual([param]);
		expect(problems[param]).toContain(message);
	});

	it("has as many items as a chat request has messages", () => {
		const itemsOf = (length: number) => Array.from({ length }, () => ({ role: "user", content: "x" }));
		expect(problemsOf({ input: itemsOf(4096) })).toEqual({});
		expect(problemsOf({ input: itemsOf(4097) })).toEqual({ input: "'input' must hold at most 4096 messages." });
	});

	it("is told of every problem at once", () => {
		const problems = problemsOf({
			model: 5,
			input: [{ type: "item_reference", id: "msg_1" }],
			store: true,
			temperature: 9,
			tools: [{ type: "web_search" }],
			text: { verbosity: "huge" },
		});
		expect(Object.keys(problems).toSorted()).toEqual(
			["model", "input[0].type", "store", "temperature", "tools[0].type", "text.verbosity"].toSorted(),
		);
	});

	it.each([null, [], "text", 5])("is no object: %j", (body) => {
		expect(parseResponsesRequest(body)).toEqual({
			ok: false,
			error: [{ param: null, message: "The body must be a JSON object." }],
		});
	});

	it("is nested too deeply, wherever that is, even in a tool that may not be called", () => {
		let deep: unknown = {};
		for (let level = 0; level < 10_000; level++) deep = { a: deep };
		const allowed = { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "b" }] };
		for (const fields of [
			{ tools: [tool("a", { parameters: deep }), tool("b")], tool_choice: allowed },
			{ text: { format: { type: "json_schema", name: "x", schema: deep } } },
		])
			expect(problemsOf(fields)).toEqual({ null: "The body is nested more than 100 levels deep." });
	});
});

describe("what a Response repeats of its request", () => {
	it("is OpenAI's default where the client said nothing", () => {
		expect(responsesRequest().echo).toEqual({
			background: false,
			instructions: null,
			max_output_tokens: null,
			max_tool_calls: null,
			metadata: {},
			parallel_tool_calls: true,
			previous_response_id: null,
			prompt_cache_key: null,
			reasoning: { effort: null, summary: null },
			safety_identifier: null,
			store: false,
			temperature: null,
			text: { format: { type: "text" } },
			tool_choice: "auto",
			tools: [],
			top_logprobs: 0,
			top_p: null,
			truncation: "disabled",
		});
	});

	it("is what the client said, in its own words", () => {
		const fields = {
			instructions: "Be brief.",
			max_output_tokens: 5,
			max_tool_calls: 2,
			metadata: { team: "a" },
			parallel_tool_calls: false,
			prompt_cache_key: "k",
			reasoning: { effort: "low", summary: "auto" },
			safety_identifier: "s",
			temperature: 0,
			text: { format: { type: "json_object" }, verbosity: "low" },
			tool_choice: { type: "function", name: "a" },
			tools: [{ ...tool("a"), description: "Does it" }],
			top_logprobs: 2,
			top_p: 1,
			user: "u",
		};
		expect(responsesRequest(fields).echo).toEqual({
			...fields,
			background: false,
			previous_response_id: null,
			store: false,
			truncation: "disabled",
		});
	});

	it("has what OpenAI's schema wants of a tool", () => {
		expect(responsesRequest({ tools: [{ type: "function", name: "a" }] }).echo["tools"]).toEqual([
			{ type: "function", name: "a", description: null, parameters: null, strict: null },
		]);
	});

	it("leaves the request as it came", () => {
		const body = { ...LEAST, tools: [tool("a")], text: { format: { type: "json_object" } } };
		const before = structuredClone(body);
		parseResponsesRequest(body);
		expect(body).toEqual(before);
	});
});
