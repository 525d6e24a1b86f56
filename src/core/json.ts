/** A JSON object as it came off the wire: parsed, not yet trusted. */
export type JsonObject = Record<string, unknown>;

/** True for `{…}`; false for `null`, arrays and everything else `typeof` calls an object. */
export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses JSON text; `undefined` where the text is not JSON (JSON itself has no `undefined`). */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}
