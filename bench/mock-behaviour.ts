/**
 * What a prompt says to have the mock wait; every contender passes prompts on as they are, so that one mock and one process of
 * each contender serve every measurement.
 */

/** Milliseconds before an answer begins. */
export const UPSTREAM_MS = 30;
export const WAITING = "[the model begins late]";

/** Milliseconds between the chunks of a stream. */
export const CHUNK_PAUSE_MS = 2;
export const PAUSED_CHUNKS = "[the model writes slowly]";

/** How the models answer. */
export type Upstream = "at once" | "30 ms" | "chunks 2 ms apart" | "30 ms, chunks 2 ms apart";

/** The words that make the mock answer so. */
export function wordsFor(upstream: Upstream): string {
	return [
		...(upstream.includes("30 ms") ? [WAITING] : []),
		...(upstream.includes("2 ms apart") ? [PAUSED_CHUNKS] : []),
	].join(" ");
}
