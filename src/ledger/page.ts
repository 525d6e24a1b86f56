import type { Page } from "../core/ledger/ledger-ports.ts";

/** The most that one page holds, whatever was asked for. */
const MOST_ITEMS = 200;

/** How many items a page of this limit holds: a whole number from 1 to 200. */
export function pageSize(limit: number): number {
	return Number.isNaN(limit) ? 1 : Math.min(MOST_ITEMS, Math.max(1, Math.trunc(limit)));
}

/** The page of items of which one more than `size` has been read, newest first, to see whether there is a next page. */
export function pageOf<Item>(items: readonly Item[], size: number, numberOf: (item: Item) => number): Page<Item> {
	const shown = items.slice(0, size);
	const last = shown.at(-1);
	return { items: shown, next: items.length > size && last !== undefined ? numberOf(last) : null };
}
