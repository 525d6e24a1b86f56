import { readSync } from "node:fs";

const STANDARD_INPUT = 0;
const RETRY_MS = 20;

/**
 * Asks on standard error and reads one line of standard input, whatever it is: a terminal, or a pipe in a script. Null
 * at its end. Read by the byte and not by a stream, which would take more than the line and keep it from an editor.
 */
export function askInTerminal(question: string): string | null {
	process.stderr.write(question);
	const bytes: number[] = [];
	const byte = new Uint8Array(1);
	for (;;) {
		const read = readByte(byte);
		if (read === 0 && bytes.length === 0) return endOfInput();
		if (read === 0 || byte[0] === 0x0a) return new TextDecoder().decode(new Uint8Array(bytes)).trim();
		bytes.push(byte[0] ?? 0);
	}
}

/** Whether the answer is yes; the end of the input is no. */
export function confirmInTerminal(question: string): boolean {
	return /^y(?:es)?$/iu.test(askInTerminal(`${question} [y/N] `) ?? "");
}

function endOfInput(): null {
	process.stderr.write("\n");
	return null;
}

function readByte(into: Uint8Array): number {
	for (;;) {
		try {
			return readSync(STANDARD_INPUT, into);
		} catch (error) {
			const code = error instanceof Error && "code" in error ? error.code : undefined;
			if (code === "EOF") return 0;
			if (code !== "EAGAIN") throw error;
			// The input was opened without blocking by whoever started this.
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
		}
	}
}
