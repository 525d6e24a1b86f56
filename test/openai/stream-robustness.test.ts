import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brokenRules, readChatBytes, relayedOutcome } from "../support/stream-outcomes.ts";
import { piecesAt, piecesOfSize, places } from "../support/stream-reads.ts";
import { chatStream } from "../support/stream-variants.ts";
import { facts } from "./upstream-streams.ts";

const encoder = new TextEncoder();

describe("a chat stream, however its upstream spells it", () => {
	it("comes to the same whatever the reads it comes in", () => {
		fc.assert(
			fc.property(chatStream, places, places, fc.boolean(), ({ text, choices }, some, others, includeUsage) => {
				const bytes = encoder.encode(text);
				const request = { choices, includeUsage };
				const whole = relayedOutcome([bytes], request, facts);
				for (const reads of [piecesAt(bytes, some), piecesAt(bytes, others), piecesOfSize(bytes, 1)])
					expect(relayedOutcome(reads, request, facts)).toEqual(whole);
			}),
			{ seed: 21, numRuns: 400 },
		);
	});

	it("says to the client what it said to us, choice by choice and in its order", () => {
		fc.assert(
			fc.property(
				chatStream,
				places,
				fc.boolean(),
				fc.boolean(),
				({ text, choices }, cuts, includeUsage, carriesLogprobs) => {
					const bytes = encoder.encode(text);
					const outcome = relayedOutcome(piecesAt(bytes, cuts), { choices, includeUsage }, facts, carriesLogprobs);
					expect(outcome.failure).toBeNull();
					const said = readChatBytes(bytes);
					const heard = readChatBytes(encoder.encode(outcome.output));
					expect(heard.choices).toEqual(said.choices);
					expect(heard.others).toBe(said.others);
					expect(heard.usage).toEqual(includeUsage ? said.usage : null);
					const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = said.usage ?? {};
					expect(outcome.usage).toEqual(said.usage === null ? null : { inputTokens, outputTokens });
				},
			),
			{ seed: 22, numRuns: 1_000 },
		);
	});

	it("reaches the client as OpenAI's own would", () => {
		fc.assert(
			fc.property(
				chatStream,
				places,
				fc.boolean(),
				fc.boolean(),
				({ text, choices }, cuts, includeUsage, carriesLogprobs) => {
					const pieces = piecesAt(encoder.encode(text), cuts);
					const { output } = relayedOutcome(pieces, { choices, includeUsage }, facts, carriesLogprobs);
					expect(brokenRules(output, includeUsage)).toEqual([]);
				},
			),
			{ seed: 23, numRuns: 1_000 },
		);
	});
});
