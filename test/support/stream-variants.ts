/** Generators of chat streams: what upstreams say, in every spelling that they say it in. */
import * as fc from "fast-check";
import type { JsonObject } from "../../src/core/json.ts";
import { place } from "./stream-reads.ts";

/** An upstream's stream. */
export interface StreamVariant {
	/** Everything that it sends. */
	readonly text: string;
	/** How many choices were asked for, and are in it. */
	readonly choices: number;
}

/** Texts that have confused somebody: beyond ASCII, halves of pairs, and what looks like a stream itself. */
const content = fc
	.array(
		fc.oneof(
			fc.string({ unit: "binary", maxLength: 6 }),
			fc.string({ unit: "grapheme", maxLength: 6 }),
			fc.constantFrom("😀", "👩‍👩‍👧", "e\u0301", "\0", "\u2028\u2029", "\u007F\u0085", "\uFEFF", "\uFFFD"),
			fc.constantFrom("\uD83D", "\uDE00", "\uDE00\uD83D"),
			fc.constantFrom('"usage":{', '{"usage": {"prompt_tokens": 1}}', '"error":"x"', '"finish_reason":"stop"'),
			fc.constantFrom(
				"data: [DONE]\n\n",
				"\ndata: {}\n\n",
				"\r\n\r\n",
				": ping",
				"[DONE]",
				'"tool_calls":[',
				"\\",
				'\\"',
			),
		),
		{ maxLength: 3 },
	)
	.map((words) => words.join(""));

const finishReason = fc.constantFrom("stop", "length", "tool_calls", "content_filter");

const usage = fc.record({ prompt_tokens: fc.nat(1000), completion_tokens: fc.nat(1000) });

/** One tool call as the deltas that bring it. */
const toolCall: fc.Arbitrary<JsonObject[]> = fc
	.record({
		named: fc.constantFrom({ id: "call_x", type: "function" }, { id: "call_y" }, {}),
		name: fc.constantFrom("f", "label_mail"),
		first: fc.constantFrom("", null, undefined),
		json: fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.stringify({ value })),
		cuts: fc.array(fc.nat(40), { maxLength: 3 }),
		asObject: fc.boolean(),
	})
	.map(({ named, name, first, json, cuts, asObject }) => {
		if (asObject) return [{ ...named, function: { name, arguments: JSON.parse(json) as unknown } }];
		const places = [0, ...cuts.filter((cut) => cut < json.length).sort((left, right) => left - right), json.length];
		const pieces = places.slice(1).map((end, position) => json.slice(places[position], end));
		return [
			{ ...named, function: { name, arguments: first } },
			...pieces.map((piece) => ({ function: { arguments: piece } })),
		];
	});

/** The deltas of one choice and its finish reason: `choices` elements without their index. */
const choiceParts = fc
	.record({
		texts: fc.array(fc.oneof(content, content, fc.nat(9)), { maxLength: 4 }),
		calls: fc.oneof(fc.constant<JsonObject[][]>([]), fc.array(toolCall, { maxLength: 2 })),
		inTurn: fc.boolean(),
		role: fc.constantFrom("alone", "first", "each", "null", "other", "absent"),
		finish: fc.constantFrom("alone", "with-last", "twice", "each"),
		finishReason,
		noReason: fc.constantFrom({ finish_reason: null }, {}, { finish_reason: "" }),
	})
	.map(({ texts, calls, inTurn, role, finish, finishReason, noReason }) => {
		const calling = calls.map((deltas, index) => deltas.map((delta) => ({ tool_calls: [{ index, ...delta }] })));
		const deltas: JsonObject[] = [
			...(role === "alone" ? [{ role: "assistant", content: "" }] : []),
			...texts.map((text) => ({ content: text })),
			...(inTurn ? inTurns(calling) : calling.flat()),
		];
		const parts: JsonObject[] = deltas.map((delta, position) => {
			const named = role === "each" || (role === "first" && position === 0);
			const misnamed = role === "null" ? { role: null } : role === "other" ? { role: "model" } : {};
			const naming = named ? { role: "assistant" } : position === 0 ? misnamed : {};
			return { delta: { ...naming, ...delta }, ...noReason };
		});
		const last = parts.at(-1);
		if (finish === "each") for (const part of parts) part["finish_reason"] = finishReason;
		if (finish === "with-last" && last !== undefined) last["finish_reason"] = finishReason;
		else parts.push({ delta: {}, finish_reason: finishReason });
		if (finish === "twice") parts.push({ delta: {}, finish_reason: finishReason });
		return parts;
	});

