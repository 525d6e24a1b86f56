import { delaySecondsAfter } from "../../../src/adapters/redelivery.ts";
import type { QueueSettings } from "../queue-settings.ts";
import type { EventQueue } from "./event-queue.ts";

/** What Cloudflare allows one queue (`queues/platform/limits/`, read 2026-11-25). */
export const QUEUE_LIMITS = { messagesPerSecond: 5_000, consumers: 250 } as const;

/** A message and how often it has been delivered. */
export interface Delivered<Body> {
	readonly body: Body;
	readonly attempts: number;
}

/** What a consumer says of a batch, once it is done with it: which messages it wants again. */
export type Consumer<Body> = (
	batch: readonly Delivered<Body>[],
	done: (failed: readonly Delivered<Body>[]) => void,
) => void;

/**
 * A queue as Cloudflare describes its own: batches of so many messages or of what there is after a while, several consumers at once, and
 * messages that are asked for again after the product's own delays.
 */
export class SimulatedQueue<Body> {
	readonly #events: EventQueue;
	readonly #settings: QueueSettings;
	readonly #limits: { readonly messagesPerSecond: number; readonly consumers: number };
	readonly #consume: Consumer<Body>;
	#ready: { readonly message: Delivered<Body>; readonly at: number }[] = [];
	readonly #batches: (readonly Delivered<Body>[])[] = [];
	#running = 0;
	#second = -1;
	#sentInSecond = 0;
	readonly counted = { accepted: 0, refused: 0, batches: 0, again: 0, dead: 0, mostConsumers: 0, mostWaiting: 0 };
	/** Messages past the last attempt. */
	readonly dead: Body[] = [];

	constructor(
		events: EventQueue,
		settings: QueueSettings,
		consume: Consumer<Body>,
		limits: { readonly messagesPerSecond: number; readonly consumers: number } = QUEUE_LIMITS,
	) {
		this.#events = events;
		this.#settings = settings;
		this.#consume = consume;
		this.#limits = limits;
	}

	/** Takes a message, to be delivered after `transitMs`; false where this second has had as many as there may be. */
	send(body: Body, transitMs: number): boolean {
		const second = Math.floor(this.#events.now / 1_000);
		if (second !== this.#second) [this.#second, this.#sentInSecond] = [second, 0];
		if (this.#sentInSecond >= this.#limits.messagesPerSecond) {
			this.counted.refused += 1;
			return false;
		}
		this.#sentInSecond += 1;
		this.counted.accepted += 1;
		this.#events.after(transitMs, () => this.#add({ body, attempts: 1 }));
		return true;
	}

	#add(message: Delivered<Body>): void {
		this.#ready.push({ message, at: this.#events.now });
		if (this.#ready.length >= this.#settings.batchSize) this.#takeBatch();
		else if (this.#ready.length === 1) this.#takeInTime();
	}

	/** A batch of what there is, once the oldest has waited for long enough. */
	#takeInTime(): void {
		const first = this.#ready[0];
		if (first === undefined) return;
		this.#events.at(first.at + this.#settings.batchMs, () => {
			if (this.#ready[0] === first) this.#takeBatch();
		});
	}

	#takeBatch(): void {
		this.#batches.push(this.#ready.map(({ message }) => message));
		this.#ready = [];
		this.counted.batches += 1;
		this.#start();
	}

	#start(): void {
		while (this.#running < this.#limits.consumers) {
			const batch = this.#batches.shift();
			if (batch === undefined) break;
			this.#running += 1;
			this.counted.mostConsumers = Math.max(this.counted.mostConsumers, this.#running);
			this.#consume(batch, (failed) => {
				this.#running -= 1;
				for (const { body, attempts } of failed) this.#again(body, attempts);
				this.#start();
			});
		}
		this.counted.mostWaiting = Math.max(this.counted.mostWaiting, this.#batches.length);
	}

	#again(body: Body, attempts: number): void {
		if (attempts > this.#settings.retries) {
			this.counted.dead += 1;
			this.dead.push(body);
			return;
		}
		this.counted.again += 1;
		this.#events.after(delaySecondsAfter(attempts) * 1_000, () => this.#add({ body, attempts: attempts + 1 }));
	}
}
