import { MOST_LEDGER_MS } from "../../src/adapters/redelivery.ts";
import { REFRESH_MS } from "../../src/adapters/evidence-leases.ts";
import { IDENTITY } from "./operations.ts";
import type { QueueSettings } from "./queue-settings.ts";
import { QUEUE_LIMITS } from "./simulation/queue.ts";

/** What Cloudflare allows one object (`durable-objects/platform/limits/`, read 2026-11-25); the requests are a soft limit. */
const OBJECT_LIMITS = { requestsPerSecond: 1_000, bytes: 10e9 } as const;
/** Days of identities that a ledger never drops. */
const DAYS_KEPT = 2;
const DAY_SECONDS = 86_400;

/** A limit, and the requests a second at which it is reached. */
interface Limit {
	readonly what: string;
	readonly of: "one tenant" | "all tenants";
	readonly atPerSecond: number;
}

/** Which limits there are, the first to be reached first. `itemMs` is an object's time for a request. */
export function limitsOf(
	{ batchSize }: QueueSettings,
	{
		messagesARequest,
		itemMs,
		isolatePerSecond,
	}: {
		readonly messagesARequest: number;
		readonly itemMs: number;
		readonly isolatePerSecond: number;
	},
): readonly Limit[] {
	const bytesASecond = (perRequest: number) => OBJECT_LIMITS.bytes / (DAYS_KEPT * DAY_SECONDS * perRequest);
	const silent = (QUEUE_LIMITS.consumers / (MOST_LEDGER_MS / 1_000)) * batchSize;
	const limits: Limit[] = [
		{
			what: `two days of identities fill an object's ${OBJECT_LIMITS.bytes / 1e9} GB`,
			of: "one tenant",
			atPerSecond: bytesASecond(IDENTITY.usage.bytes),
		},
		{ what: "an object's time, one call after the other", of: "one tenant", atPerSecond: 1_000 / itemMs },
		{
			what: `isolates that ask for a lease every ${REFRESH_MS / 1_000} s come to ${OBJECT_LIMITS.requestsPerSecond.toLocaleString("en")} calls a second`,
			of: "one tenant",
			// An isolate that has fewer requests than that asks with each.
			atPerSecond: OBJECT_LIMITS.requestsPerSecond * Math.max(1, (REFRESH_MS / 1_000) * isolatePerSecond),
		},
		{
			what: `a ledger that is silent holds all ${QUEUE_LIMITS.consumers} consumers, where every batch has a message for it`,
			of: "all tenants",
			atPerSecond: silent / messagesARequest,
		},
		{
			what: `${QUEUE_LIMITS.messagesPerSecond.toLocaleString("en")} messages a second of the queue`,
			of: "all tenants",
			atPerSecond: QUEUE_LIMITS.messagesPerSecond / messagesARequest,
		},
	];
	return limits.toSorted((left, right) => left.atPerSecond - right.atPerSecond);
}
