import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

/** A line longer than this is no row of a log; it is passed over without being kept. */
export const MOST_LINE_BYTES = 1_048_576;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A line without its end; null where it was too long. */
export interface Line {
	/** From 1. */
	readonly line: number;
	readonly text: string | null;
}

/** Opens a file for reading from its beginning; one whose name ends in `.gz` is inflated. `onBytes` hears of each piece read. */
export function openFile(
	file: string,
	onBytes: (bytes: number) => void,
): AsyncIterable<Buffer> & NodeJS.ReadableStream {
	const source = createReadStream(file);
	source.on("data", (chunk) => onBytes(chunk.length));
	if (!file.endsWith(".gz")) return source;
	const inflated = createGunzip();
	source.on("error", (error) => inflated.destroy(error));
	inflated.on("close", () => source.destroy());
	return source.pipe(inflated);
}

/** The lines of a stream of UTF-8, those of each piece together; memory is bounded by the longest line kept. */
export async function* splitLines(stream: AsyncIterable<Buffer>): AsyncGenerator<readonly Line[]> {
	let line = 1;
	let rest: Buffer[] = [];
	let restBytes = 0;
	let isTooLong = false;
	const take = (last: Buffer): Line => {
		const isLonger = isTooLong || restBytes + last.length > MOST_LINE_BYTES;
		const text = isLonger ? null : decode(rest.length === 0 ? last : Buffer.concat([...rest, last]), line === 1);
		rest = [];
		restBytes = 0;
		isTooLong = false;
		return { line: line++, text };
	};
	for await (const chunk of stream) {
		const lines: Line[] = [];
		let start = 0;
		for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
			lines.push(take(chunk.subarray(start, end)));
			start = end + 1;
		}
		restBytes += chunk.length - start;
		isTooLong ||= restBytes > MOST_LINE_BYTES;
		if (isTooLong) rest = [];
		else if (start < chunk.length) rest.push(chunk.subarray(start));
		if (lines.length > 0) yield lines;
	}
	if (restBytes > 0) yield [take(Buffer.alloc(0))];
}

function decode(bytes: Buffer, isFirst: boolean): string {
	const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
	const text = bytes.toString("utf8", 0, end);
	return isFirst && text.startsWith("\uFEFF") ? text.slice(1) : text;
}
