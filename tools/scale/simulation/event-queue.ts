import type { Clock } from "../../../src/cascade/ports.ts";

/** Something that happens at a moment of the simulation. */
interface Event {
	readonly at: number;
	/** Events of one moment happen in the order in which they were planned. */
	readonly sequence: number;
	readonly happen: () => void;
	cancelled: boolean;
}

/**
 * The time of a simulation, in milliseconds: what is planned happens in its order, and nothing takes time but what says so.
 * The same plans give the same run, whatever the machine does.
 */
export class EventQueue {
	#now: number;
	#sequence = 0;
	readonly #heap: Event[] = [];

	constructor(startsAt = 0) {
		this.#now = startsAt;
	}

	get now(): number {
		return this.#now;
	}

	/** Plans something; a time that has passed is now. Returns how to cancel it. */
	at(time: number, happen: () => void): () => void {
		const event = { at: Math.max(time, this.#now), sequence: this.#sequence++, happen, cancelled: false };
		this.#push(event);
		return () => void (event.cancelled = true);
	}

	after(ms: number, happen: () => void): () => void {
		return this.at(this.#now + ms, happen);
	}

	/** The product's own clock, in this time. */
	clock(): Clock {
		return { now: () => this.#now, setTimer: (ms, onExpiry) => this.after(ms, onExpiry) };
	}

	/** Lets everything happen that is planned before `until`, or all. */
	run(until = Number.POSITIVE_INFINITY): void {
		for (let event = this.#next(until); event !== undefined; event = this.#next(until)) event.happen();
	}

	/** The same where promises wait for what happens: they go on before the next event does. */
	async runAsync(until = Number.POSITIVE_INFINITY): Promise<void> {
		for (let event = this.#next(until); event !== undefined; event = this.#next(until)) {
			event.happen();
			// A turn of the event loop comes after all that promises have to say.
			await new Promise<void>((resolve) => void setImmediate(resolve));
		}
	}

	#next(until: number): Event | undefined {
		for (;;) {
			const first = this.#heap[0];
			if (first === undefined || first.at >= until) return undefined;
			this.#pop();
			if (first.cancelled) continue;
			this.#now = first.at;
			return first;
		}
	}

	#push(event: Event): void {
		const heap = this.#heap;
		let index = heap.length;
		heap.push(event);
		while (index > 0) {
			const parent = (index - 1) >> 1;
			const above = heap[parent] as Event;
			if (!isBefore(event, above)) break;
			heap[index] = above;
			index = parent;
		}
		heap[index] = event;
	}

	#pop(): void {
		const heap = this.#heap;
		const last = heap.pop() as Event;
		const size = heap.length;
		if (size === 0) return;
		let index = 0;
		for (;;) {
			let child = 2 * index + 1;
			if (child >= size) break;
			if (child + 1 < size && isBefore(heap[child + 1] as Event, heap[child] as Event)) child += 1;
			const below = heap[child] as Event;
			if (!isBefore(below, last)) break;
			heap[index] = below;
			index = child;
		}
		heap[index] = last;
	}
}

function isBefore(left: Event, right: Event): boolean {
	return left.at < right.at || (left.at === right.at && left.sequence < right.sequence);
}