const HEAD = { id: "chatcmpl-7", object: "chat.completion.chunk", created: 1_790_000_000, model: "large" };

/** A whole answer as its chunks, each to become one event. */
const answer = fc
	.record({
		choices: fc.array(choiceParts, { minLength: 1, maxLength: 2 }),
		together: fc.boolean(),
		usage,
		usagePlace: fc.constantFrom("never", "own-chunk", "own-chunk-after-null", "with-last", "each"),
		filterResults: fc.boolean(),
	})
	.map(({ choices, together, usage, usagePlace, filterResults }) => {
		const numbered = choices.map((parts, index) => parts.map((part) => ({ index, ...part })));
		const turns = inTurns(numbered);
		const chunks: JsonObject[] = together
			? turnsTogether(numbered).map((parts) => ({ ...HEAD, choices: parts }))
			: turns.map((part) => ({ ...HEAD, choices: [part] }));
		chunks.forEach((chunk, position) => {
			if (usagePlace === "each") chunk["usage"] = { ...usage, completion_tokens: position };
			if (usagePlace === "own-chunk-after-null") chunk["usage"] = null;
			if (usagePlace === "with-last" && position === chunks.length - 1) chunk["usage"] = usage;
		});
		if (usagePlace.startsWith("own-chunk")) chunks.push({ ...HEAD, choices: [], usage });
		if (filterResults) chunks.unshift({ ...HEAD, id: "", choices: [], prompt_filter_results: [{ prompt_index: 0 }] });
		return { chunks, choices: choices.length };
	});

/** One of each, then the next of each. */
function inTurns<T>(lists: readonly (readonly T[])[]): T[] {
	return turnsTogether(lists).flat();
}

function turnsTogether<T>(lists: readonly (readonly T[])[]): T[][] {
	const most = Math.max(0, ...lists.map((list) => list.length));
	return Array.from({ length: most }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1)));
}

