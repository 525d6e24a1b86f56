/** Server-sent events of a list of JSON values, at full or at a chosen speed. */

/**
 * A byte stream of `data:` events ending with `data: [DONE]`. Values are written
 * as the reader asks for them, so a reader that goes away stops the work.
 *
 * @param eventsPerSecond speed of the stream; undefined for as fast as it is read.
 * @param signal when it aborts, the stream fails with its reason.
 */
export function eventStream(
	values: readonly unknown[],
	eventsPerSecond: number | undefined,
	signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder();
	let position = 0;
	return new ReadableStream({
		// Only byte streams can be handed from one Worker to another.
		type: "bytes",
		async pull(controller) {
			if (eventsPerSecond !== undefined && position > 0) await pause(1_000 / eventsPerSecond, signal);
			if (signal?.aborted === true) throw signal.reason;
			const isLast = position === values.length;
			controller.enqueue(encoder.encode(`data: ${isLast ? "[DONE]" : JSON.stringify(values[position])}\n\n`));
			position += 1;
			if (isLast) controller.close();
		},
	});
}

/** A configured speed; undefined when absent or not a positive number. */
export function tokensPerSecond(setting: string | number | undefined): number | undefined {
	const speed = Number(setting ?? "");
	return Number.isFinite(speed) && speed > 0 ? speed : undefined;
}

/** Waits; ends early, without an error, when the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
	if (signal?.aborted === true || milliseconds <= 0) return;
	await new Promise<void>((resolve) => {
		const timer = setTimeout(finish, milliseconds);
		signal?.addEventListener("abort", finish, { once: true });
		function finish(): void {
			clearTimeout(timer);
			// A long stream would otherwise leave one listener for each event.
			signal?.removeEventListener("abort", finish);
			resolve();
		}
	});
}
