import { describe, expect, it } from "vitest";
import {
	chunk,
	choiceChunk,
	DONE,
	event,
	facts,
	failureOf,
	HEAD,
	shown,
	SHOWN_HEAD,
	PLAIN,
	relayed,
	relayFor,
	USAGE,
	USAGE_EVENT,
} from "./upstream-streams.ts";

const opening = chunk({ role: "assistant", content: "" });
const finish = chunk({}, "stop");

describe("a plain stream", () => {
	it("arrives with the same text, one role, one finish reason and one end marker", () => {
		const { texts, roles, finishReasons, endMarkers, output } = relayed(PLAIN);
		expect(texts).toEqual(new Map([[0, "Hello big world"]]));
		expect(roles).toEqual(new Map([[0, 1]]));
		expect(finishReasons).toEqual(new Map([[0, ["stop"]]]));
		expect(endMarkers).toBe(1);
		expect(output.endsWith(DONE)).toBe(true);
	});

	it("is sent on as it comes, its finish held until the facts are known", () => {
		const relay = relayFor();
		expect(relay.feed(opening)).not.toBe("");
		expect(relay.feed(chunk({ content: "Hello" }))).toBe(shown(chunk({ content: "Hello" })));
		expect(relay.feed(finish + USAGE_EVENT + DONE)).toBe("");
		expect(relay.done()).toBe(true);
		expect(relay.end(facts)).toContain('"finish_reason":"stop"');
	});

	it("keeps id, time and fields we do not know, under the name that the client asked for", () => {
		const text = opening + chunk({ content: "a" }, null, { system_fingerprint: "fp" }) + finish + DONE;
		const { chunks } = relayed(text, { includeUsage: true });
		for (const each of chunks) expect(each).toMatchObject(SHOWN_HEAD);
		expect(chunks[1]).toMatchObject({ system_fingerprint: "fp" });
	});

	it("tells the facts on its last chunk only", () => {
		for (const includeUsage of [false, true]) {
			const { chunks } = relayed(PLAIN, { includeUsage });
			expect(chunks.at(-1)).toMatchObject({ cascade: facts });
			for (const each of chunks.slice(0, -1)) expect(each).not.toHaveProperty("cascade");
		}
	});
});

