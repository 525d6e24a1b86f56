import { readFileSync } from "node:fs";
import { isJsonObject, parseJson, type JsonObject } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";

/** Whether a value is what a field may hold. */
export type Check = (value: unknown) => boolean;

export const isText: Check = (value) => typeof value === "string";
export const isTextOrNull: Check = (value) => value === null || isText(value);
export const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
export const isWhole: Check = (value) => Number.isSafeInteger(value);
export const isWholeOrNull: Check = (value) => value === null || isWhole(value);
export const isIn =
	(...choices: readonly unknown[]): Check =>
	(value) =>
		choices.includes(value);
export const isListOf =
	(check: Check): Check =>
	(value) =>
		Array.isArray(value) && value.every(check);
/** An object with at least these fields. */
export const hasFields =
	(fields: Readonly<Record<string, Check>>): Check =>
	(value) =>
		isJsonObject(value) && wrongField(value, fields) === undefined;
/** A field that may be absent. */
export const optional =
	(check: Check): Check =>
	(value) =>
		value === undefined || check(value);

/** A JSON object from a file; the error is a line for the user. */
export function readJsonFile(file: string): Result<JsonObject, string> {
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch {
		return err(`${file}: cannot be read`);
	}
	const value = parseJson(text);
	return isJsonObject(value) ? ok(value) : err(`${file}: is not a JSON object`);
}

/** The first field that is not what it must be. */
export function wrongField(object: JsonObject, checks: Readonly<Record<string, Check>>): string | undefined {
	return Object.entries(checks).find(([name, check]) => !check(object[name]))?.[0];
}
