import { createParser } from "eventsource-parser";
import type { LiveAnswer } from "../cascade/ports.ts";
import { isJsonObject, parseJson } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import { streamFailure } from "../openai/status-failure.ts";
import { readUpstreamError } from "../openai/upstream-error.ts";

/** A first event longer than this is refused. */
const MOST_HEAD_BYTES = 1024 * 1024;

/**
 * Waits for the first event of a stream, so that an error that an upstream sends with status 200 can still become a
 * proper status, or lead to another answer. The bytes read are kept and relayed.
 */
export async function openLiveAnswer(body: ReadableStream<Uint8Array>): Promise<Result<LiveAnswer, StageFailure>> {
	const reader = body.getReader();
	const head: Uint8Array[] = [];
	const decoder = new TextDecoder();
	let firstEvent: string | undefined;
	let size = 0;
	const parser = createParser({ onEvent: ({ data }) => (firstEvent ??= data) });
	while (firstEvent === undefined) {
		const { done, value } = await reader.read();
		if (done) {
			// The end of the connection is the end of an event, as in the relay.
			parser.feed(`${decoder.decode()}\n\n`);
			if (firstEvent === undefined)
				return err({ kind: "invalid-answer", detail: "the stream ended before its first event" });
			break;
		}
		head.push(value);
		size += value.byteLength;
		if (size > MOST_HEAD_BYTES) {
			await reader.cancel();
			return err({ kind: "too-large", limitBytes: MOST_HEAD_BYTES });
		}
		const text = decoder.decode(value, { stream: true });
		// One read may hold many events, and one is enough.
		const firstEnd = text.indexOf("\n\n") + 2;
		if (firstEnd >= 2) parser.feed(text.slice(0, firstEnd));
		if (firstEvent === undefined) parser.feed(text.slice(firstEnd >= 2 ? firstEnd : 0));
	}
	const first = parseJson(firstEvent);
	const problem = readUpstreamError(first);
	if (problem === null && isJsonObject(first) && Array.isArray(first["choices"])) return ok({ head, rest: reader });
	await reader.cancel();
	if (problem !== null) return err(streamFailure(problem));
	return err({ kind: "invalid-answer", detail: "the first event of the stream has no choices" });
}
