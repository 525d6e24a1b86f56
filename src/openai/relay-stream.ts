import { createParser } from "eventsource-parser";
import type { CascadeFacts } from "../core/cascade-facts.ts";
import type { ChatRequest, TokenUsage } from "../core/completion.ts";
import { isJsonObject, parseJson, type JsonObject } from "../core/json.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import { argumentText, usageOf } from "./normalise-completion.ts";
import type { AnswerIdentity } from "./answer-encoder.ts";
import { shownLogprobs } from "./shown-logprobs.ts";
import { formatEvent, STREAM_END } from "./sse.ts";
import { streamFailure } from "./status-failure.ts";
import { readUpstreamError } from "./upstream-error.ts";

/** Passes one upstream chat stream on to a client, event by event. */
export interface StreamRelay {
	/** Takes upstream text as it came, split anywhere; returns what the client is sent now, possibly nothing. */
	readonly feed: (text: string) => string;
	/**
	 * The upstream's connection has ended: takes its last text. What was left without a final line break may be half an
	 * event, so it is sent on only where it is whole.
	 */
	readonly feedLast: (text: string) => string;
	/**
	 * The upstream has ended: returns the rest, which is the finish chunk, the usage chunk where the client asked
	 * for one, and the end marker. The `cascade` object rides on the last of them. Call only where `failure` is null.
	 */
	readonly end: (facts: CascadeFacts) => string;
	/** Tokens the upstream reported; null until it has. */
	readonly usage: () => TokenUsage | null;
	/** What is wrong with the stream; asked for at its end, an answer without a finish reason is a failure too. */
	readonly failure: (ended: boolean) => StageFailure | null;
	/** The upstream has sent its end marker, so nothing more is worth waiting for. */
	readonly done: () => boolean;
}

/** One event's text may not be longer than this many UTF-16 units; a line that never ends must not fill memory. */
const MOST_EVENT_CHARACTERS = 4 * 1024 * 1024;

/**
 * Events that need a look: usage, a finish reason, tool calls, errors, and numbers that Python writes and JSON does not
 * have. Quotes inside a JSON string are escaped, so an answer that talks about `"usage":{` does not match; everything
 * that does not match is sent on as it came.
 */
const NEEDS_A_LOOK =
	/"usage"\s*:\s*\{|"finish_reason"\s*:\s*"|"tool_calls"\s*:|"error"\s*:|"object"\s*:\s*"error"|"detail"\s*:\s*["[]|"content"\s*:\s*[-\dtf]|":\s*-?(?:NaN|Infinity)/u;

/** An object, as far as its two ends show, with nothing in it that must be looked at. */
function isOrdinary(data: string): boolean {
	return data.startsWith("{") && data.endsWith("}") && !NEEDS_A_LOOK.test(data);
}

const CHOICES = '"choices"';

/** What upstreams that are asked for the usage put into each chunk before it; no string holds a bare quote after a comma. */
const NO_USAGE_YET = /,\s*"usage"\s*:\s*null(?=\s*[,}])/u;

/**
 * Relays a stream of OpenAI chat chunks. Most events pass unparsed. It mends what official clients break on: a
 * first chunk without a role, tool arguments that are objects, a second finish reason, a usage chunk that nobody asked for or
 * that came with the last content. `carriesLogprobs`: a confidence method has asked for log-probabilities, so they are
 * cut down to what the client asked for.
 */
