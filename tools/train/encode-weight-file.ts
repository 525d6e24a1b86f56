/** Writes the container that `src/local/models/weight-file.ts` reads. */
import {
	type SectionEntry,
	type SectionType,
	WEIGHT_FILE_MAGIC,
	WEIGHT_FILE_PREFIX_BYTES,
} from "../../src/local/models/weight-file.ts";

/** The typed arrays a section may be made of. */
export type SectionData = Int8Array | Uint8Array | Uint16Array | Uint32Array;

/**
 * Encodes a weight file. The same input gives the same bytes.
 *
 * @param header plain JSON; characters beyond ASCII are escaped.
 */
export function encodeWeightFile(
	header: Readonly<Record<string, unknown>>,
	sections: Readonly<Record<string, SectionData>>,
): Uint8Array {
	const entries: Record<string, SectionEntry> = {};
	let offset = 0;
	for (const [name, data] of Object.entries(sections)) {
		entries[name] = { type: typeOf(data), offset, length: data.length };
		offset += data.byteLength;
	}
	const text = escapeBeyondAscii(JSON.stringify({ ...header, sections: entries }));
	const bytes = new Uint8Array(WEIGHT_FILE_PREFIX_BYTES + text.length + offset);
	bytes.set(Buffer.from(WEIGHT_FILE_MAGIC, "latin1"), 0);
	new DataView(bytes.buffer).setUint32(4, text.length, true);
	bytes.set(Buffer.from(text, "latin1"), WEIGHT_FILE_PREFIX_BYTES);
	let position = WEIGHT_FILE_PREFIX_BYTES + text.length;
	for (const data of Object.values(sections)) {
		bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
		position += data.byteLength;
	}
	return bytes;
}

function typeOf(data: SectionData): SectionType {
	if (data instanceof Int8Array) return "int8";
	if (data instanceof Uint8Array) return "uint8";
	return data instanceof Uint16Array ? "uint16" : "uint32";
}

function escapeBeyondAscii(json: string): string {
	return json.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
