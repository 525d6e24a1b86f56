/**
 * The container of trained weights: four magic bytes `ECW1`, the header's length
 * (unsigned 32-bit, little-endian), a header of ASCII JSON, then the sections at
 * the offsets the header names, counted from the end of the header.
 *
 * Numbers in sections are little-endian, as every platform we run on stores them.
 */

/** Element type of a section. */
export type SectionType = "int8" | "uint8" | "uint16" | "uint32";

/** Where a section lies: offset from the end of the header and length, offset in bytes, length in elements. */
export interface SectionEntry {
	readonly type: SectionType;
	readonly offset: number;
	readonly length: number;
}

/** A parsed weight file. */
export interface WeightFile {
	/** What the trainer wrote about the model, besides the sections. */
	readonly header: Readonly<Record<string, unknown>>;
	readonly sections: ReadonlyMap<string, ArrayLike<number>>;
}

/** The first four bytes of every weight file. */
export const WEIGHT_FILE_MAGIC = "ECW1";

/** Bytes before the header: magic and header length. */
export const WEIGHT_FILE_PREFIX_BYTES = 8;

const ELEMENT_BYTES: Readonly<Record<SectionType, number>> = { int8: 1, uint8: 1, uint16: 2, uint32: 4 };

/**
 * Reads a weight file.
 *
 * @throws Error when the bytes are not a weight file or are cut short. The files
 * are part of the program, so this is a broken build, not bad input.
 */
export function parseWeightFile(bytes: ArrayBuffer): WeightFile {
	const magic = asciiText(new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength)));
	if (magic !== WEIGHT_FILE_MAGIC) throw new Error("not a weight file: the first four bytes are wrong");
	const headerLength = new DataView(bytes).getUint32(4, true);
	const bodyStart = WEIGHT_FILE_PREFIX_BYTES + headerLength;
	const header = parseHeader(asciiText(new Uint8Array(bytes, WEIGHT_FILE_PREFIX_BYTES, headerLength)));
	const sections = new Map<string, ArrayLike<number>>();
	for (const [name, entry] of Object.entries(header.sections)) {
		sections.set(name, readSection(bytes, bodyStart + entry.offset, entry));
	}
	return { header, sections };
}

/**
 * A section by name.
 *
 * @throws Error when the file has no such section.
 */
export function requireSection(file: WeightFile, name: string): ArrayLike<number> {
	const section = file.sections.get(name);
	if (section === undefined) throw new Error(`weight file has no section "${name}"`);
	return section;
}

/**
 * A number of the header by name.
 *
 * @throws Error when it is missing or not a finite number.
 */
export function requireNumber(file: WeightFile, name: string): number {
	const value = file.header[name];
	if (typeof value !== "number" || !Number.isFinite(value))
		throw new Error(`weight file header has no number "${name}"`);
	return value;
}

function parseHeader(text: string): Record<string, unknown> & { sections: Record<string, SectionEntry> } {
	// The shape is the trainer's own; a wrong one fails in readSection below.
	return JSON.parse(text) as Record<string, unknown> & { sections: Record<string, SectionEntry> };
}

function readSection(bytes: ArrayBuffer, start: number, entry: SectionEntry): ArrayLike<number> {
	// A copy: typed arrays need aligned offsets, which the header's length does not give.
	const part = bytes.slice(start, start + entry.length * ELEMENT_BYTES[entry.type]);
	if (part.byteLength !== entry.length * ELEMENT_BYTES[entry.type]) throw new Error("weight file is cut short");
	switch (entry.type) {
		case "int8":
			return new Int8Array(part);
		case "uint8":
			return new Uint8Array(part);
		case "uint16":
			return new Uint16Array(part);
		case "uint32":
			return new Uint32Array(part);
	}
}

function asciiText(codes: Uint8Array): string {
	// In pieces, because very long argument lists overflow the stack.
	const pieces: string[] = [];
	for (let start = 0; start < codes.length; start += 4_096) {
		pieces.push(String.fromCharCode(...codes.subarray(start, start + 4_096)));
	}
	return pieces.join("");
}
