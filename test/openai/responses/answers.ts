/** Chat answers of every kind, and readers of what our encoders make of them. */
import * as fc from "fast-check";
import type { CascadeFacts } from "../../../src/core/cascade-facts.ts";
import type { Completion } from "../../../src/core/completion.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { normaliseCompletion } from "../../../src/openai/normalise-completion.ts";
import type { ResponsesRequest } from "../../../src/openai/responses/parse-responses-request.ts";
import { createResponsesEncoder } from "../../../src/openai/responses/responses-encoder.ts";
import { exampleBody } from "../../core/examples.ts";
import { responsesRequest, tool } from "./requests.ts";

export const identity = { id: "resp_req_7", created: 1_800_000_000 };
export const facts: CascadeFacts = {
	stage: "edge",
	model: "@cf/small",
	reason: "accepted",
	confidence: 0.9,
	threshold: 0.8,
	trail: [],
	calls: [],
	costUsd: 0.001,
	savedUsd: 0.01,
};

/** One event of a Responses stream. */
export interface ResponseEvent extends JsonObject {
	readonly type: string;
	readonly sequence_number: number;
	readonly response?: JsonObject;
}

/** A body that an upstream sent, as a completion. */
export function answerOf(body: JsonObject): Completion {
	const answer = normaliseCompletion(structuredClone(body));
	if (!answer.ok) throw new Error(answer.error);
	return answer.value;
}

/** The whole answer that a client gets for this upstream body. */
export function wholeResponse(body: JsonObject, request: ResponsesRequest = responsesRequest()): JsonObject {
	return JSON.parse(createResponsesEncoder(request).whole(answerOf(body), identity, facts)) as JsonObject;
}

/** The events by which the same is streamed. */
export function wholeEvents(
	body: JsonObject,
	request: ResponsesRequest = responsesRequest({ stream: true }),
): ResponseEvent[] {
	return readResponseEvents(createResponsesEncoder(request).wholeAsStream(answerOf(body), identity, facts));
}

/** Reads a Responses stream; throws unless each event is one `event:` line that names it and one `data:` line. */
export function readResponseEvents(text: string): ResponseEvent[] {
	const blocks = text.split("\n\n");
	if (blocks.pop() !== "") throw new Error("the stream does not end with an empty line");
	return blocks.map((block) => {
		const [name = "", data = "", ...rest] = block.split("\n");
		const event = JSON.parse(data.slice("data: ".length)) as ResponseEvent;
		if (rest.length > 0 || !data.startsWith("data: ") || name !== `event: ${event.type}`) {
			throw new Error(`not an event of ours: ${block}`);
		}
		return event;
	});
}

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const logprob = fc.double({ min: -20, max: 0, noNaN: true }).map((each) => each + 0);
const alternative = fc.record({
	token: words,
	logprob,
	bytes: fc.option(fc.array(fc.nat(255), { maxLength: 3 })),
});
const token = fc.record({ token: words, logprob, top_logprobs: fc.array(alternative, { maxLength: 4 }) });

const toolCalls = fc
	.array(fc.record({ name: words, arguments: fc.oneof(fc.json(), words) }), { maxLength: 3 })
	.map((calls) => calls.map((called, index) => ({ id: `call_${index}`, type: "function", function: called })));

/** Bodies with any mixture of reasoning, text, refusal and tool calls, with any ending. */
export const anyBody: fc.Arbitrary<JsonObject> = fc
	.record({
		content: fc.option(fc.oneof(words, fc.constant(""))),
		refusal: fc.option(words, { freq: 4 }),
		reasoning_content: fc.option(words, { freq: 2 }),
		tool_calls: toolCalls,
		finish_reason: fc.constantFrom("stop", "length", "content_filter", "tool_calls", "function_call"),
		logprobs: fc.option(fc.record({ content: fc.array(token, { maxLength: 3 }) })),
		usage: fc.option(
			fc.record({
				prompt_tokens: fc.nat(1000),
				completion_tokens: fc.nat(1000),
				prompt_tokens_details: fc.option(fc.record({ cached_tokens: fc.nat(1000) })),
			}),
		),
	})
	.map(({ finish_reason, logprobs, usage, ...message }) =>
		exampleBody(message, { finish_reason, logprobs }, { usage }),
	);

/** Requests that the answers repeat in different ways. */
export const anyRequest: fc.Arbitrary<ResponsesRequest> = fc
	.record(
		{
			include: fc.constant(["message.output_text.logprobs"]),
			top_logprobs: fc.nat(3),
			instructions: words,
			temperature: fc.double({ min: 0, max: 2, noNaN: true }),
			top_p: fc.double({ min: 0, max: 1, noNaN: true }),
			max_output_tokens: fc.integer({ min: 16, max: 1000 }),
			metadata: fc.constant({ team: "a" }),
			user: words,
			tools: fc.constant([tool("a"), tool("b", { description: "Does it" })]),
			parallel_tool_calls: fc.boolean(),
			reasoning: fc.constant({ effort: "low", summary: "auto" }),
			text: fc.constantFrom(
				{ verbosity: "low" },
				{ format: { type: "json_object" } },
				{ format: { type: "json_schema", name: "label", schema: { type: "object" }, strict: true } },
			),
		},
		{ requiredKeys: [] },
	)
	.map((fields) => responsesRequest({ stream: true, ...fields }));
