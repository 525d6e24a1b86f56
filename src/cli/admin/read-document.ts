import { readFileSync } from "node:fs";
import { isJsonObject, parseJson, type JsonObject } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";

/** A JSON object from a file, or from standard input for `-`; the error is a line for the user. */
export function readDocument(file: string): Result<JsonObject, string> {
	let text: string;
	try {
		text = readFileSync(file === "-" ? 0 : file, "utf8");
	} catch {
		return err(`${file}: cannot be read\n`);
	}
	return parseDocument(text, file);
}

/** A JSON object from text; `from` says in the error where the text was. */
export function parseDocument(text: string, from: string): Result<JsonObject, string> {
	const document = parseJson(text);
	if (document === undefined) return err(`${from}: is not valid JSON\n`);
	return isJsonObject(document) ? ok(document) : err(`${from}: is not a JSON object\n`);
}

/** A document as files of policies are written. */
export function writtenDocument(document: JsonObject): string {
	return `${JSON.stringify(document, null, "\t")}\n`;
}