/** JSON in the spellings of several serialisers. */
const SPELLINGS: Readonly<Record<string, (value: unknown) => string>> = {
	compact: (value) => JSON.stringify(value),
	spaced: (value) => JSON.stringify(value, null, 1).replaceAll(/\n */gu, " "),
	ascii: (value) =>
		JSON.stringify(value).replaceAll(
			/[\u0080-\uFFFF]/g,
			(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
		),
	/** Over several lines, each of which becomes a `data:` line of its own. */
	pretty: (value) => JSON.stringify(value, null, "\t"),
};

/** Lines that say nothing, inside an event or between two; an empty one ends what came before it. */
const QUIET_LINES = [
	[": ping"],
	[":"],
	[":data: {}"],
	["event: message"],
	["event"],
	["id: 7"],
	["id: 7\0"],
	["retry: 5"],
	["retry: soon"],
	["strange: 1"],
	["dat: {}"],
	["Data: {}"],
	[" data: {}"],
	["database: {}"],
	[`: ${"long ".repeat(200)}`],
] as const;

/** How a stream is spelled. */
const manner = fc.record({
	spellings: fc.array(fc.constantFrom(...Object.keys(SPELLINGS)), { minLength: 1, maxLength: 3 }),
	lineEnds: fc.oneof(
		fc.constantFrom(["\n"], ["\r\n"], ["\r"]),
		fc.array(fc.constantFrom("\n", "\r\n", "\r"), { minLength: 2, maxLength: 7 }),
	),
	colon: fc.constantFrom("data: ", "data:"),
	bom: fc.constantFrom("", "\uFEFF"),
	before: fc.array(fc.oneof(fc.constant([]), fc.constantFrom(...QUIET_LINES, [": ping", ""], ["", ""])), {
		minLength: 1,
		maxLength: 5,
	}),
	within: fc.array(fc.oneof(fc.constant([]), fc.constantFrom(...QUIET_LINES)), { minLength: 1, maxLength: 5 }),
});

type Manner = typeof manner extends fc.Arbitrary<infer T> ? T : never;

const ending = fc.constantFrom("whole", "no-blank-line", "no-line-end");

/** Writes events so: values as JSON, texts as they are. */
function spelled(events: readonly unknown[], manner: Manner, end = "whole"): string {
	const { spellings, lineEnds, colon, bom, before, within } = manner;
	const at = <T>(list: readonly T[], position: number) => list[position % list.length] as T;
	const lines = events.flatMap((event, position) => {
		const spell = SPELLINGS[at(spellings, position)] as (value: unknown) => string;
		const [first = "", ...rest] = (typeof event === "string" ? event : spell(event)).split("\n");
		const quiet: readonly string[] = at(within, position);
		return [
			...at(before, position),
			`${colon}${first}`,
			...quiet,
			...rest.map((line) => `${colon}${line}`),
			...(position % 2 === 0 ? quiet : []),
			"",
		];
	});
	if (end !== "whole") lines.pop();
	let text = bom;
	let lastEnd = "";
	for (const [position, line] of lines.entries()) {
		const wanted = at(lineEnds, position);
		// An empty line's LF after a CR would be the second half of that line's end.
		const lineEnd = line === "" && lastEnd === "\r" && wanted === "\n" ? "\r" : wanted;
		lastEnd = end === "no-line-end" && position === lines.length - 1 ? "" : lineEnd;
		text += line + lastEnd;
	}
	return text;
}

const GARBAGE = [
	{ ...HEAD, choices: [{ index: 0, delta: { content: "after the end" } }] },
	{ error: "late" },
	"<html>",
];

/** What the end marker looks like, and what may follow it. */
const MARKERS: readonly (readonly unknown[])[] = [
	[],
	["[DONE]"],
	["[DONE]", "[DONE]"],
	[" [DONE] "],
	["", "[DONE]"],
	["[DONE]", ...GARBAGE],
];
const marker = fc.constantFrom(...MARKERS);

/** A whole chat stream: an answer whose every choice has a finish reason, with an end marker or without. */
export const chatStream: fc.Arbitrary<StreamVariant> = fc
	.record({ answer, manner, marker, ending })
	.map(({ answer, manner, marker, ending }) => ({
		text: spelled([...answer.chunks, ...marker], manner, ending),
		choices: answer.choices,
	}));

/** A chat stream without its finish reasons: what is left of each choice. */
export const unfinishedChatStream: fc.Arbitrary<StreamVariant> = fc
	.record({ answer, manner, marker })
	.map(({ answer: { chunks, choices }, manner, marker }) => {
		const unfinished = chunks.map((chunk) => ({
			...chunk,
			choices: (chunk["choices"] as JsonObject[]).map((choice) => ({ ...choice, finish_reason: null })),
		}));
		return { text: spelled([...unfinished, ...marker], manner), choices };
	});

/** A chat stream with a strange event somewhere in it, and the whole events before that one. */
export function interrupted<T>(event: fc.Arbitrary<T>) {
	return fc.record({ answer, manner, event, place }).map(({ answer: { chunks, choices }, manner, event, place }) => {
		const position = Math.round(place * chunks.length);
		const before = chunks.slice(0, position);
		const text = spelled([...before, event, ...chunks.slice(position), "[DONE]"], manner);
		return { text, event, before: spelled(before, manner), isFirst: position === 0, choices };
	});
}

/** A stream in Workers AI's own form; `maxOutputTokens` is what it was asked to generate at most. */
export const nativeStream = fc
	.record({
		texts: fc.array(fc.oneof(content, content, fc.nat(9)), { minLength: 1, maxLength: 5 }),
		calls: fc.array(fc.record({ name: fc.constantFrom("f", "g"), arguments: fc.dictionary(content, fc.integer()) }), {
			maxLength: 2,
		}),
		apart: fc.boolean(),
		padding: fc.constantFrom({}, { p: "abcdefgh" }),
		usage,
		usagePlace: fc.constantFrom("never", "last", "each"),
		manner,
		ending,
		marker: fc.constantFrom(["[DONE]"], ["[DONE]", "[DONE]"], [" [DONE] "], ["[DONE]", { response: "late" }, "<html>"]),
		maxOutputTokens: fc.constantFrom(200, 1001),
	})
	.map(({ texts, calls, apart, padding, usage, usagePlace, manner, ending, marker, maxOutputTokens }) => {
		const events: JsonObject[] = texts.map((response) => ({ response, ...padding }));
		if (apart) events.push(...calls.map((call) => ({ tool_calls: [call] })));
		else if (calls.length > 0) events.push({ response: null, tool_calls: calls });
		if (usagePlace !== "never") events.push({ response: "", usage });
		if (usagePlace === "each") for (const event of events) event["usage"] = usage;
		return { text: spelled([...events, ...marker], manner, ending), maxOutputTokens };
	});
