import type { LiveAnswer } from "./ports.ts";

/** More of a stream is not kept; nothing is copied. */
export const MOST_KEPT_BYTES = 1024 * 1024;

/** A stream of which what has passed is kept. */
export interface WatchedStream {
	/** To be read in the stream's place. */
	readonly live: LiveAnswer;
	/** What has passed so far; null where it was more than is kept. */
	readonly passed: () => readonly Uint8Array[] | null;
}

/** Keeps references to the bytes of a stream as they pass, up to `MOST_KEPT_BYTES`; the reader sees no difference. */
export function watchStream({ head, rest }: LiveAnswer): WatchedStream {
	let kept: Uint8Array[] | null = [];
	let size = 0;
	const keep = (bytes: Uint8Array) => {
		size += bytes.byteLength;
		if (size > MOST_KEPT_BYTES) kept = null;
		else kept?.push(bytes);
	};
	for (const bytes of head) keep(bytes);
	return {
		live: {
			head,
			rest: {
				closed: rest.closed,
				cancel: (reason) => rest.cancel(reason),
				releaseLock: () => rest.releaseLock(),
				async read() {
					const read = await rest.read();
					if (!read.done) keep(read.value);
					return read;
				},
			},
		},
		passed: () => kept,
	};
}

/** Reads a stream to its end, or as far as is kept. Rejects where it breaks. */
export async function readToEnd({ live, passed }: WatchedStream): Promise<void> {
	while (passed() !== null) {
		const { done } = await live.rest.read();
		if (done) return;
	}
}