export function createStreamRelay(
	request: ChatRequest,
	fallback: AnswerIdentity,
	carriesLogprobs = false,
): StreamRelay {
	const finished = new Set<unknown>();
	const rolesSent = new Set<unknown>();
	let output = "";
	let identity: AnswerIdentity | undefined;
	/** How the answer's chunks begin: as the upstream writes it, and as the client is sent it. */
	let head: { readonly received: string; readonly shown: string } | null = null;
	let usage: TokenUsage | null = null;
	let usageBody: unknown = null;
	/** Held back until the end, since the `cascade` object is known only after the usage that follows them. */
	const finishChunks: JsonObject[] = [];
	/** By choice, the ids of the calls that came without an index, in the order they came. */
	const callIds = new Map<unknown, string[]>();
	let lastHead: JsonObject = {};
	let failure: StageFailure | null = null;
	let done = false;
	let connectionEnded = false;

	const parser = createParser({
		maxBufferSize: MOST_EVENT_CHARACTERS,
		onEvent: ({ data }) => onData(data),
		onError: (error) => {
			if (error.type === "max-buffer-size-exceeded" && !done)
				failure ??= { kind: "too-large", limitBytes: MOST_EVENT_CHARACTERS };
		},
	});

	function onData(data: string): void {
		if (failure !== null || done) return;
		const trimmed = data.trim();
		// Some upstreams keep a connection alive with events that say nothing, on which official clients break.
		if (trimmed === "") return;
		if (trimmed === "[DONE]") {
			done = true;
			return;
		}
		// The parser bounds what it holds, which an event that came in one read never was.
		if (data.length > MOST_EVENT_CHARACTERS) {
			failure = { kind: "too-large", limitBytes: MOST_EVENT_CHARACTERS };
			return;
		}
		const mayPass = !connectionEnded && !carriesLogprobs && rolesSent.size >= request.choices;
		if (mayPass && head !== null && data.startsWith(head.received) && isOrdinary(data)) {
			const rest = data.slice(head.received.length);
			const shown = head.shown + (request.includeUsage ? rest : rest.replace(NO_USAGE_YET, ""));
			// Only an event split over several `data:` lines holds a line break, and in JSON that is a space.
			output += `data: ${shown.includes("\n") ? shown.replaceAll("\n", " ") : shown}\n\n`;
			return;
		}
		const chunk = parseJson(data);
		const problem = readUpstreamError(chunk);
		if (problem !== null) {
			failure = streamFailure(problem);
			return;
		}
		if (!isJsonObject(chunk)) {
			failure = { kind: "invalid-answer", detail: "an event of the stream is not a JSON object" };
			return;
		}
		head = identify(data, chunk);
		onChunk(chunk);
	}

	/** Gives the chunk the stream's own identity; returns how chunks like it begin, null where that is no safe guess. */
	function identify(data: string, chunk: JsonObject): typeof head {
		const { id, created } = chunk;
		identity ??= {
			id: typeof id === "string" && id !== "" ? id : fallback.id,
			created: typeof created === "number" ? Math.floor(created) : fallback.created,
		};
		const own = { ...identity, object: "chat.completion.chunk", model: request.model };
		const received = data.slice(0, data.indexOf(CHOICES));
		const before = parseJson(`${received}${CHOICES}:0}`);
		const isSafe = isJsonObject(before) && Object.keys(own).every((field) => field in before || !(field in chunk));
		Object.assign(chunk, own);
		if (!isSafe) return null;
		const { choices: _choices, ...fields } = before;
		if (!request.includeUsage) delete fields["usage"];
		return { received: received + CHOICES, shown: `${JSON.stringify({ ...fields, ...own }).slice(0, -1)},${CHOICES}` };
	}

	function onChunk(chunk: JsonObject): void {
		const choices = Array.isArray(chunk["choices"]) ? (chunk["choices"] as unknown[]).filter(isJsonObject) : [];
		lastHead = {
			id: chunk["id"],
			object: "chat.completion.chunk",
			created: chunk["created"],
			model: chunk["model"],
		};
		const chunkUsage = usageOf(chunk["usage"]);
		if (chunkUsage !== null) {
			usage = chunkUsage;
			usageBody = chunk["usage"];
		}
		if (request.includeUsage) chunk["usage"] = null;
		else delete chunk["usage"];
		if (!Array.isArray(chunk["choices"]) && chunkUsage === null) {
			failure = { kind: "invalid-answer", detail: "an event of the stream has no choices" };
			return;
		}
		if (choices.length === 0) {
			// Usage is sent at the end. What else comes without choices, such as content filter results, passes.
			if (chunkUsage === null) output += formatEvent(chunk);
			return;
		}
		for (const choice of choices) mendChoice(choice);
		const finishing = choices.filter((choice) => typeof choice["finish_reason"] === "string");
		if (finishing.length > 0) {
			finishChunks.push({
				...chunk,
				choices: finishing.map((choice) => ({ ...choice, delta: {}, logprobs: null })),
			});
			for (const choice of finishing) choice["finish_reason"] = null;
			// Only the reason waits. Held with it, its words would be overtaken by what follows: some upstreams say "stop" on every chunk.
			if (choices.every((choice) => Object.keys(choice["delta"] as JsonObject).length === 0)) return;
		}
		output += formatEvent(chunk);
	}

	function mendChoice(choice: JsonObject): void {
		if (typeof choice["index"] !== "number") choice["index"] = 0;
		const delta = isJsonObject(choice["delta"]) ? choice["delta"] : {};
		choice["delta"] = delta;
		// Workers AI sends a token that looks like a JSON value as that value.
		if (typeof delta["content"] === "number" || typeof delta["content"] === "boolean")
			delta["content"] = String(delta["content"]);
		if (carriesLogprobs) choice["logprobs"] = shownLogprobs(request, choice["logprobs"]);
		if (!rolesSent.has(choice["index"])) {
			rolesSent.add(choice["index"]);
			delta["role"] = "assistant";
		}
		if (Array.isArray(delta["tool_calls"])) {
			const ids = callIds.get(choice["index"]) ?? [];
			callIds.set(choice["index"], ids);
			for (const [position, call] of (delta["tool_calls"] as unknown[]).entries()) mendToolCall(call, position, ids);
		}
		if (typeof choice["finish_reason"] !== "string" || choice["finish_reason"] === "") choice["finish_reason"] = null;
		else if (finished.has(choice["index"])) choice["finish_reason"] = null;
		else finished.add(choice["index"]);
	}

	return {
		feed(text) {
			// After an overflow the parser throws; the failure is known by then.
			if (failure === null && !done) parser.feed(text);
			const ready = output;
			output = "";
			return ready;
		},
		feedLast(text) {
			connectionEnded = true;
			return this.feed(`${text}\n\n`);
		},
		end(facts) {
			const last = finishChunks.pop();
			if (last !== undefined) finishChunks.push(request.includeUsage ? last : { ...last, cascade: facts });
			const finish = finishChunks.map(formatEvent).join("");
			const usageEvent = request.includeUsage
				? formatEvent({ ...lastHead, choices: [], usage: usageBody, cascade: facts })
				: "";
			return finish + usageEvent + STREAM_END;
		},
		usage: () => usage,
		failure(ended) {
			if (ended && failure === null && (finished.size === 0 || finished.size < rolesSent.size)) {
				return { kind: "invalid-answer", detail: "the stream ended without a finish reason" };
			}
			return failure;
		},
		done: () => done,
	};
}

