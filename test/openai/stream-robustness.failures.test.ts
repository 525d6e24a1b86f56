import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonObject, parseJson } from "../../src/core/json.ts";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import { referenceEvents } from "../support/event-stream-reference.ts";
import { readChat, readChatBytes, relayedOutcome, type ReadChat } from "../support/stream-outcomes.ts";
import { piecesAt, piecesOfSize, place, places } from "../support/stream-reads.ts";
import { chatStream, interrupted, unfinishedChatStream } from "../support/stream-variants.ts";
import { chunk, DONE, facts, relayFor, shown } from "./upstream-streams.ts";

const encoder = new TextEncoder();
const NO_FINISH: StageFailure = { kind: "invalid-answer", detail: "the stream ended without a finish reason" };
const NO_OBJECT: StageFailure = { kind: "invalid-answer", detail: "an event of the stream is not a JSON object" };

/** Errors as upstreams send them, and what each means. */
const ERRORS: readonly { readonly event: unknown; readonly failure: StageFailure }[] = [
	{ event: { error: { message: "boom", param: null, code: null } }, failure: upstreamError(500) },
	{ event: { error: { message: "boom", code: 503 }, choices: [] }, failure: upstreamError(503) },
	{ event: { error: { message: "boom", code: "context_length" } }, failure: upstreamError(500) },
	{ event: { error: "boom", error_type: "overloaded" }, failure: { kind: "overloaded", retryAfterSeconds: null } },
	{ event: { detail: "boom" }, failure: upstreamError(500) },
	{ event: { detail: [{ loc: ["body", "top_k"], msg: "boom" }] }, failure: upstreamError(500) },
	{ event: "<html>", failure: NO_OBJECT },
	{ event: "[DONE] {}", failure: NO_OBJECT },
	{ event: { object: "error", message: "boom", code: 502 }, failure: upstreamError(502) },
	{ event: { object: "error", message: "boom", code: "413" }, failure: badRequest(null) },
	{ event: { error: { message: "boom", param: "top_k", code: 400 } }, failure: badRequest("top_k") },
];

function upstreamError(status: number): StageFailure {
	return { kind: "upstream-error", status, message: "boom" };
}

function badRequest(param: string | null): StageFailure {
	return { kind: "bad-request", message: "The upstream says: boom", param, code: null };
}

describe("an error event, of whatever shape and wherever in a stream", () => {
	it("is told from an answer, and nothing but the events before it is passed on", () => {
		fc.assert(
			fc.property(interrupted(fc.constantFrom(...ERRORS.map(({ event }) => event))), places, (stream, cuts) => {
				const { text, before, choices, event } = stream;
				const bytes = encoder.encode(text);
				const outcome = relayedOutcome(piecesAt(bytes, cuts), { choices }, facts);
				expect(outcome.failure).toEqual(ERRORS.find((error) => error.event === event)?.failure);
				expect(outcome.output).toBe(relayFor({ choices }).feed(before));
				expect(outcome.done).toBe(false);
				expect(relayedOutcome(piecesOfSize(bytes, 1), { choices }, facts)).toEqual(outcome);
			}),
			{ seed: 31, numRuns: 300 },
		);
	});
});

describe("a stream without finish reasons", () => {
	it("is no whole answer, whether it ends with a marker or not, and its words have been passed on", () => {
		fc.assert(
			fc.property(unfinishedChatStream, places, ({ text, choices }, cuts) => {
				const bytes = encoder.encode(text);
				const { output, failure } = relayedOutcome(piecesAt(bytes, cuts), { choices }, facts);
				expect(failure).toEqual(NO_FINISH);
				expect(readChatBytes(encoder.encode(output)).choices).toEqual(readChatBytes(bytes).choices);
			}),
			{ seed: 32, numRuns: 300 },
		);
	});
});

/** What a stream that was cut off anywhere comes to: half an event is a fault, and a whole one needs no blank line. */
function expectedOfCut(bytes: Uint8Array): { readonly said: ReadChat; readonly failure: StageFailure | null } {
	const { data, unfinished: last } = referenceEvents(bytes);
	const unfinished = last?.trim() === "" ? null : last;
	const isOver = data.some((text) => text.trim() === "[DONE]");
	const isWhole = unfinished?.trim() === "[DONE]" || isJsonObject(parseJson(unfinished ?? ""));
	const said = readChat(unfinished !== null && isWhole ? [...data, unfinished] : data);
	if (!isOver && unfinished !== null && !isWhole) return { said, failure: NO_OBJECT };
	const choices = [...said.choices.values()];
	const isFinished = choices.length > 0 && choices.every(({ finishReason }) => finishReason !== null);
	return { said, failure: isFinished ? null : NO_FINISH };
}

