/** The event stream of the HTML standard, read the plain way: all bytes first, then every rule in the order it is written. */

/** What a whole event stream says. */
export interface ReferenceEvents {
	/** The data of each event that was dispatched, in order. */
	readonly data: readonly string[];
	/**
	 * The data of an event that the stream's end cut off before its blank line, its last line counted as one; null
	 * where there is none. The standard discards it.
	 */
	readonly unfinished: string | null;
}

/** Parses a whole event stream as https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream says. */
export function referenceEvents(bytes: Uint8Array): ReferenceEvents {
	// "UTF-8 decode" takes one byte order mark away and writes U+FFFD for what is not UTF-8.
	const lines = new TextDecoder().decode(bytes).split(/\r\n|\n|\r/u);
	const lastPiece = lines.pop() ?? "";
	const data: string[] = [];
	let buffer: string[] = [];
	for (const line of lines) {
		if (line !== "") buffer.push(...dataOf(line));
		else {
			if (buffer.length > 0) data.push(buffer.join("\n"));
			buffer = [];
		}
	}
	buffer.push(...dataOf(lastPiece));
	return { data, unfinished: buffer.length > 0 ? buffer.join("\n") : null };
}

/** The value of a `data` field; nothing for comments and other fields. */
function dataOf(line: string): readonly string[] {
	const colon = line.indexOf(":");
	const field = colon === -1 ? line : line.slice(0, colon);
	if (field !== "data") return [];
	const value = colon === -1 ? "" : line.slice(colon + 1);
	return [value.startsWith(" ") ? value.slice(1) : value];
}
