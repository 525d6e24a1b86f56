import type { Observation } from "../observation.ts";

/** How many of a tenant's last requests can be looked at. */
export const MOST_RECENT_REQUESTS = 200;

/** For so long after a request's arrival, in milliseconds, at most. */
export const RECENT_MS = 24 * 60 * 60 * 1000;

/** A request as its observation has it: no prompt, no answer, no key. */
export type RecentRequest = Omit<Observation, "version" | "tenant">;

/** One text of one request. Without `item`: the request's one text, or the first known one of a batch. */
export type RequestText = Pick<Observation, "requestId" | "item">;

/** A request's place in the order of the list. */
type RequestPlace = Pick<Observation, "requestId" | "item" | "at">;

/** What is asked of the list. */
export interface RecentRequestsQuery {
	/** Null: of all of them. */
	readonly cascade: string | null;
	/** Those after this place; null: from the beginning. */
	readonly before: RequestPlace | null;
	readonly limit: number;
}

/** One page of the list, newest first. */
export interface RecentRequestsPage {
	readonly items: readonly RecentRequest[];
	/** The place where the next page begins, as `readPlace` reads it; null at the end. */
	readonly next: string | null;
}

/** An observation as it is shown to its tenant. */
export function recentRequestOf(observation: Observation): RecentRequest {
	const { version: _version, tenant: _tenant, ...request } = observation;
	return request;
}

/** Newest first; of one moment by id, and of one request by text, so that no two are equal. */
export function byRecency(left: RequestPlace, right: RequestPlace): number {
	if (left.at !== right.at) return right.at - left.at;
	if (left.requestId !== right.requestId) return left.requestId < right.requestId ? -1 : 1;
	return (left.item ?? -1) - (right.item ?? -1);
}

/** A place as text. */
export function placeText({ at, item, requestId }: RequestPlace): string {
	return `${at}.${item ?? ""}.${requestId}`;
}

/** The place that a text of `placeText` is of; null for any other text. */
export function readPlace(text: string): RequestPlace | null {
	const [, at, item, requestId] = /^(\d{1,15})\.(\d{0,10})\.(.{1,256})$/u.exec(text) ?? [];
	if (at === undefined || requestId === undefined) return null;
	return { at: Number(at), requestId, ...(item === undefined || item === "" ? {} : { item: Number(item) }) };
}

/** A page of these, which may stand in any order. */
export function recentPage(
	requests: readonly RecentRequest[],
	{ cascade, before, limit }: RecentRequestsQuery,
): RecentRequestsPage {
	const asked = requests
		.filter((request) => cascade === null || request.cascade === cascade)
		.filter((request) => before === null || byRecency(before, request) < 0)
		.toSorted(byRecency);
	const items = asked.slice(0, limit);
	const last = items.at(-1);
	return { items, next: asked.length > items.length && last !== undefined ? placeText(last) : null };
}

/** The request of which this text is; null where it is not among them. */
export function findRequest(
	requests: readonly RecentRequest[],
	{ requestId, item }: RequestText,
): RecentRequest | null {
	const texts = requests.filter((request) => request.requestId === requestId).toSorted(byRecency);
	const found = item === undefined ? texts[0] : texts.find((request) => request.item === item);
	return found ?? null;
}
