/** What a client makes of a chat stream, ours or an upstream's, by rules that are written here once more. */
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import type { ChatRequest, TokenUsage } from "../../src/core/completion.ts";
import { isJsonObject, parseJson, type JsonObject } from "../../src/core/json.ts";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import { createStreamRelay } from "../../src/openai/relay-stream.ts";
import { exampleRequest, FALLBACK_IDENTITY } from "../core/examples.ts";
import { referenceEvents } from "./event-stream-reference.ts";

/** What came of relaying a stream. */
export interface StreamOutcome {
	/** Everything that the client was sent. */
	readonly output: string;
	readonly failure: StageFailure | null;
	readonly usage: TokenUsage | null;
	readonly done: boolean;
}

/** Relays a stream that came in these reads, as `liveEvents` does: no further than its end marker or its failure. */
export function relayedOutcome(
	reads: readonly Uint8Array[],
	request: Partial<ChatRequest>,
	facts: CascadeFacts,
	carriesLogprobs = false,
): StreamOutcome {
	const relay = createStreamRelay(exampleRequest({ stream: true, ...request }), FALLBACK_IDENTITY, carriesLogprobs);
	const decoder = new TextDecoder();
	const over = () => relay.failure(false) !== null || relay.done();
	let output = "";
	for (const bytes of reads) if (!over()) output += relay.feed(decoder.decode(bytes, { stream: true }));
	if (!over()) output += relay.feedLast(decoder.decode());
	const failure = relay.failure(true);
	if (failure === null) output += relay.end(facts);
	return { output, failure, usage: relay.usage(), done: relay.done() };
}

/** One choice of a stream as a client puts it together. */
interface ReadChoice {
	/** Every text and every piece of tool arguments that is not empty, in the order they came. */
	readonly pieces: string[];
	text: string;
	readonly toolCalls: Map<unknown, { id: unknown; name: unknown; arguments: string }>;
	finishReason: string | null;
}

/** A stream as a client puts it together. */
export interface ReadChat {
	readonly choices: Map<unknown, ReadChoice>;
	/** The last usage that was sent; null where none was. */
	readonly usage: JsonObject | null;
	/** Chunks that have neither choices nor usage: they belong to the upstream's own extensions. */
	readonly others: number;
}

/**
 * Puts a chat stream together from the data of its events. The rules: nothing counts after the end marker; an
 * empty event says nothing; a text that is a number is its digits; of several finish reasons the first counts, and an
 * empty one is none; of several usages the last counts; a tool call without an id is called by its index; arguments that are a value are its JSON, and null is no text yet.
 */
export function readChat(events: readonly string[]): ReadChat {
	const end = events.findIndex((data) => data.trim() === "[DONE]");
	const choices = new Map<unknown, ReadChoice>();
	let usage: JsonObject | null = null;
	let others = 0;
	for (const data of end === -1 ? events : events.slice(0, end)) {
		if (data === "") continue;
		const chunk = JSON.parse(data) as JsonObject;
		const parts = chunk["choices"] as JsonObject[];
		if (isJsonObject(chunk["usage"])) usage = chunk["usage"];
		else if (parts.length === 0 && !("cascade" in chunk)) others++;
		for (const part of parts) {
			const choice = choices.get(part["index"]) ?? { pieces: [], text: "", toolCalls: new Map(), finishReason: null };
			choices.set(part["index"], choice);
			readPart(choice, part);
		}
	}
	return { choices, usage, others };
}

function readPart(choice: ReadChoice, part: JsonObject): void {
	const { content, tool_calls: calls = [] } = part["delta"] as JsonObject;
	if (content != null && content !== "") {
		choice.text += String(content);
		choice.pieces.push(`text: ${String(content)}`);
	}
	for (const { index, id, function: called = {} } of calls as JsonObject[]) {
		const { name, arguments: value = "" } = called as JsonObject;
		const piece = typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
		const call = choice.toolCalls.get(index) ?? { id: id ?? `call_${String(index)}`, name, arguments: "" };
		choice.toolCalls.set(index, call);
		call.arguments += piece;
		if (piece !== "") choice.pieces.push(`arguments of ${String(index)}: ${piece}`);
	}
	if (part["finish_reason"]) choice.finishReason ??= part["finish_reason"] as string;
}

