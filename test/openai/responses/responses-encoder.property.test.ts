import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import type { ResponsesRequest } from "../../../src/openai/responses/parse-responses-request.ts";
import { createResponsesEncoder } from "../../../src/openai/responses/responses-encoder.ts";
import { createStreamRelay } from "../../../src/openai/relay-stream.ts";
import { HAS_OPENAI_SCHEMAS, schemaProblems } from "../../support/openai-schemas.ts";
import {
	answerOf,
	anyBody,
	anyRequest,
	facts,
	identity,
	readResponseEvents,
	wholeEvents,
	wholeResponse,
	type ResponseEvent,
} from "./answers.ts";

/** The same answer as an upstream streams it: in small pieces, through our relay. */
function relayedEvents(body: JsonObject, request: ResponsesRequest, size: number): ResponseEvent[] {
	const [choice] = answerOf(body).body["choices"] as [JsonObject];
	const message = choice["message"] as Readonly<Record<string, string | null>> & JsonObject;
	const head = { id: "chatcmpl-9", created: 1, model: "large" };
	const chunk = (delta: JsonObject, more: JsonObject = {}) =>
		`data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
	let text = chunk({ role: "assistant", content: "" });
	for (const field of ["reasoning_content", "content", "refusal"] as const) {
		for (const [index, piece] of piecesOf(message[field] ?? "", size).entries()) {
			const withTokens = field === "content" && index === 0 ? { logprobs: choice["logprobs"] } : {};
			text += chunk({ [field]: piece }, withTokens);
		}
	}
	for (const [index, call] of ((message["tool_calls"] ?? []) as JsonObject[]).entries()) {
		const { name, arguments: whole } = call["function"] as { readonly name: string; readonly arguments: string };
		text += chunk({ tool_calls: [{ index, id: call["id"], function: { name, arguments: "" } }] });
		for (const piece of piecesOf(whole, size))
			text += chunk({ tool_calls: [{ index, function: { arguments: piece } }] });
	}
	text += chunk({}, { finish_reason: choice["finish_reason"] });
	if (body["usage"] !== null) text += `data: ${JSON.stringify({ ...head, choices: [], usage: body["usage"] })}\n\n`;
	const relay = createStreamRelay(request.chat, { id: "chatcmpl-0", created: 1_790_000_000 });
	const stream = createResponsesEncoder(request).stream(identity);
	const output = stream.feed(relay.feed(text)) + stream.feed(relay.feedLast("")) + stream.feed(relay.end(facts));
	return readResponseEvents(output);
}

function piecesOf(text: string, size: number): string[] {
	return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
		text.slice(index * size, (index + 1) * size),
	);
}

/** What a client makes of the events before the last: texts and arguments by the place where they belong. */
function assembled(events: readonly ResponseEvent[]): ReadonlyMap<string, string> {
	const texts = new Map<string, string>();
	for (const { type, output_index: item, content_index: part = 0, delta } of events) {
		if (!type.endsWith(".delta")) continue;
		const place = `${String(item)}/${String(part)}`;
		texts.set(place, (texts.get(place) ?? "") + String(delta));
	}
	return texts;
}

/** The same, read from a final Response; what is empty has no deltas. */
function textsOf(response: JsonObject): ReadonlyMap<string, string> {
	const texts = new Map<string, string>();
	for (const [index, item] of (response["output"] as JsonObject[]).entries()) {
		if (typeof item["arguments"] === "string") texts.set(`${index}/0`, item["arguments"]);
		for (const [place, part] of ((item["content"] ?? []) as JsonObject[]).entries()) {
			texts.set(`${index}/${place}`, String(part["text"] ?? part["refusal"]));
		}
	}
	return new Map([...texts].filter(([, text]) => text !== ""));
}

describe("one answer, whole and streamed", () => {
	it("is the same Response in the end, and its deltas are its texts", () => {
		fc.assert(
			fc.property(anyBody, anyRequest, (body, request) => {
				const whole = wholeResponse(body, request);
				const events = wholeEvents(body, request);
				expect(events.at(-1)?.response).toEqual(whole);
				expect(assembled(events)).toEqual(textsOf(whole));
			}),
			{ seed: 31, numRuns: 300 },
		);
	});

	it("is so when an upstream streams it in pieces", () => {
		fc.assert(
			fc.property(anyBody, anyRequest, fc.integer({ min: 1, max: 5 }), (body, request, size) => {
				const whole = wholeResponse(body, request);
				const events = relayedEvents(body, request, size);
				expect(events.at(-1)?.response).toEqual(whole);
				expect(assembled(events)).toEqual(textsOf(whole));
			}),
			{ seed: 32, numRuns: 300 },
		);
	});

	it("ends each item as it stands in the Response, in order, and numbers its events", () => {
		fc.assert(
			fc.property(anyBody, anyRequest, (body, request) => {
				const events = relayedEvents(body, request, 3);
				expect(events.map(({ sequence_number: number }) => number)).toEqual([...events.keys()]);
				const ended = events.filter(({ type }) => type === "response.output_item.done");
				expect(ended.map(({ item }) => item)).toEqual(events.at(-1)?.response?.["output"]);
				const begun = events.filter(({ type }) => type === "response.output_item.added");
				expect(begun.map(({ output_index: index }) => index)).toEqual([...begun.keys()]);
			}),
			{ seed: 33, numRuns: 200 },
		);
	});
});

describe.skipIf(!HAS_OPENAI_SCHEMAS)("by OpenAI's own schemas", () => {
	it("a Response is valid, whatever was asked and answered", () => {
		fc.assert(
			fc.property(anyBody, anyRequest, (body, request) => {
				expect(schemaProblems("responses.response", wholeResponse(body, request))).toEqual([]);
			}),
			{ seed: 34, numRuns: 100 },
		);
	});

	it("every event of a stream is valid", () => {
		fc.assert(
			fc.property(anyBody, anyRequest, (body, request) => {
				for (const event of relayedEvents(body, request, 4)) {
					expect(schemaProblems("responses.stream_event", event)).toEqual([]);
				}
			}),
			{ seed: 35, numRuns: 60 },
		);
	});

	it("a failure is valid", () => {
		fc.assert(
			fc.property(anyRequest, fc.constantFrom("rate_limit_error", "server_error"), (request, type) => {
				const failed = createResponsesEncoder(request)
					.stream(identity)
					.fail({ message: "It failed.", type, param: null, code: "upstream_error" });
				for (const event of readResponseEvents(failed)) {
					expect(schemaProblems("responses.stream_event", event)).toEqual([]);
				}
			}),
			{ seed: 36, numRuns: 20 },
		);
	});
});
