import { MOST_LINE_BYTES, type Line } from "./split-lines.ts";

/** A text that should be one JSON value, and the line on which it begins; null where it is too long. */
export type JsonText = Line;

/**
 * The JSON texts of a file: a line each, or an object over several lines as `wrangler tail --format json` prints it, which
 * begins with a line `{` and ends with a line `}`. Blank lines are none.
 */
export async function* jsonTexts(lines: AsyncIterable<readonly Line[]>): AsyncGenerator<readonly JsonText[]> {
	let open: { line: number; parts: string[]; length: number } | undefined;
	for await (const batch of lines) {
		const texts: JsonText[] = [];
		for (const { line, text } of batch) {
			if (open !== undefined) {
				open.parts.push(text ?? "");
				open.length += text?.length ?? MOST_LINE_BYTES;
				const isTooLong = open.length >= MOST_LINE_BYTES;
				if (text !== "}" && !isTooLong) continue;
				texts.push({ line: open.line, text: isTooLong ? null : open.parts.join("\n") });
				open = undefined;
			} else if (text === "{") open = { line, parts: [text], length: 1 };
			else if (text === null || text.trim() !== "") texts.push({ line, text });
		}
		if (texts.length > 0) yield texts;
	}
	if (open !== undefined) yield [{ line: open.line, text: open.parts.join("\n") }];
}
