const BYTES_PER_FLOAT = 4;
/** Arguments of one call: more could overflow the stack. */
const BYTES_AT_ONCE = 8_192;

/**
 * Writes a vector as OpenAI's own clients ask for it: 32-bit floats (IEEE 754), little-endian, in base64 (RFC 4648, 4).
 * Each number is rounded to the nearest 32-bit float.
 */
function encodeFloats(vector: readonly number[]): string {
	// In the platform's own order, which is little-endian wherever a Worker or Node runs.
	const bytes = new Uint8Array(new Float32Array(vector).buffer);
	let binary = "";
	for (let at = 0; at < bytes.length; at += BYTES_AT_ONCE)
		// Spreading the bytes instead takes ten times as long.
		binary += String.fromCharCode.apply(null, bytes.subarray(at, at + BYTES_AT_ONCE) as unknown as number[]);
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
	const bytes = new Uint8Array(binary.length);
	for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at);
	return Array.from(new Float32Array(bytes.buffer));
}

/** Both ways. */
export const BASE64_FLOATS = { encode: encodeFloats, decode: decodeFloats } as const;