describe("usage", () => {
	it("that the client did not ask for is known to us and not sent", () => {
		const { chunks, relay } = relayed(PLAIN);
		for (const each of chunks) expect(each["usage"] ?? null).toBeNull();
		for (const each of chunks) expect(each["choices"]).not.toEqual([]);
		expect(relay.usage()).toEqual({ inputTokens: 10, outputTokens: 2 });
	});

	it("that it did not ask for is on no chunk, also not as null, wherever the upstream puts that", () => {
		const said = 'say ,"usage":null, please';
		for (const choices of [1, 2]) {
			for (const isFirst of [true, false]) {
				const texts = Array.from({ length: 3 }, () =>
					Array.from({ length: choices }, (_, index) => {
						const own = { choices: [{ index, delta: { content: said }, finish_reason: null }] };
						return event(isFirst ? { ...HEAD, usage: null, ...own } : { ...HEAD, ...own, usage: null });
					}).join(""),
				).join("");
				const ends = Array.from({ length: choices }, (_, index) => choiceChunk(index, {}, "stop")).join("");
				const text = texts + ends + USAGE_EVENT + DONE;
				const { chunks, texts: shownTexts } = relayed(text, { choices });
				for (const each of chunks) expect(each).not.toHaveProperty("usage");
				expect(shownTexts.get(choices - 1)).toBe(said.repeat(3));
				const asked = relayed(text, { choices, includeUsage: true }).chunks;
				for (const each of asked.slice(0, 3)) expect(each).toHaveProperty("usage", null);
			}
		}
	});

	it("that it asked for comes last, without choices", () => {
		const { chunks } = relayed(PLAIN, { includeUsage: true });
		expect(chunks.at(-1)).toMatchObject({ choices: [], usage: USAGE });
		for (const each of chunks.slice(0, -1)) expect(each["usage"] ?? null).toBeNull();
	});

	it("that came with the last content still comes last", () => {
		const text = opening + chunk({ content: "Hi" }, "stop", { usage: USAGE }) + DONE;
		const { chunks, texts } = relayed(text, { includeUsage: true });
		expect(texts.get(0)).toBe("Hi");
		expect(chunks.at(-1)).toMatchObject({ choices: [], usage: USAGE });
		expect(chunks.at(-2)?.["usage"]).toBeNull();
		expect(JSON.stringify(relayed(text).chunks)).not.toContain("usage");
	});

	it("that comes with every chunk counts by its last", () => {
		const counts = [1, 2, 3].map((completion_tokens) => ({ ...USAGE, completion_tokens }));
		const text = opening + counts.map((usage) => chunk({ content: "a" }, null, { usage })).join("") + finish + DONE;
		const { chunks, relay } = relayed(text, { includeUsage: true });
		expect(relay.usage()).toEqual({ inputTokens: 10, outputTokens: 3 });
		expect(chunks.filter((each) => each["usage"] != null)).toEqual([chunks.at(-1)]);
	});

	it("that never came is null, not zero", () => {
		const { chunks, relay } = relayed(opening + finish + DONE, { includeUsage: true });
		expect(relay.usage()).toBeNull();
		expect(chunks.at(-1)).toMatchObject({ choices: [], usage: null, cascade: facts });
	});

	it("in the answer's own words is passed through untouched", () => {
		const content =
			'Send {"usage":{"prompt_tokens":1,"completion_tokens":1},"finish_reason":"stop","error":{"message":"x"}} and "tool_calls":[';
		const text = chunk({ content });
		const { output, texts, relay } = relayed(opening + text + finish + DONE);
		expect(output).toContain(shown(text));
		expect(texts.get(0)).toBe(content);
		expect(relay.usage()).toBeNull();
	});
});

describe("other ways to write a stream", () => {
	it.each([
		["CRLF line ends", PLAIN.replaceAll("\n", "\r\n")],
		["CR line ends", PLAIN.replaceAll("\n", "\r")],
		["a byte order mark", `\uFEFF${PLAIN}`],
		["no space after the colon", PLAIN.replaceAll("data: ", "data:")],
		["comments between events", PLAIN.replaceAll("data: ", ": ping\n\n: pong\ndata: ")],
		["comments that look like data", PLAIN.replaceAll("data: ", ":data: {}\n\ndata: ")],
		["event names and ids", PLAIN.replaceAll("data: ", "event: message\nid: 7\nretry: 5\ndata: ")],
		["no end marker", PLAIN.replace(DONE, "")],
		["no final blank line", PLAIN.slice(0, -2)],
		["neither", PLAIN.replace(DONE, "").slice(0, -2)],
		["a second end marker and more after the first", `${PLAIN}${chunk({ content: "!" })}${DONE}`],
		["an end marker with spaces", PLAIN.replace(DONE, "data:  [DONE] \n\n")],
	])("%s: the same answer", (_name, text) => {
		expect(relayed(text, { includeUsage: true }).output).toBe(relayed(PLAIN, { includeUsage: true }).output);
	});

	it("an event over several data lines is one event", () => {
		const wrapped = chunk({ content: "a" }).replace(',"choices"', ',\ndata: "choices"');
		expect(relayed(opening + wrapped + finish + DONE).texts.get(0)).toBe("a");
	});

	it("a first chunk without choices, as Azure sends, is no first chunk", () => {
		const { texts, roles } = relayed(event({ ...HEAD, choices: [], prompt_filter_results: [] }) + PLAIN);
		expect(texts.get(0)).toBe("Hello big world");
		expect(roles.get(0)).toBe(1);
	});
});

