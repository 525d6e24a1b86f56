import { describe, expect, it } from "vitest";
import { createResponsesEncoder } from "../../../src/openai/responses/responses-encoder.ts";
import { exampleBody } from "../../core/examples.ts";
import { answerOf, facts, identity, wholeEvents, wholeResponse } from "./answers.ts";
import { responsesRequest, tool } from "./requests.ts";

const call = (id: string) => ({ id, type: "function", function: { name: "f", arguments: '{"a":1}' } });
const callItem = (number: number, status = "completed") => ({
	id: `fc_req_7_${number}`,
	type: "function_call",
	status,
	arguments: '{"a":1}',
	call_id: `call_${number}`,
	name: "f",
});
const message = (content: readonly unknown[], status = "completed") => ({
	id: "msg_req_7",
	type: "message",
	status,
	role: "assistant",
	content,
});
const text = (words: string, logprobs: readonly unknown[] = []) => ({
	type: "output_text",
	text: words,
	annotations: [],
	logprobs,
});
const outputOf = (...body: Parameters<typeof exampleBody>) => wholeResponse(exampleBody(...body))["output"];

describe("a whole answer as a Response", () => {
	it("is completed, repeats the request and tells the facts", () => {
		const request = responsesRequest({ instructions: "Be brief.", tools: [tool("f")], temperature: 0 });
		expect(wholeResponse(exampleBody(), request)).toEqual({
			id: "resp_req_7",
			object: "response",
			created_at: 1_800_000_000,
			status: "completed",
			error: null,
			incomplete_details: null,
			model: "mail",
			output: [message([text("4")])],
			...request.echo,
			usage: {
				input_tokens: 10,
				input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
				output_tokens: 2,
				output_tokens_details: { reasoning_tokens: 0 },
				total_tokens: 12,
			},
			cascade: facts,
		});
	});

	it("has ids of its own kind, whatever the request's id begins with", () => {
		for (const id of ["resp_req_7", "chatcmpl-req_7", "req_7"]) {
			const whole = createResponsesEncoder(responsesRequest()).whole(
				answerOf(exampleBody()),
				{ ...identity, id },
				facts,
			);
			expect(JSON.parse(whole)).toMatchObject({ id: "resp_req_7", output: [{ id: "msg_req_7" }] });
		}
	});

	it.each([
		["stop", "completed", null],
		["tool_calls", "completed", null],
		["function_call", "completed", null],
		["length", "incomplete", { reason: "max_output_tokens" }],
		["content_filter", "incomplete", { reason: "content_filter" }],
	])("says how it ended: %s", (finish_reason, status, incomplete_details) => {
		const response = wholeResponse(exampleBody({}, { finish_reason }));
		expect(response).toMatchObject({ status, incomplete_details, error: null });
		expect(response["output"]).toMatchObject([{ status }]);
	});

	it("asks for tools after what it says, and only its last item is cut off", () => {
		const calls = { tool_calls: [call("call_0"), call("call_1")] };
		expect(outputOf(calls, { finish_reason: "tool_calls" })).toEqual([message([text("4")]), callItem(0), callItem(1)]);
		expect(outputOf({ content: null, ...calls }, { finish_reason: "length" })).toEqual([
			callItem(0),
			callItem(1, "incomplete"),
		]);
	});

	it("refuses in a part of its own", () => {
		expect(outputOf({ content: null, refusal: "No." })).toEqual([message([{ type: "refusal", refusal: "No." }])]);
		expect(outputOf({ content: "Well.", refusal: "No." })).toEqual([
			message([text("Well."), { type: "refusal", refusal: "No." }]),
		]);
	});

	it.each(["reasoning_content", "reasoning"])("tells the model's reasoning first: %s", (field) => {
		expect(outputOf({ [field]: "Two and two." })).toEqual([
			{
				id: "rs_req_7_0",
				type: "reasoning",
				summary: [],
				content: [{ type: "reasoning_text", text: "Two and two." }],
				status: "completed",
			},
			message([text("4")]),
		]);
	});

	it("tells reasoning once where a server gives it two names", () => {
		expect(outputOf({ reasoning_content: "Hm", reasoning: "Hm" })).toHaveLength(2);
		expect(outputOf({ reasoning_content: "", reasoning: "Hm" })).toHaveLength(2);
		expect(outputOf({ reasoning_content: "", reasoning: { effort: "low" } })).toHaveLength(1);
	});

	it("may be reasoning that was cut off", () => {
		expect(outputOf({ content: null, reasoning_content: "Two and" }, { finish_reason: "length" })).toMatchObject([
			{ type: "reasoning", status: "incomplete" },
		]);
	});

	it("says nothing in a message, where it says nothing", () => {
		for (const content of ["", null]) expect(outputOf({ content })).toEqual([message([text("")])]);
	});
});

