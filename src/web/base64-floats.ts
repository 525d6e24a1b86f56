const BYTES_PER_FLOAT = 4;
/** Arguments of one call: more could overflow the stack. */
const BYTES_AT_ONCE = 8_192;

/**
 * Writes a vector as OpenAI's own clients ask for it: 32-bit floats (IEEE 754), little-endian, in base64 (RFC 4648, 4).
 * Each number is rounded to the nearest 32-bit float.
 */
function encodeFloats(vector: readonly number[]): string {
	const view = new DataView(new ArrayBuffer(vector.length * BYTES_PER_FLOAT));
	for (const [index, value] of vector.entries()) view.setFloat32(index * BYTES_PER_FLOAT, value, true);
	const bytes = new Uint8Array(view.buffer);
	let binary = "";
	for (let at = 0; at < bytes.length; at += BYTES_AT_ONCE)
		binary += String.fromCharCode(...bytes.subarray(at, at + BYTES_AT_ONCE));
	return btoa(binary);
}

/** Reads a vector so written; undefined where the text is no base64 of whole floats. */
function decodeFloats(text: string): number[] | undefined {
	let binary: string;
	try {
		binary = atob(text);
	} catch {
		return undefined;
	}
	if (binary.length % BYTES_PER_FLOAT !== 0) return undefined;
	const view = new DataView(Uint8Array.from(binary, (letter) => letter.charCodeAt(0)).buffer);
	return Array.from({ length: binary.length / BYTES_PER_FLOAT }, (_, index) =>
		view.getFloat32(index * BYTES_PER_FLOAT, true),
	);
}

/** Both ways. */
export const BASE64_FLOATS = { encode: encodeFloats, decode: decodeFloats } as const;
