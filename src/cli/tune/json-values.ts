import { parseJson } from "../../core/json.ts";

/** A text that is no JSON value, with the reason. */
export class Unreadable {
	readonly reason: string;

	constructor(reason: string) {
		this.reason = reason;
	}
}

/** The JSON value of a text; null: one too long to be read. */
export function parseText(text: string | null): unknown {
	if (text === null) return new Unreadable("the line is over 1 MiB");
	const value = parseJson(text);
	return value === undefined ? new Unreadable("the line is not JSON") : value;
}