describe("usage of a Response", () => {
	it("has the details that the upstream gave", () => {
		const usage = {
			prompt_tokens: 10,
			completion_tokens: 5,
			prompt_tokens_details: { cached_tokens: 8 },
			completion_tokens_details: { reasoning_tokens: 3 },
		};
		expect(wholeResponse(exampleBody({}, {}, { usage }))["usage"]).toEqual({
			input_tokens: 10,
			input_tokens_details: { cached_tokens: 8, cache_write_tokens: 0 },
			output_tokens: 5,
			output_tokens_details: { reasoning_tokens: 3 },
			total_tokens: 15,
		});
	});

	it.each([undefined, null, {}, { prompt_tokens: 1 }])("is absent where there is none: %j", (usage) => {
		expect(wholeResponse(exampleBody({}, {}, { usage }))).not.toHaveProperty("usage");
	});
});

describe("log-probabilities of a Response", () => {
	const alternatives = [-0.1, -3, -4].map((logprob, index) => ({ token: `t${index}`, logprob, bytes: [index] }));
	const logprobs = { content: [{ token: "4", logprob: -0.1, bytes: null, top_logprobs: alternatives }] };
	const logprobsFor = (fields: object) =>
		wholeResponse(exampleBody({}, { logprobs }), responsesRequest({ ...fields }))["output"];

	it("are those of the confidence method, and so not the client's, unless it asked", () => {
		expect(logprobsFor({})).toEqual([message([text("4")])]);
	});

	it("are as many as were asked for", () => {
		const include = ["message.output_text.logprobs"];
		for (const top_logprobs of [0, 2])
			expect(logprobsFor({ include, top_logprobs })).toEqual([
				message([
					text("4", [{ token: "4", logprob: -0.1, bytes: [], top_logprobs: alternatives.slice(0, top_logprobs) }]),
				]),
			]);
	});

	it("are left out where they are of a wrong shape", () => {
		const request = responsesRequest({ top_logprobs: 2 });
		for (const content of [null, [null], [5], [{ token: 4, logprob: -1 }], [{ token: "4", logprob: "x" }]])
			expect(wholeResponse(exampleBody({}, { logprobs: { content } }), request)["output"]).toEqual([
				message([text("4")]),
			]);
		expect(
			wholeResponse(
				exampleBody({}, { logprobs: { content: [{ token: "4", logprob: -1, top_logprobs: "x" }] } }),
				request,
			)["output"],
		).toEqual([message([text("4", [{ token: "4", logprob: -1, bytes: [], top_logprobs: [] }])])]);
	});
});

describe("a whole answer as a stream", () => {
	it("tells usage and facts, whether or not the request was for a stream", () => {
		for (const request of [responsesRequest(), responsesRequest({ stream: true })])
			expect(wholeEvents(exampleBody(), request).at(-1)).toMatchObject({
				type: "response.completed",
				response: wholeResponse(exampleBody()),
			});
	});
});
