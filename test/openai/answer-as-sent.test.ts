import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { answerAsSent, isInClientForm } from "../../src/openai/answer-as-sent.ts";
import { encodeCompletion } from "../../src/openai/encode-completion.ts";
import { normaliseCompletion } from "../../src/openai/normalise-completion.ts";
import { exampleBody, exampleRequest } from "../core/examples.ts";
import { facts } from "./upstream-streams.ts";

const identity = { id: "chatcmpl-ours", created: 1_800_000_000 };
const whole = (fields: JsonObject = {}, message: JsonObject = {}, choice: JsonObject = {}) =>
	exampleBody(
		{ refusal: null, ...message },
		{ logprobs: null, ...choice },
		{ object: "chat.completion", model: "large", ...fields },
	);
const call = { id: "call_1", type: "function", function: { name: "find", arguments: "{}" } };

describe("an answer in the form that clients are sent", () => {
	it("is one with all fields that clients rely on", () => {
		expect(isInClientForm(whole())).toBe(true);
		expect(isInClientForm(whole({ usage: null, service_tier: "default", own: 1 }))).toBe(true);
		expect(isInClientForm(whole({}, { content: null, tool_calls: [call] }))).toBe(true);
		expect(isInClientForm(whole({}, {}, { logprobs: { content: [] } }))).toBe(true);
	});

	it.each([
		["no object", null],
		["a list", []],
		["another object", whole({ object: "text_completion" })],
		["a cascade object of its own", whole({ cascade: {} })],
		["no id", whole({ id: "" })],
		["a time with a fraction", whole({ created: 1_790_000_000.5 })],
		["no model", whole({ model: null })],
		["no choices", whole({ choices: [] })],
		["a choice that is none", whole({ choices: [1] })],
		["a choice without a number", whole({}, {}, { index: undefined })],
		["a choice without a word on log-probabilities", whole({}, {}, { logprobs: undefined })],
		["another role", whole({}, { role: "tool" })],
		["a message without a refusal", whole({}, { refusal: undefined })],
		["content that is a number", whole({}, { content: 4 })],
		["an empty list of tool calls", whole({}, { tool_calls: [] })],
		["a tool call without an id", whole({}, { tool_calls: [{ ...call, id: "" }] })],
		[
			"tool arguments that are an object",
			whole({}, { tool_calls: [{ ...call, function: { name: "f", arguments: {} } }] }),
		],
		["a tool call with more than is sent on", whole({}, { tool_calls: [{ ...call, index: 0 }] })],
	])("is not one with %s", (_, body) => {
		expect(isInClientForm(body)).toBe(false);
	});
});

describe("an answer sent on as it came", () => {
	it("keeps every byte but the model's name, and ends with the facts", () => {
		const sent = `{ "id":"chatcmpl-1",\n "model" : "large", "object":"chat.completion","n":1.50 }\n`;
		expect(answerAsSent(sent, JSON.parse(sent) as JsonObject, 'mail "x"', facts)).toBe(
			`{ "id":"chatcmpl-1",\n "model" : "mail \\"x\\"", "object":"chat.completion","n":1.50 ,"cascade":${JSON.stringify(facts)}}`,
		);
	});

	it("is not mistaken by a text that speaks of models", () => {
		const body = whole({}, { content: 'Write {"model":"large"}, "model": "large" or \\"model\\":"large".' });
		const text = answerAsSent(JSON.stringify(body), body, "mail", facts);
		expect(JSON.parse(text ?? "")).toEqual({ ...body, model: "mail", cascade: facts });
	});

	it.each([
		["twice, one within the other", `{"meta":{"model":"large"},"model":"large"}`],
		["twice at the top", `{"model":"large","model":"large"}`],
		["as a text of its own too", `{"model":"large","kind":"model"}`],
		["in other letters", String.raw`{"model":"l\u0061rge"}`],
		["under a name in other letters", String.raw`{"mod\u0065l":"large"}`],
	])("is not made where the model's name stands %s", (_, sent) => {
		expect(answerAsSent(sent, JSON.parse(sent) as JsonObject, "mail", facts)).toBeNull();
	});

	it("says what encoding it anew would say, whatever is in it", () => {
		const bodies = fc
			.record({
				content: fc.option(fc.string({ unit: "grapheme" })),
				own: fc.jsonValue(),
				model: fc.string({ minLength: 1 }),
				tools: fc.boolean(),
				spaces: fc.constantFrom(undefined, 1, "\t"),
			})
			.map(({ content, own, model, tools, spaces }) => ({
				model,
				spaces,
				body: whole({ own, model }, { content, ...(tools ? { tool_calls: [call] } : {}) }),
			}));
		let asSent = 0;
		fc.assert(
			fc.property(bodies, fc.string({ minLength: 1 }), ({ body, spaces }, alias) => {
				const sent = JSON.stringify(body, null, spaces);
				expect(isInClientForm(body)).toBe(true);
				const answer = normaliseCompletion(JSON.parse(sent));
				if (!answer.ok) throw new Error(answer.error);
				const request = exampleRequest({ model: alias });
				const quick = encodeCompletion(request, { ...answer.value, sent }, identity, facts);
				expect(JSON.parse(quick)).toEqual(JSON.parse(encodeCompletion(request, answer.value, identity, facts)));
				if (answerAsSent(sent, body, alias, facts) !== null) asSent += 1;
			}),
			{ seed: 20_261_125, numRuns: 500 },
		);
		expect(asSent).toBeGreaterThan(450);
	});
});
