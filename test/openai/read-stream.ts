/** A second, plain reader of chat streams, written from the specifications and not from our encoder. */
import type { JsonObject } from "../../src/core/json.ts";

/** What a client makes of a stream. Keys are the indices of choices. */
export interface ReadStream {
	readonly chunks: readonly JsonObject[];
	readonly texts: ReadonlyMap<number, string>;
	readonly finishReasons: ReadonlyMap<number, readonly string[]>;
	/** How many deltas named a role. */
	readonly roles: ReadonlyMap<number, number>;
	/** Every delta of a tool call, of whichever choice. */
	readonly toolDeltas: readonly JsonObject[];
	/** How many `[DONE]` there were. */
	readonly endMarkers: number;
}

interface Choice {
	readonly index: number;
	readonly delta?: JsonObject;
	readonly finish_reason?: unknown;
}

/** Reads `data:` lines up to the blank line that ends each event, as the HTML standard says; throws on bad JSON. */
export function readStream(text: string): ReadStream {
	const events = text
		.split("\n\n")
		.slice(0, -1)
		.map((event) =>
			event
				.split("\n")
				.filter((line) => line.startsWith("data:"))
				.map((line) => line.slice(line[5] === " " ? 6 : 5))
				.join("\n"),
		)
		.filter((data) => data !== "");
	const chunks = events.filter((data) => data !== "[DONE]").map((data) => JSON.parse(data) as JsonObject);
	const texts = new Map<number, string>();
	const finishReasons = new Map<number, string[]>();
	const roles = new Map<number, number>();
	const toolDeltas: JsonObject[] = [];
	for (const { index, delta = {}, finish_reason } of chunks.flatMap((chunk) => (chunk["choices"] ?? []) as Choice[])) {
		if (typeof delta["content"] === "string") texts.set(index, (texts.get(index) ?? "") + delta["content"]);
		if (delta["role"] !== undefined) roles.set(index, (roles.get(index) ?? 0) + 1);
		if (typeof finish_reason === "string")
			finishReasons.set(index, [...(finishReasons.get(index) ?? []), finish_reason]);
		toolDeltas.push(...((delta["tool_calls"] ?? []) as JsonObject[]));
	}
	return { chunks, texts, finishReasons, roles, toolDeltas, endMarkers: events.length - chunks.length };
}
