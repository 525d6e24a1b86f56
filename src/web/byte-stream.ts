/** A text that follows another within this time, in milliseconds, comes at once with it. */
const AT_ONCE_MS = 1;

/** So many texts go out as they come, although they come at once: a role, an empty text and the first word often do. */
const UNHELD_TEXTS = 3;

/** Further texts that come at once are written no more often than this, in milliseconds. */
const BETWEEN_WRITES_MS = 8;

/** No more is read ahead of a client that reads slowly, in UTF-16 units; only the last text may go beyond it. */
const MOST_HELD_CHARACTERS = 16 * 1024;

/** Time, as the writing of a stream needs it. */
interface WritingClock {
	readonly now: () => number;
	readonly setTimer: (ms: number, onExpiry: () => void) => () => void;
}

/**
 * A response body that takes its text from a generator. A write costs the runtime more than all else that is done for an event, so
 * where many texts come at once, those after the third are written together, held for eight milliseconds at most: a text never waits
 * for one that may not come. A client that reads slowly stops the generator. `onCancel` runs when the client leaves, before the
 * generator is ended, so that a read it is waiting on can be broken off.
 */
export function byteStream(
	texts: AsyncGenerator<string, void>,
	clock: WritingClock,
	onCancel: () => void,
): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder();
	let held = "";
	let cameAt = Number.NEGATIVE_INFINITY;
	let cameAtOnce = 0;
	let writtenAt = Number.NEGATIVE_INFINITY;
	let isTimed = false;
	let isReading = false;
	let isOver = false;

	/** Sends what is held, where the client wants more. */
	const write = (controller: ReadableStreamDefaultController<Uint8Array>) => {
		if (held === "" || (controller.desiredSize ?? 0) <= 0) return;
		const bytes = encoder.encode(held);
		held = "";
		writtenAt = clock.now();
		// A client that waits is given them here and now, and what it asks for next is asked for before this returns.
		controller.enqueue(bytes);
		if (isOver) controller.close();
	};

	/** Sends a text with what is held, or has it wait for those that come with it. */
	const take = (text: string, controller: ReadableStreamDefaultController<Uint8Array>) => {
		held += text;
		const now = clock.now();
		cameAtOnce = now - cameAt > AT_ONCE_MS ? 1 : cameAtOnce + 1;
		cameAt = now;
		const earlyMs = writtenAt + BETWEEN_WRITES_MS - now;
		if (cameAtOnce <= UNHELD_TEXTS || earlyMs <= 0) write(controller);
		else if (!isTimed) {
			isTimed = true;
			clock.setTimer(earlyMs, () => {
				isTimed = false;
				write(controller);
			});
		}
	};

	const read = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
		isReading = true;
		while (held.length < MOST_HELD_CHARACTERS) {
			const { done, value } = await texts.next();
			if (isOver) return;
			if (done !== true) take(value, controller);
			else {
				isOver = true;
				if (held === "") controller.close();
				else write(controller);
				return;
			}
		}
		isReading = false;
	};

	return new ReadableStream<Uint8Array>({
		pull(controller) {
			write(controller);
			if (isReading || isOver) return;
			read(controller).catch((error: unknown) => {
				isOver = true;
				held = "";
				controller.error(error);
			});
		},
		async cancel() {
			isOver = true;
			held = "";
			onCancel();
			await texts.return();
		},
	});
}