describe("a role", () => {
	it("that is missing, null or another's in the first chunk is added", () => {
		for (const first of [{ content: "Hi" }, { role: null, content: "Hi" }, { role: "model", content: "Hi" }]) {
			const { chunks, texts } = relayed(chunk(first) + finish + DONE);
			expect(chunks[0]?.["choices"]).toMatchObject([{ delta: { role: "assistant" } }]);
			expect(texts.get(0)).toBe("Hi");
		}
	});

	it("is added to a first chunk that has no delta or index", () => {
		const { chunks } = relayed(event({ ...HEAD, choices: [{ finish_reason: null }] }) + finish + DONE);
		expect(chunks[0]?.["choices"]).toEqual([{ index: 0, delta: { role: "assistant" }, finish_reason: null }]);
	});
});

describe("a finish reason", () => {
	it("that comes twice is sent once, and the facts still ride on the last chunk", () => {
		for (const includeUsage of [false, true]) {
			const { chunks, finishReasons } = relayed(opening + finish + finish + DONE, { includeUsage });
			expect(finishReasons.get(0)).toEqual(["stop"]);
			expect(chunks.at(-1)).toMatchObject({ cascade: facts });
		}
	});

	it("that is followed by more, such as usage with an empty choice, still lets the facts ride on the last chunk", () => {
		const { chunks, finishReasons } = relayed(opening + finish + chunk({}, null, { usage: USAGE }) + DONE);
		expect(finishReasons.get(0)).toEqual(["stop"]);
		expect(chunks.at(-1)).toMatchObject({ cascade: facts });
	});

	it("that comes with the last words loses none of them", () => {
		expect(relayed(opening + chunk({ content: "Hi" }, "length") + DONE)).toMatchObject({
			texts: new Map([[0, "Hi"]]),
			finishReasons: new Map([[0, ["length"]]]),
		});
	});

	it("that is absent makes the stream a failure, with an end marker or without", () => {
		const failure = { kind: "invalid-answer", detail: "the stream ended without a finish reason" };
		for (const text of ["", DONE, opening, opening + chunk({ content: "Hi" }) + DONE])
			expect(failureOf(text).failure).toEqual(failure);
	});

	it("that is an empty text is none", () => {
		expect(failureOf(opening + chunk({ content: "Hi" }, "") + DONE).failure).toMatchObject({ kind: "invalid-answer" });
		expect(relayed(opening + chunk({ content: "Hi" }, "") + finish + DONE).finishReasons.get(0)).toEqual(["stop"]);
	});

	it("is not missed before the end", () => {
		const relay = relayFor();
		relay.feed(opening);
		expect(relay.failure(false)).toBeNull();
	});
});

describe("two choices", () => {
	it("each have a role, a text and a finish reason, in whatever order they come", () => {
		const text = [
			choiceChunk(0, { content: "a" }),
			choiceChunk(0, {}, "stop"),
			choiceChunk(1, { content: "b" }),
			choiceChunk(1, { content: "c" }),
			choiceChunk(1, {}, "length"),
			USAGE_EVENT,
			DONE,
		].join("");
		for (const includeUsage of [false, true]) {
			const { texts, roles, finishReasons, chunks } = relayed(text, { choices: 2, includeUsage });
			expect(texts).toEqual(
				new Map([
					[0, "a"],
					[1, "bc"],
				]),
			);
			expect(roles).toEqual(
				new Map([
					[0, 1],
					[1, 1],
				]),
			);
			expect(finishReasons).toEqual(
				new Map([
					[0, ["stop"]],
					[1, ["length"]],
				]),
			);
			expect(chunks.filter((each) => "cascade" in each)).toEqual([chunks.at(-1)]);
		}
	});

	it("are no whole answer where one of them has no finish reason", () => {
		const text = choiceChunk(0, { content: "a" }, "stop") + choiceChunk(1, { content: "b" }) + DONE;
		expect(failureOf(text, { choices: 2 }).failure).toMatchObject({ kind: "invalid-answer" });
	});
});
