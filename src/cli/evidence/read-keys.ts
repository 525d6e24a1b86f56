import type { Readable } from "node:stream";

/** The part of standard input that keys are read from: a terminal, or a pipe of letters. */
export type KeyInput = Readable & { readonly isTTY?: boolean; readonly setRawMode?: (isRaw: boolean) => unknown };

/** The keys as they are pressed, without waiting for a line's end. `close` gives the terminal back as it was. */
export function readKeys(input: KeyInput): { readonly keys: AsyncIterator<string>; readonly close: () => void } {
	const isTerminal = input.isTTY === true && input.setRawMode !== undefined;
	if (isTerminal) input.setRawMode?.(true);
	input.setEncoding("utf8");
	return {
		keys: characters(input),
		close() {
			if (isTerminal) input.setRawMode?.(false);
			input.pause();
			input.destroy();
		},
	};
}

async function* characters(input: KeyInput): AsyncGenerator<string> {
	for await (const chunk of input) yield* String(chunk);
}