function mendToolCall(call: unknown, position: number, ids: string[]): void {
	if (!isJsonObject(call)) return;
	if (typeof call["index"] !== "number") call["index"] = callIndex(call["id"], position, ids);
	// SGLang sends every field with every delta, null where it says nothing: to OpenAI's client, a changed call.
	for (const field of ["id", "type"]) if (call[field] === null || call[field] === "") delete call[field];
	const named = call["function"];
	if (!isJsonObject(named)) return;
	if (named["name"] === null || named["name"] === "") delete named["name"];
	// Only the first delta of a call names it, and that one must say what kind of call it is.
	if (typeof named["name"] === "string" && call["type"] === undefined) call["type"] = "function";
	if (typeof named["name"] === "string" && typeof call["id"] !== "string") call["id"] = `call_${String(call["index"])}`;
	// In a delta, nothing yet is the empty text: `{}` would be joined with the text that follows.
	if (named["arguments"] === null) named["arguments"] = "";
	else if (named["arguments"] !== undefined) named["arguments"] = argumentText(named["arguments"]);
}

/** Without an index a call is known by its id, and what has neither belongs to the last call. */
function callIndex(id: unknown, position: number, ids: string[]): number {
	if (typeof id !== "string" || id === "") return ids.length === 0 ? position : ids.length - 1;
	if (!ids.includes(id)) ids.push(id);
	return ids.indexOf(id);
}
