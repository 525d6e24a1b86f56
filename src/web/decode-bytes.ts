/** The text whose UTF-8 bytes these are, wherever they were split. */
export function decodeBytes(parts: readonly Uint8Array[]): string {
	const decoder = new TextDecoder();
	return parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
}
