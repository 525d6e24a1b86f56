/** So many texts of a stream go out as they come: a role, an empty text and the first word often come at once. */
const UNHELD_TEXTS = 3;

/** Those after them are written no more often than this, in milliseconds: less than what a model of 120 tokens a second takes for one. */
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
 * where texts come faster than every eight milliseconds, those after the third are written together. None is held for longer than that:
 * a text never waits for one that may not come. A client that reads slowly stops the generator. `onCancel` runs when the client
 * leaves, before the generator is ended, so that a read it is waiting on can be broken off.
 */
export function byteStream(
	texts: AsyncGenerator<string, void>,
	clock: WritingClock,
	onCancel: () => void,
): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder();
	let held = "";
	let taken = 0;
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

	/** Sends a text with what is held, or has it wait for those that come soon. */
	const take = (text: string, controller: ReadableStreamDefaultController<Uint8Array>) => {
		held += text;
		taken += 1;
		// A clock that was set back meanwhile makes no text wait for longer.
		const earlyMs = Math.min(BETWEEN_WRITES_MS, writtenAt + BETWEEN_WRITES_MS - clock.now());
		if (taken <= UNHELD_TEXTS || earlyMs <= 0) write(controller);
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
				write(controller);
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