describe("a stream whose connection ends at any byte", () => {
	it("is a whole answer only if nothing is missing, and what the client has is the beginning of it", () => {
		fc.assert(
			fc.property(chatStream, place, places, ({ text, choices }, place, cuts) => {
				const whole = encoder.encode(text);
				const bytes = whole.subarray(0, Math.floor(place * whole.length));
				const outcome = relayedOutcome(piecesAt(bytes, cuts), { choices }, facts);
				const { said, failure } = expectedOfCut(bytes);
				expect(outcome.failure).toEqual(failure);
				const heard = readChatBytes(encoder.encode(outcome.output));
				if (failure === null) expect(heard.choices).toEqual(said.choices);
				for (const [index, choice] of heard.choices) {
					const pieces = said.choices.get(index)?.pieces ?? [];
					expect(choice.pieces).toEqual(pieces.slice(0, choice.pieces.length));
				}
				expect(relayedOutcome(piecesOfSize(bytes, 1), { choices }, facts)).toEqual(outcome);
			}),
			{ seed: 33, numRuns: 400 },
		);
	});

	it("says so at every single byte before the finish reason, and is whole at every one after it", () => {
		const before = encoder.encode(chunk({ role: "assistant", content: "é😀" }) + ": ping\r\n\r\n");
		const text = chunk({ role: "assistant", content: "é😀" }) + ": ping\r\n\r\n" + chunk({}, "stop") + DONE;
		const bytes = encoder.encode(text);
		const finishEnd = before.length + encoder.encode(chunk({}, "stop").trimEnd()).length;
		for (let end = 0; end <= bytes.length; end++) {
			const { failure } = relayedOutcome([bytes.subarray(0, end)], {}, facts);
			expect(failure).toEqual(expectedOfCut(bytes.subarray(0, end)).failure);
			if (end < finishEnd) expect(failure).not.toBeNull();
		}
	});
});

describe("a long line", () => {
	const opening = chunk({ role: "assistant", content: "" });
	const long = (characters: number) => "é😀 ".repeat(characters / 4);

	it("of hundreds of kilobytes is relayed as any other, in small reads", () => {
		const content = long(400_000);
		const bytes = encoder.encode(opening + chunk({ content }) + chunk({ content: "!" }, "stop") + DONE);
		for (const size of [1_021, 16_384]) {
			const { output, failure } = relayedOutcome(piecesOfSize(bytes, size), {}, facts);
			expect(failure).toBeNull();
			expect(readChatBytes(encoder.encode(output)).choices.get(0)?.text).toBe(`${content}!`);
		}
	});

	it.each([
		["in one data line", "data: "],
		["in many", "\ndata: "],
	])("beyond the bound %s is a failure, and what came before it has been passed on", (_how, separator) => {
		const content = `${"x".repeat(1_000)}${separator}`.repeat(4_300);
		const bytes = encoder.encode(`${opening}data: ${content}\n\n${chunk({}, "stop")}${DONE}`);
		for (const size of [4_096, 65_536]) {
			const { output, failure } = relayedOutcome(piecesOfSize(bytes, size), {}, facts);
			expect(failure).toEqual({ kind: "too-large", limitBytes: 4 * 1024 * 1024 });
			expect(output).toBe(shown(opening));
		}
	});

	it("beyond the bound is a failure in whatever reads it comes, and not after the end marker", () => {
		const huge = `data: {"choices": [], "x": "${"x".repeat(4 * 1024 * 1024)}"}\n\n`;
		const failure = { kind: "too-large", limitBytes: 4 * 1024 * 1024 };
		for (const size of [65_536, 3_000_000, 8_000_000]) {
			const outcomeOf = (text: string) => relayedOutcome(piecesOfSize(encoder.encode(text), size), {}, facts);
			expect(outcomeOf(opening + huge + chunk({}, "stop") + DONE).failure).toEqual(failure);
			expect(outcomeOf(opening + chunk({}, "stop") + DONE + huge).failure).toBeNull();
		}
	});

	it("in a comment is not held, so it has no bound", () => {
		const bytes = encoder.encode(`${opening}: ${"x".repeat(5 * 1024 * 1024)}\n\n${chunk({}, "stop")}${DONE}`);
		expect(relayedOutcome(piecesOfSize(bytes, 65_536), {}, facts).failure).toBeNull();
	});
});
