import type { Page } from "../../src/core/ledger/ledger-ports.ts";
import type { NamedPage } from "../../src/core/ledger/registry-ports.ts";

/** One page, newest first, of a list that is kept oldest first. */
export function pageOf<Item>(
	items: readonly Item[],
	numberOf: (item: Item) => number,
	{ before, limit }: { readonly before: number | null; readonly limit: number },
): Page<Item> {
	const wanted = items.filter((item) => before === null || numberOf(item) < before).toReversed();
	const page = wanted.slice(0, limit);
	const last = page.at(-1);
	return { items: page, next: wanted.length > limit && last !== undefined ? numberOf(last) : null };
}

/** One page, in the order of names. */
export function namedPageOf<Item>(
	items: readonly Item[],
	nameOf: (item: Item) => string,
	{ after, limit }: { readonly after: string | null; readonly limit: number },
): NamedPage<Item> {
	const sorted = items.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
	const wanted = sorted.filter((item) => after === null || nameOf(item) > after);
	const page = wanted.slice(0, limit);
	const last = page.at(-1);
	return { items: page, next: wanted.length > limit && last !== undefined ? nameOf(last) : null };
}
