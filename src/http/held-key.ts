import type { HeldRecord, KeptAnswer } from "../core/ledger/replay-ports.ts";
import type { AppPorts } from "./app-ports.ts";
import type { Observer } from "./observe.ts";

/** Longer answers are not kept. Half of what a row of SQLite in a Durable Object holds. */
export const MOST_KEPT_BYTES = 1024 * 1024;

/** Beyond the time that the work itself may take. */
export const LEASE_MARGIN_MS = 30_000;

/** A stream renews its lease where less is left of it than the next read may take and this. */
const RENEW_MARGIN_MS = 20_000;

/** The idempotency key of a request that runs: its answer is kept, or the key is given back. */
export interface HeldKey {
	/** The answer has ended whole, although its stream may still be on its way to the client. */
	readonly endedWhole: () => void;
	/** The same observer, through which a stream's end becomes known. */
	readonly watching: (observer: Observer) => Observer;
	/** The answer, to be sent in its place; kept once it has ended. Failures give the key back. */
	readonly keep: (response: Response) => Promise<Response>;
	/** There will be no answer. */
	readonly giveBack: () => void;
}

/** A key whose record is leased from now for `leaseMs`. */
export function heldKey(
	record: HeldRecord,
	{ clock, times }: Pick<AppPorts, "clock" | "times">,
	leaseMs: number,
): HeldKey {
	let isWhole = false;
	let leaseEndsAt = clock.now() + leaseMs;
	const renew = () => {
		if (leaseEndsAt - clock.now() >= times.idleMs + RENEW_MARGIN_MS) return;
		leaseEndsAt = clock.now() + times.idleMs + LEASE_MARGIN_MS;
		record.renew(times.idleMs + LEASE_MARGIN_MS);
	};
	const held: HeldKey = {
		endedWhole: () => (isWhole = true),
		watching: ({ failed, ended }) => ({
			failed,
			ended(end) {
				if (end.kind === "answered") isWhole = true;
				ended(end);
			},
		}),
		async keep(response) {
			if (!response.ok || response.body === null) {
				record.release();
				return response;
			}
			const { status } = response;
			const headers = answerHeadersOf(response);
			const finish = (body: ArrayBuffer | null) => record.finish(body === null ? null : { status, headers, body });
			if (isWhole) {
				const body = await response.arrayBuffer();
				finish(body.byteLength > MOST_KEPT_BYTES ? null : body);
				return new Response(body, response);
			}
			const stream = gather(response.body, {
				onBytes: renew,
				onEnd: (bytes) => (isWhole ? finish(bytes) : record.release()),
				onBreak: record.release,
			});
			return new Response(stream, response);
		},
		giveBack: record.release,
	};
	return held;
}

/** Those that are of the answer: a repeat has an id of its own. */
function answerHeadersOf(response: Response): KeptAnswer["headers"] {
	return Object.fromEntries([...response.headers].filter(([name]) => name !== "x-request-id"));
}

/** What becomes of a stream that is gathered; one of the last two is called, once. */
interface Gathering {
	readonly onBytes: () => void;
	/** All of it was read; null where it was more than is kept. */
	readonly onEnd: (bytes: ArrayBuffer | null) => void;
	/** The stream broke, or its reader left. */
	readonly onBreak: () => void;
}

/** The same stream, at its reader's own speed and with nothing read ahead; references to what passes are kept. */
function gather(
	source: ReadableStream<Uint8Array>,
	{ onBytes, onEnd, onBreak }: Gathering,
): ReadableStream<Uint8Array> {
	const reader = source.getReader();
	let kept: Uint8Array[] | null = [];
	let size = 0;
	let hasLeft = false;
	return new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				let read;
				try {
					read = await reader.read();
				} catch (error) {
					onBreak();
					throw error;
				}
				// Leaving ends a read that is waiting, which is not the stream's end.
				if (hasLeft) return;
				if (read.done) {
					controller.close();
					onEnd(kept === null ? null : joined(kept, size));
					return;
				}
				size += read.value.byteLength;
				if (size > MOST_KEPT_BYTES) kept = null;
				kept?.push(read.value);
				onBytes();
				controller.enqueue(read.value);
			},
			async cancel(reason) {
				hasLeft = true;
				onBreak();
				await reader.cancel(reason);
			},
		},
		{ highWaterMark: 0 },
	);
}

function joined(chunks: readonly Uint8Array[], size: number): ArrayBuffer {
	const bytes = new Uint8Array(size);
	let at = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, at);
		at += chunk.byteLength;
	}
	return bytes.buffer;
}