/** What a chat stream's bytes say, read by the reference parser, its last event even where its blank line is missing. */
export function readChatBytes(bytes: Uint8Array): ReadChat {
	const { data, unfinished } = referenceEvents(bytes);
	return readChat(unfinished === null ? data : [...data, unfinished]);
}

/**
 * What is wrong with a whole answer as we sent it, rule by rule; nothing where it is as OpenAI's own would be.
 */
export function brokenRules(output: string, includeUsage: boolean): string[] {
	const broken: string[] = [];
	const rule = (holds: boolean, name: string) => {
		if (!holds && !broken.includes(name)) broken.push(name);
	};
	rule(output.isWellFormed(), "the text can be written in UTF-8");
	rule(!output.includes("\r"), "no line ends in CR");
	rule(/^(?:(?:data: [^\n]*\n)+\n)*$/u.test(output), "there are data lines and blank lines, nothing else");
	const { data, unfinished } = referenceEvents(new TextEncoder().encode(output));
	rule(unfinished === null, "the last event is whole");
	rule(
		data.every((text) => !text.includes("\n")),
		"an event is one line",
	);
	rule(data.at(-1) === "[DONE]", "the end marker is last");
	rule(data.filter((text) => text === "[DONE]").length === 1, "there is one end marker");
	const chunks = data.slice(0, -1).map(parseJson);
	rule(chunks.every(isJsonObject), "an event is a JSON object");
	const read = chunks.filter(isJsonObject);
	rule(
		read.every((chunk) => Array.isArray(chunk["choices"])),
		"a chunk has a list of choices",
	);
	for (const chunk of read.slice(0, -1)) rule(chunk["usage"] == null, "only the last chunk has usage");
	const last = read.at(-1);
	if (includeUsage) rule(JSON.stringify(last?.["choices"]) === "[]", "a usage chunk is last");
	else for (const chunk of read) rule(!isJsonObject(chunk["usage"]), "nobody asked for usage");
	const seen = new Map<unknown, { finished: boolean; ids: Map<unknown, unknown> }>();
	for (const part of read.flatMap((chunk) => chunk["choices"] as JsonObject[])) {
		const { role, content, tool_calls: calls = [] } = part["delta"] as JsonObject;
		const choice = seen.get(part["index"]);
		const ids = choice?.ids ?? new Map<unknown, unknown>();
		rule(choice !== undefined || role === "assistant", "a choice begins with its role");
		if (choice?.finished === true) {
			rule(part["finish_reason"] == null, "a choice has one finish reason");
			rule(!content && (calls as unknown[]).length === 0, "nothing is said after a finish reason");
		}
		rule(content == null || typeof content === "string", "content is text");
		rule(part["finish_reason"] !== "", "a finish reason is not empty");
		for (const { index, id, type, function: called = {} } of calls as JsonObject[]) {
			const { name, arguments: text = "" } = called as JsonObject;
			rule(typeof index === "number" && typeof text === "string", "a tool call has an index and text for arguments");
			if (!ids.has(index)) {
				ids.set(index, id);
				rule(
					typeof id === "string" && type === "function" && typeof name === "string",
					"a tool call begins with its name",
				);
			}
			rule(id === undefined || id === ids.get(index), "a tool call keeps its id");
		}
		const finished = choice?.finished === true || typeof part["finish_reason"] === "string";
		seen.set(part["index"], { finished, ids });
	}
	rule(seen.size > 0 && [...seen.values()].every(({ finished }) => finished), "every choice has a finish reason");
	return broken;
}
