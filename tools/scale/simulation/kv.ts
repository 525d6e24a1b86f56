import type { EventQueue } from "./event-queue.ts";

/** KV as its documentation describes it: a write is seen at once where it was made, and within about a minute everywhere. */
export const KV_VISIBLE_MS = 60_000;

/** Records as each location sees them. */
export class SimulatedKv {
	readonly #events: EventQueue;
	readonly #random: () => number;
	readonly #visibleMs: number;
	readonly #values: Map<string, string>[];
	readonly #readMs: number;

	constructor(
		events: EventQueue,
		{
			locations,
			random,
			visibleMs = KV_VISIBLE_MS,
			readMs = 20,
		}: {
			readonly locations: number;
			readonly random: () => number;
			readonly visibleMs?: number;
			readonly readMs?: number;
		},
	) {
		this.#events = events;
		this.#random = random;
		this.#visibleMs = visibleMs;
		this.#readMs = readMs;
		this.#values = Array.from({ length: locations }, () => new Map<string, string>());
	}

	/** Writes a record, which each location sees at a time of its own, evenly within what KV may take. */
	put(key: string, value: string): void {
		for (const values of this.#values)
			this.#events.after(this.#random() * this.#visibleMs, () => void values.set(key, value));
	}

	/** Makes a record seen everywhere, as one that was written long ago. */
	putLongAgo(key: string, value: string): void {
		for (const values of this.#values) values.set(key, value);
	}

	/** The part of the runtime's `KVNamespace` that the product reads by, at one location. */
	at(location: number): { readonly get: (key: string) => Promise<string | null> } {
		const values = this.#values[location];
		return {
			get: (key) =>
				new Promise((resolve) => {
					this.#events.after(this.#readMs, () => resolve(values?.get(key) ?? null));
				}),
		};
	}
}
