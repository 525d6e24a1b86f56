import { MOST_LEDGER_MS } from "../../../src/adapters/redelivery.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Delivered } from "./queue.ts";
import { SingleServer } from "./single-server.ts";

/** Something that a ledger counts once; `id` is its own among all items of a run. */
export interface Item {
	readonly id: number;
	readonly at: number;
}

/** What a message holds for one ledger. */
export interface Part {
	readonly ledger: number;
	readonly items: readonly Item[];
}

/** How long an object takes, and how far it is away. */
export interface CallTimes {
	/** Milliseconds of the object's time for a call, whatever it brings. */
	readonly callMs: number;
	/** And for each item. */
	readonly itemMs: number;
	/** From the consumer to the object, and back. */
	readonly wayMs: number;
}

/** Ledgers that answer nobody for a while: calls to them are lost. */
export interface Silence {
	readonly isSilent: (ledger: number, at: number) => boolean;
}

/**
 * The consumer of `consumeObservations` over objects that take their time: one call a ledger and batch, given up after thirty
 * seconds, and a message is asked for again where one of its ledgers was not heard of.
 */
export class LedgerCalls {
	readonly #events: EventQueue;
	readonly #times: CallTimes;
	readonly #silence: Silence;
	readonly servers = new Map<number, SingleServer>();
	readonly #counted = new Set<number>();
	/** From an item's birth until it was counted, for each ledger. */
	readonly delaysMs = new Map<number, number[]>();
	duplicates = 0;

	constructor(events: EventQueue, times: CallTimes, silence: Silence = { isSilent: () => false }) {
		this.#events = events;
		this.#times = times;
		this.#silence = silence;
	}

	get counted(): number {
		return this.#counted.size;
	}

	consume(
		batch: readonly Delivered<readonly Part[]>[],
		done: (failed: readonly Delivered<readonly Part[]>[]) => void,
	): void {
		const shares = new Map<number, { readonly items: Item[]; readonly messages: Delivered<readonly Part[]>[] }>();
		for (const message of batch)
			for (const { ledger, items } of message.body) {
				const share = shares.get(ledger) ?? { items: [], messages: [] };
				shares.set(ledger, share);
				share.items.push(...items);
				share.messages.push(message);
			}
		const failed = new Map<Delivered<readonly Part[]>, number>();
		let waiting = shares.size;
		const settled = () => {
			waiting -= 1;
			// All that one share has been delivered is asked for again by its oldest message's delay.
			if (waiting === 0) done([...failed].map(([{ body }, attempts]) => ({ body, attempts })));
		};
		for (const [ledger, { items, messages }] of shares)
			this.#call(ledger, items, (isHeard) => {
				const attempts = Math.max(...messages.map((message) => message.attempts));
				if (!isHeard) for (const message of messages) failed.set(message, attempts);
				settled();
			});
	}

	#call(ledger: number, items: readonly Item[], settled: (isHeard: boolean) => void): void {
		const { callMs, itemMs, wayMs } = this.#times;
		let isSettled = false;
		const settle = (isHeard: boolean) => {
			if (isSettled) return;
			isSettled = true;
			cancel();
			settled(isHeard);
		};
		const cancel = this.#events.after(MOST_LEDGER_MS, () => settle(false));
		this.#events.after(wayMs, () => {
			if (this.#silence.isSilent(ledger, this.#events.now)) return;
			const served = this.#serverOf(ledger).serve(this.#events.now, callMs + itemMs * items.length);
			this.#events.at(served, () => {
				this.#count(ledger, items);
				this.#events.after(wayMs, () => settle(true));
			});
		});
	}

	#serverOf(ledger: number): SingleServer {
		const known = this.servers.get(ledger) ?? new SingleServer();
		this.servers.set(ledger, known);
		return known;
	}

	#count(ledger: number, items: readonly Item[]): void {
		const delays = this.delaysMs.get(ledger) ?? [];
		this.delaysMs.set(ledger, delays);
		for (const { id, at } of items) {
			if (this.#counted.has(id)) {
				this.duplicates += 1;
				continue;
			}
			this.#counted.add(id);
			delays.push(this.#events.now - at);
		}
	}
}
