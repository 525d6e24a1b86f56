import { CsvError, parse } from "csv-parse";
import { MOST_LINE_BYTES } from "./split-lines.ts";

/** A record of a CSV file, and the line on which it ends. */
export interface CsvRecord {
	readonly line: number;
	readonly cells: readonly string[];
}

/**
 * The records of a stream of CSV (RFC 4180), the header among them, split at `delimiter`. Throws an Error with the line
 * where a quote is misplaced or never closed, or a record is too long: what follows cannot be told apart any more, and rows
 * must not be lost without a word.
 */
export async function* csvRecords(stream: NodeJS.ReadableStream, delimiter: string): AsyncGenerator<CsvRecord> {
	const parser = parse({
		delimiter,
		bom: true,
		info: true,
		relax_column_count: true,
		skip_empty_lines: true,
		max_record_size: MOST_LINE_BYTES,
	});
	stream.on("error", (error: Error) => parser.destroy(error));
	const records = stream.pipe(parser) as AsyncIterable<{ record: string[]; info: { lines: number } }>;
	try {
		for await (const { record, info } of records) yield { line: info.lines, cells: record };
	} catch (error) {
		throw error instanceof CsvError ? new Error(describeError(error), { cause: error }) : error;
	}
}

/** The delimiter of a header line: a comma, unless there is none and a semicolon or a tab. */
export function delimiterOf(header: string): string {
	if (header.includes(",")) return ",";
	return header.includes(";") ? ";" : header.includes("\t") ? "\t" : ",";
}

function describeError(error: CsvError): string {
	const line = "lines" in error ? String(error.lines) : "?";
	switch (error.code) {
		case "CSV_MAX_RECORD_SIZE":
		case "CSV_QUOTE_NOT_CLOSED":
			return `line ${line}: a quoted field is not closed, or a record is over 1 MiB`;
		case "CSV_INVALID_CLOSING_QUOTE":
		case "INVALID_OPENING_QUOTE":
			return `line ${line}: a quote stands where none may; within a quoted field it is written twice`;
		default:
			return `line ${line}: ${error.message}`;
	}
}
