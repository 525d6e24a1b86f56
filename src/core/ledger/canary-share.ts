import { messageText, type ChatMessage, type ChatRequest } from "../completion.ts";

/**
 * Whether a request is served by the canary's revision. The same unit is always served by the same one while a canary
 * lasts, and raising the share only adds units: one that is in at 1% is in at 5% too. Another tenant, and another
 * revision on canary, draws other units. `share` is of all units, from 0 (none) to 1 (all).
 *
 * The unit's hash is spread over [0, 1) in steps of 2^-32: FNV-1a (draft-eastlake-fnv, 32 bits) over the text's UTF-16
 * code units, then the finaliser of MurmurHash3 (`fmix32`, Appleby), without which FNV's last characters hardly move
 * the upper bits.
 */
export function isOnCanary(input: {
	readonly tenant: string;
	readonly revision: number;
	readonly share: number;
	/** What must not change sides, such as `canaryUnit` gives. */
	readonly unit: string;
}): boolean {
	return placeOf(`${input.tenant}\n${input.revision}\n${input.unit}`) < input.share;
}

/**
 * What a request's turn on a canary hangs on, so that nobody changes models in the middle: the end user where the
 * client names one (`safety_identifier`, or `user` before it), else the conversation where it has a name
 * (`prompt_cache_key`), else the conversation's beginning, which each later turn repeats: every message up to the
 * first of the user's. A message without text, such as a picture alone, is told from others by what it holds.
 * Never logged or stored.
 */
export function canaryUnit(request: Pick<ChatRequest, "messages" | "body">): string {
	for (const field of ["safety_identifier", "user", "prompt_cache_key"]) {
		const value = request.body[field];
		if (typeof value === "string" && value !== "") return `${field}:${value}`;
	}
	const firstAsked = request.messages.findIndex(({ role }) => role === "user");
	const beginning = firstAsked === -1 ? request.messages : request.messages.slice(0, firstAsked + 1);
	return `messages:${JSON.stringify(beginning.map((message) => [message.role, messageText(message) || partsOf(message)]))}`;
}

/** What pictures may be told apart by: well past their file's header, and far less than all of it. */
const MOST_PART_CHARACTERS = 4_096;

function partsOf({ content }: ChatMessage): string {
	const bounded = (_key: string, value: unknown) =>
		typeof value === "string" ? value.slice(0, MOST_PART_CHARACTERS) : value;
	return JSON.stringify(content ?? null, bounded);
}

/** Where a text falls in [0, 1). */
function placeOf(text: string): number {
	let hash = 0x811c9dc5;
	for (let index = 0; index < text.length; index++) {
		const unit = text.charCodeAt(index);
		hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
		hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
	}
	hash ^= hash >>> 16;
	hash = Math.imul(hash, 0x85ebca6b);
	hash ^= hash >>> 13;
	hash = Math.imul(hash, 0xc2b2ae35);
	hash ^= hash >>> 16;
	return (hash >>> 0) / 0x1_0000_0000;
}
