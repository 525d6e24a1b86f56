import { LINGER_MS, MOST_WAITING } from "../../../src/adapters/gathering-queue.ts";
import type { EventQueue } from "./event-queue.ts";

interface Waiting<Item> {
	readonly items: Item[];
	readonly since: number;
}

/**
 * What `createGatheringQueue` does with what it is given, without promises, for millions of items: the first of a group waits for
 * others for a second, and fifty are sent at once. A test compares the two.
 */
export function createGathering<Item>(
	events: EventQueue,
	send: (group: number, items: readonly Item[]) => void,
): { readonly add: (group: number, item: Item) => void } {
	const waitingByGroup = new Map<number, Waiting<Item>>();
	const sendWaiting = (group: number, waiting: Waiting<Item>) => {
		waitingByGroup.delete(group);
		send(group, waiting.items);
	};
	return {
		add(group, item) {
			const known = waitingByGroup.get(group);
			if (known !== undefined) {
				known.items.push(item);
				if (known.items.length >= MOST_WAITING) sendWaiting(group, known);
				return;
			}
			const waiting = { items: [item], since: events.now };
			waitingByGroup.set(group, waiting);
			events.after(LINGER_MS, () => {
				if (waitingByGroup.get(group) === waiting) sendWaiting(group, waiting);
			});
		},
	};
}
