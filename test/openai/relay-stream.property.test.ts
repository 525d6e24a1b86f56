import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	chunk,
	choiceChunk,
	DONE,
	event,
	facts,
	SHOWN_HEAD,
	PLAIN,
	relayed,
	relayFor,
	USAGE_EVENT,
} from "./upstream-streams.ts";

const STREAMS: Readonly<Record<string, string>> = {
	plain: PLAIN,
	"CRLF with comments and a byte order mark": `\uFEFF${PLAIN.replaceAll("data: ", ": ping 😀\n\ndata:").replaceAll("\n", "\r\n")}`,
	"beyond ASCII":
		chunk({ content: "Grüße 😀 日本語 \u2028" }) +
		chunk({ content: "é".repeat(20) }) +
		chunk({}, "stop") +
		USAGE_EVENT +
		DONE,
	"tool calls":
		chunk({ tool_calls: [{ function: { name: "f", arguments: { ü: "😀" } } }] }) + chunk({}, "tool_calls") + DONE,
	"two choices":
		choiceChunk(0, { content: "a" }) +
		choiceChunk(1, { content: "b" }, "stop") +
		choiceChunk(0, {}, "length") +
		USAGE_EVENT,
	"an error midway": chunk({ content: "Hi" }) + event({ object: "error", message: "boom", code: 500 }) + DONE,
	"without an end": PLAIN.slice(0, -20),
};

/** What a client gets, and what we know, of a stream whose bytes come in these pieces. */
function outcomeOf(pieces: readonly Uint8Array[], includeUsage: boolean) {
	const relay = relayFor({ includeUsage, choices: 2 });
	const decoder = new TextDecoder();
	let output = "";
	for (const piece of pieces) output += relay.feed(decoder.decode(piece, { stream: true }));
	output += relay.feed(`${decoder.decode()}\n\n`);
	const failure = relay.failure(true);
	if (failure === null) output += relay.end(facts);
	return { output, failure, usage: relay.usage(), done: relay.done() };
}

/** Cuts bytes at these places, each a fraction of the whole; equal places leave empty pieces. */
function piecesOf(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
	const cuts = [
		0,
		...places.map((place) => Math.floor(place * bytes.length)).toSorted((left, right) => left - right),
		bytes.length,
	];
	return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

describe("a stream that comes in other pieces", () => {
	it.each(Object.entries(STREAMS))("is the same to the client: %s", (_name, text) => {
		const bytes = new TextEncoder().encode(text);
		for (const includeUsage of [false, true]) {
			const whole = outcomeOf([bytes], includeUsage);
			fc.assert(
				fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (places) => {
					expect(outcomeOf(piecesOf(bytes, places), includeUsage)).toEqual(whole);
				}),
				{ seed: 11, numRuns: 100 },
			);
		}
	});

	it.each(Object.entries(STREAMS))("byte by byte too: %s", (_name, text) => {
		const bytes = new TextEncoder().encode(text);
		const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
		expect(outcomeOf(single, true)).toEqual(outcomeOf([bytes], true));
	});
});

describe("any text", () => {
	const words = fc.array(
		fc.oneof(
			fc.string({ unit: "binary" }),
			fc.string({ unit: "grapheme" }),
			fc.constantFrom(
				'"usage":{',
				'\\"usage":{"',
				'"finish_reason":"stop"',
				'"error":',
				"data: [DONE]\n\n",
				"\n",
				"\r\n",
				"\\",
				'"object":"error"',
				"\u2028",
			),
		),
		{ maxLength: 8 },
	);

	it("reaches the client as the upstream sent it, through another parser", () => {
		fc.assert(
			fc.property(words, fc.boolean(), fc.boolean(), (contents, includeUsage, withRole) => {
				const first = withRole ? chunk({ role: "assistant", content: "" }) : "";
				const text =
					first + contents.map((content) => chunk({ content })).join("") + chunk({}, "stop") + USAGE_EVENT + DONE;
				const { texts, finishReasons, roles, endMarkers, chunks, relay } = relayed(text, { includeUsage });
				expect(texts.get(0) ?? "").toBe(contents.join(""));
				expect(finishReasons.get(0)).toEqual(["stop"]);
				expect(roles.get(0)).toBe(1);
				expect(endMarkers).toBe(1);
				expect(chunks.filter((each) => "cascade" in each)).toEqual([chunks.at(-1)]);
				expect(relay.usage()).toEqual({ inputTokens: 10, outputTokens: 2 });
			}),
			{ seed: 12, numRuns: 300 },
		);
	});
});

describe("any events at all", () => {
	const value = fc.oneof(
		fc.jsonValue(),
		fc.record({
			choices: fc.array(
				fc.oneof(
					fc.jsonValue(),
					fc.record({ index: fc.jsonValue(), delta: fc.jsonValue(), finish_reason: fc.jsonValue() }),
				),
			),
		}),
		fc.record({
			choices: fc.tuple(
				fc.record({
					delta: fc.record({ tool_calls: fc.array(fc.oneof(fc.jsonValue(), fc.record({ function: fc.jsonValue() }))) }),
				}),
			),
		}),
		fc.record({ usage: fc.jsonValue(), error: fc.jsonValue(), detail: fc.jsonValue(), object: fc.jsonValue() }),
	);

	it("never throw, and leave nothing but JSON events behind", () => {
		fc.assert(
			fc.property(fc.array(value, { maxLength: 5 }), fc.boolean(), (values, includeUsage) => {
				const relay = relayFor({ includeUsage });
				const output = values.map((each) => relay.feed(event(each))).join("");
				for (const line of output.split("\n\n").filter((each) => each !== ""))
					expect(() => JSON.parse(line.slice("data: ".length)) as unknown).not.toThrow();
				if (relay.failure(true) === null) expect(relay.end(facts)).toContain(JSON.stringify(facts));
			}),
			{ seed: 13, numRuns: 500 },
		);
	});

	it("keep the head of the stream", () => {
		expect(relayed(PLAIN, { includeUsage: true }).chunks.at(-1)).toMatchObject(SHOWN_HEAD);
	});
});
