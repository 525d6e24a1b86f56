import { createParser } from "eventsource-parser";
import type { AnswerPrefix, Clock, LiveAnswer, PrefixedAnswer } from "../cascade/ports.ts";
import type { FinishReason, TokenLogprob } from "../core/completion.ts";
import type { PrefixRule } from "../core/confidence/method.ts";
import { isJsonObject, parseJson, type JsonObject } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import { finishReasonOf, tokensOf } from "../openai/normalise-completion.ts";
import { streamFailure } from "../openai/status-failure.ts";
import { readUpstreamError } from "../openai/upstream-error.ts";

/** More than this is not held back, however few tokens it has. */
const MOST_PREFIX_BYTES = 1024 * 1024;

/**
 * Reads on in a stream until it has so many tokens, or so many milliseconds have gone since its first, or it ends. A
 * token is an element of a chunk's log-probabilities, or where there are none a chunk with content. What was read is
 * in the head of the answer that is returned.
 */
export async function readPrefix(
	opened: LiveAnswer,
	rule: PrefixRule,
	clock: Clock,
): Promise<Result<PrefixedAnswer, StageFailure>> {
	const firstEventAt = clock.now();
	const head = [...opened.head];
	const decoder = new TextDecoder();
	const reading = createPrefixReader();
	let size = 0;
	const take = (bytes: Uint8Array) => {
		size += bytes.byteLength;
		reading.feed(decoder.decode(bytes, { stream: true }));
	};
	for (const bytes of head) take(bytes);
	let timeIsUp = false;
	let wake = () => {};
	const timeUp = new Promise<"time-up">((resolve) => {
		wake = () => {
			timeIsUp = true;
			resolve("time-up");
		};
	});
	let cancelTimer: (() => void) | undefined;
	let pending: ReturnType<typeof opened.rest.read> | undefined;
	try {
		while (!timeIsUp && !reading.isOver() && reading.count() < rule.tokens && size <= MOST_PREFIX_BYTES) {
			if (reading.count() > 0) cancelTimer ??= clock.setTimer(rule.ms, wake);
			pending ??= opened.rest.read();
			const read = await Promise.race([pending, timeUp]);
			if (read === "time-up") break;
			pending = undefined;
			if (read.done) {
				// The end of the connection is the end of an event, as in the relay.
				reading.feed(`${decoder.decode()}\n\n`);
				reading.end();
				break;
			}
			head.push(read.value);
			take(read.value);
		}
	} finally {
		cancelTimer?.();
	}
	const problem = reading.problem();
	if (problem !== null) {
		await opened.rest.cancel();
		// An error after words is no refusal: what was generated before it is billed.
		return err(reading.count() > 0 ? { kind: "broken-off" } : problem);
	}
	// A read that the time cut short is still on its way, and its bytes are the next that the relay wants.
	const rest = pending === undefined ? opened.rest : withFirst(opened.rest, pending);
	return ok({ prefix: reading.prefix(), live: { head, rest }, firstEventAt });
}

/** The beginning of what was opened, where it was; a connection that breaks meanwhile is a failure too. */
export async function prefixOf(
	opened: Result<LiveAnswer, StageFailure>,
	rule: PrefixRule,
	signal: AbortSignal,
	clock: Clock,
): Promise<Result<PrefixedAnswer, StageFailure>> {
	if (!opened.ok) return opened;
	try {
		return await readPrefix(opened.value, rule, clock);
	} catch {
		return err({ kind: signal.aborted ? "aborted" : "broken-off" });
	}
}

function createPrefixReader() {
	let text = "";
	let contentChunks = 0;
	let finishReason: FinishReason | null = null;
	let failure: StageFailure | null = null;
	let done = false;
	let hasTokens = false;
	const tokens: TokenLogprob[] = [];
	const parser = createParser({ onEvent: ({ data }) => onData(data) });

	function onData(data: string): void {
		if (data.trim() === "[DONE]") {
			done = true;
			return;
		}
		const chunk = parseJson(data);
		const problem = readUpstreamError(chunk);
		if (problem !== null) failure ??= streamFailure(problem);
		if (!isJsonObject(chunk) || !Array.isArray(chunk["choices"])) return;
		for (const choice of chunk["choices"] as unknown[]) if (isJsonObject(choice)) onChoice(choice);
	}

	function onChoice({ delta, logprobs, finish_reason: reason }: JsonObject): void {
		const content = isJsonObject(delta) ? delta["content"] : undefined;
		// Workers AI sends a token that looks like a JSON value as that value.
		if (content != null && content !== "") {
			text += String(content);
			contentChunks += 1;
		}
		const carried = tokensOf(logprobs) ?? [];
		hasTokens ||= carried.length > 0;
		tokens.push(...carried);
		// A word without its log-probability is one that no reading may pass over.
		if (content != null && content !== "" && carried.length === 0) tokens.push({ token: "", logprob: Number.NaN });
		if (typeof reason === "string") finishReason ??= finishReasonOf(reason);
		// What is no text cannot be judged on its beginning: over, for a reason that no check accepts.
		if (isJsonObject(delta) && saysOtherThanText(delta)) finishReason ??= "unknown";
	}

	return {
		feed: (events: string) => parser.feed(events),
		end() {
			done = true;
		},
		count: () => Math.max(tokens.length, contentChunks),
		isOver: () => done || finishReason !== null || failure !== null,
		problem: () => failure,
		prefix: (): AnswerPrefix => ({
			text,
			tokens: hasTokens ? tokens : null,
			// Over without a reason: nobody can tell whether the answer is whole.
			finishReason: finishReason ?? (done ? "unknown" : null),
		}),
	};
}

/** Tools were not offered where a beginning decides, and a refusal is no answer. */
function saysOtherThanText({ tool_calls: calls, refusal }: JsonObject): boolean {
	return (Array.isArray(calls) && calls.length > 0) || (typeof refusal === "string" && refusal !== "");
}

/** The same reader, whose first read has begun already. */
function withFirst(reader: LiveAnswer["rest"], first: ReturnType<LiveAnswer["rest"]["read"]>): LiveAnswer["rest"] {
	let begun: typeof first | undefined = first;
	return {
		closed: reader.closed,
		cancel: (reason) => reader.cancel(reason),
		releaseLock: () => reader.releaseLock(),
		read() {
			const read = begun ?? reader.read();
			begun = undefined;
			return read;
		},
	};
}
