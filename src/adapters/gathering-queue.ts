import type { Clock } from "../cascade/ports.ts";
import type { QueueMessage } from "../core/ledger/observation-message.ts";
import { settledWithin } from "../web/settled-within.ts";

/** How long an item may wait for others, and so how much an isolate that is killed can lose. */
export const LINGER_MS = 1_000;

/** Items that are sent at once, without waiting longer. */
export const MOST_WAITING = 50;

/** A queue charges for each 64 KB begun, at 1,000 bytes a KB, and adds about 100 of its own. */
const MOST_MESSAGE_BYTES = 63_000;

/** How often a message is sent at most, with a pause after each failure that doubles. */
const MOST_ATTEMPTS = 3;
/** An invocation lives for 30 s after its answer, and a queue that is silent is not to hold it to the end. */
const MOST_SEND_MS = 5_000;
const FIRST_PAUSE_MS = 250;

/** What a gathering queue needs of its surroundings. */
export interface GatheringQueuePorts {
	/** A part of the runtime's `Queue`. */
	readonly queue: {
		readonly send: (message: QueueMessage, options: { readonly contentType: "json" }) => Promise<unknown>;
	};
	readonly clock: Clock;
	/** Keeps the running request's invocation alive until the promise settles; the runtime's own. */
	readonly waitUntil: (promise: Promise<unknown>) => void;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string | number>>) => void;
}

/** What becomes of the items. */
interface Gathering<Item> {
	/** Items of one group may share a message. */
	readonly groupOf: (item: Item) => string;
	/** At least one item, all of one group. */
	readonly messageOf: (items: readonly Item[]) => QueueMessage;
	/** How their loss is named in the log. */
	readonly fault: string;
	readonly factsOf: (item: Item) => Readonly<Record<string, string>>;
	/** A bound on an item's bytes in its message. Absent: it is written as JSON to see. */
	readonly mostBytesOf?: (item: Item) => number;
}

/** Sends items to a queue. Nothing of it throws. */
export interface GatheringQueue<Item> {
	/** Sends it with others. `json`: what it is as JSON, where that is known. */
	readonly add: (item: Item, json?: string) => void;
	/** Sends it alone and at once; true once the queue has it. */
	readonly send: (item: Item) => Promise<boolean>;
}

interface Gathered<Item> {
	readonly item: Item;
	/** As JSON, where that is known. */
	readonly json: string | undefined;
}

/** The items of one group that wait to be sent. */
interface Waiting<Item> {
	readonly items: Gathered<Item>[];
	readonly since: number;
}

/**
 * Sends items gathered by group over a second, since a queue charges for each message and takes 5,000 a second. The first
 * that finds nobody waiting keeps its request's invocation alive for that second, after its answer has gone; those that
 * come after join it. A message is one group's alone, so that a ledger in trouble delays nobody else's.
 *
 * What cannot be sent is logged as a fault, with its count.
 */
export function createGatheringQueue<Item>(
	{ queue, clock, waitUntil, logFault }: GatheringQueuePorts,
	{ groupOf, messageOf, fault, factsOf, mostBytesOf }: Gathering<Item>,
): GatheringQueue<Item> {
	const waitingByGroup = new Map<string, Waiting<Item>>();

	const lose = (items: readonly Item[], reason: unknown) => {
		const [first] = items;
		if (first !== undefined) logFault(fault, { ...factsOf(first), count: items.length, reason: String(reason) });
	};

	const sendMessage = async (items: readonly Item[]): Promise<boolean> => {
		let failure: unknown;
		for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
			try {
				// A message that arrived although its sending failed is harmless: the ledger counts each item once.
				const sending = queue.send(messageOf(items), { contentType: "json" }).then(() => true);
				if ((await settledWithin(sending, MOST_SEND_MS, clock)) === true) return true;
				throw new Error("no answer in time");
			} catch (error) {
				failure = error;
				if (attempt < MOST_ATTEMPTS) await pause(clock, FIRST_PAUSE_MS * 2 ** (attempt - 1));
			}
		}
		lose(items, failure);
		return false;
	};

	const sendAll = async ({ items }: Waiting<Item>): Promise<void> => {
		await Promise.all(packed(items, mostBytesOf).map(sendMessage));
	};

	const sendAfterLinger = async (group: string, waiting: Waiting<Item>): Promise<void> => {
		await pause(clock, LINGER_MS);
		if (waitingByGroup.get(group) !== waiting) return;
		waitingByGroup.delete(group);
		await sendAll(waiting);
	};

	return {
		send: (item) => sendMessage([item]),
		add(item, json) {
			try {
				const gathered = { item, json };
				const group = groupOf(item);
				const now = clock.now();
				const known = waitingByGroup.get(group);
				// An invocation that was ended before its second was over has left its items to the next.
				if (known !== undefined && now - known.since <= 2 * LINGER_MS) {
					known.items.push(gathered);
					if (known.items.length < MOST_WAITING) return;
					waitingByGroup.delete(group);
					waitUntil(sendAll(known));
					return;
				}
				const waiting = { items: [...(known?.items ?? []), gathered], since: now };
				waitingByGroup.set(group, waiting);
				waitUntil(sendAfterLinger(group, waiting));
			} catch (error) {
				lose([item], error);
			}
		},
	};
}

const encoder = new TextEncoder();

/** As few messages as hold the items, in their order; mostly one, which is seen by their bytes together. */
function packed<Item>(gathered: readonly Gathered<Item>[], mostBytesOf: Gathering<Item>["mostBytesOf"]): Item[][] {
	const items = gathered.map(({ item }) => item);
	if (mostBytesOf !== undefined) return filled(items, (index) => mostBytesOf(items[index] as Item));
	const texts = gathered.map(({ item, json }) => json ?? JSON.stringify(item));
	if (encoder.encode(texts.join()).length <= MOST_MESSAGE_BYTES) return [items];
	return filled(items, (index) => encoder.encode(texts[index]).length);
}

function filled<Item>(items: readonly Item[], bytesAt: (index: number) => number): Item[][] {
	const messages: Item[][] = [];
	let room = 0;
	for (const [index, item] of items.entries()) {
		const bytes = bytesAt(index) + 1;
		if (bytes > room) {
			messages.push([]);
			room = MOST_MESSAGE_BYTES;
		}
		messages.at(-1)?.push(item);
		room -= bytes;
	}
	return messages;
}

function pause(clock: Clock, ms: number): Promise<void> {
	return new Promise((resolve) => {
		clock.setTimer(ms, resolve);
	});
}
