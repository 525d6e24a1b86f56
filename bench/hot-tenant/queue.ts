import type { SentMessage } from "./traffic.ts";

/** What a consumer is given at once. */
export interface QueueBatch {
	readonly at: number;
	readonly messages: readonly SentMessage[];
}

/** As `wrangler.toml` has it. */
const MOST_MESSAGES = 100;
const MOST_WAIT_MS = 5_000;

/** Groups messages, by when the queue has them, into batches: of a hundred, or of what there is after five seconds. */
export function createBatches() {
	let waiting: SentMessage[] = [];
	return {
		send: (messages: readonly SentMessage[]) => void waiting.push(...messages),
		/** The batches that are due before this moment, in their order. */
		dueBefore(end: number): QueueBatch[] {
			waiting.sort((left, right) => left.readyAt - right.readyAt);
			const batches: QueueBatch[] = [];
			for (;;) {
				const [first] = waiting;
				if (first === undefined) return batches;
				const last = waiting[MOST_MESSAGES - 1];
				const at = Math.min(first.readyAt + MOST_WAIT_MS, last?.readyAt ?? Number.POSITIVE_INFINITY);
				if (at >= end) return batches;
				const ready = waiting.findIndex(({ readyAt }) => readyAt > at);
				const size = Math.min(MOST_MESSAGES, ready === -1 ? waiting.length : ready);
				batches.push({ at, messages: waiting.slice(0, size) });
				waiting = waiting.slice(size);
			}
		},
		isEmpty: () => waiting.length === 0,
	};
}
