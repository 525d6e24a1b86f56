import { CACHE_TIMES } from "../../src/adapters/kv-record-cache.ts";
import { REFRESH_MS } from "../../src/adapters/evidence-leases.ts";
import { LINGER_MS, MOST_WAITING } from "../../src/adapters/gathering-queue.ts";
import { EVIDENCE_TIMES } from "../../src/ledger/evidence-times.ts";
import { COUNTED_REQUESTS, COUNTED_ROWS, type RequestKind } from "./counted-operations.ts";
import { OBJECT_GB, OPERATIONS_A_MESSAGE, type Meter } from "./price-list.ts";
import type { QueueSettings } from "./queue-settings.ts";

/** How many of each are charged for. */
export type Operations = Readonly<Record<Meter, number>>;

/** How requests meet, which is what decides how much they share. */
export interface Load {
	/** Requests a second of one tenant in one isolate. */
	readonly isolatePerSecond: number;
	/** Of one tenant in all isolates. */
	readonly tenantPerSecond: number;
	/** Of all tenants. */
	readonly perSecond: number;
}

/** A month, as prices have it. */
export const MONTH_SECONDS = 30 * 86_400;

/**
 * The load of requests that are spread evenly over tenants and time: a tenant's are in one isolate until that sees so many a second,
 * and then in as many as it takes.
 */
export function evenLoad(perSecond: number, tenants: number, isolatePerSecond = 5): Load {
	const tenantPerSecond = perSecond / tenants;
	const isolates = Math.ceil(tenantPerSecond / isolatePerSecond);
	return { perSecond, tenantPerSecond, isolatePerSecond: tenantPerSecond / isolates };
}

/** What only Cloudflare's network can tell, or the operator. */
export interface Assumptions {
	/** CPU of the Worker for a request, without its share of the queue's consumer. */
	readonly cpuMs: { readonly accepted: number; readonly escalated: number };
	/** CPU of the consumer for each request. */
	readonly consumerCpuMs: number;
	/** How long a call keeps an object running. */
	readonly objectCallMs: number;
	/** How long an isolate lives, which decides how often it begins with nothing. */
	readonly isolateSeconds: number;
	/** Whether an invocation of the consumer is charged as a request; the price list does not say. */
	readonly consumerIsRequest: boolean;
	/** Whether Workers Logs keeps the runtime's own event of each invocation, an object's and the consumer's too, beside the product's line. */
	readonly invocationLogs: boolean;
	/** The share of requests that are logged. */
	readonly logSampling: number;
	/** What a ledger remembers so that nothing counts twice: each item, as it does, or each message, as it might. */
	readonly identityOf: "item" | "message";
}

export const ASSUMPTIONS: Assumptions = {
	cpuMs: { accepted: 0.286, escalated: 0.386 },
	consumerCpuMs: 0.09,
	objectCallMs: 10,
	isolateSeconds: 600,
	consumerIsRequest: true,
	invocationLogs: true,
	logSampling: 1,
	identityOf: "item",
};

/** What an identity takes, and for how many days it is kept at most, in each ledger. */
export const IDENTITY = { usage: { bytes: 26.2, days: 17 }, evidence: { bytes: 24.7, days: 3 } } as const;
/** A lease that is renewed: lease, outbox, count. */
const RENEWAL_ROWS = 5;
/** The ledger's own look after itself: its state, and the alarm that it sets. */
const TICK_ROWS = { written: 2, read: 20 };

/** How many items share a message, and how many one call of a ledger; never less than 1. */
export function sharing(
	{ isolatePerSecond, tenantPerSecond, perSecond }: Load,
	{ batchSize, batchMs }: QueueSettings,
	messagesPerItem = 1,
): { readonly itemsAMessage: number; readonly itemsACall: number; readonly messagesABatch: number } {
	// The first that waits, and those that come while it does.
	const itemsAMessage = Math.min(MOST_WAITING, 1 + (isolatePerSecond * LINGER_MS) / 1_000);
	const messagesPerSecond = (perSecond * messagesPerItem) / itemsAMessage;
	const spanMs = Math.min(batchMs, (batchSize / messagesPerSecond) * 1_000);
	const itemsACall = Math.max(itemsAMessage, (tenantPerSecond * spanMs) / 1_000);
	const messagesABatch = Math.min(batchSize, Math.max(1, (messagesPerSecond * spanMs) / 1_000));
	return { itemsAMessage, itemsACall, messagesABatch };
}

/** What so many requests of a kind do, in a month, under this load. */
export function operationsOf(
	kind: RequestKind,
	requests: number,
	load: Load,
	queue: QueueSettings,
	assumptions: Assumptions = ASSUMPTIONS,
): Operations {
	const counted = COUNTED_REQUESTS[kind];
	const { isolatePerSecond, tenantPerSecond } = load;
	const { observations, gatheredEvidence, draws, auditCosts, leaseReads } = counted;
	const isGuaranteed = leaseReads > 0;
	const { itemsAMessage, itemsACall, messagesABatch } = sharing(load, queue, observations + gatheredEvidence);
	/** Once in so many seconds for an isolate, or for a tenant, and with each request where they are further apart. */
	const onceEvery = (seconds: number, perSecond: number) => Math.min(1, 1 / (seconds * perSecond));

	const messages = (observations + gatheredEvidence) / itemsAMessage + draws;
	const usageCalls = (observations + auditCosts) / itemsACall;
	const evidenceCalls = (gatheredEvidence + draws) / Math.max(1, itemsACall);
	const batches = messages / messagesABatch;
	const leaseCalls = isGuaranteed ? onceEvery(REFRESH_MS / 1_000, isolatePerSecond) : 0;
	const closings = isGuaranteed ? onceEvery(EVIDENCE_TIMES.bucketMs / 1_000, tenantPerSecond) : 0;
	const renewals = isGuaranteed ? onceEvery(EVIDENCE_TIMES.leaseMs / 2_000, tenantPerSecond) : 0;
	// It goes on for an hour after the last request.
	const ticks = isGuaranteed ? Math.min(EVIDENCE_TIMES.idleMs, 1_000 / tenantPerSecond) / EVIDENCE_TIMES.tickMs : 0;
	const { usageCall, usageItem, metricsCall, evidenceCall, evidenceEntry, audit, closing } = COUNTED_ROWS;
	/** Of items that share one. */
	const identities = (items: number) => (assumptions.identityOf === "item" ? items : items / itemsAMessage);
	const usageIdentities = identities(observations + auditCosts);
	// A draw is a message of its own.
	const evidenceIdentities = isGuaranteed ? draws + identities(1 - draws) : 0;
	const rows = (of: "written" | "read") =>
		usageCalls * (usageCall[of] + metricsCall[of]) +
		usageIdentities * usageItem[of] +
		evidenceCalls * evidenceCall[of] +
		evidenceIdentities * evidenceEntry[of] +
		draws * audit[of] +
		closings * closing[of] +
		ticks * TICK_ROWS[of];
	const calls = 2 * usageCalls + evidenceCalls + leaseCalls + ticks;
	const dayOfRequests = requests / 30 / 1e9;
	const each = {
		workersRequests: 1 + (assumptions.consumerIsRequest ? batches : 0),
		workersCpuMs:
			(counted.originCalls > 0 ? assumptions.cpuMs.escalated : assumptions.cpuMs.accepted) + assumptions.consumerCpuMs,
		kvReads:
			counted.recordReads * onceEvery(CACHE_TIMES.freshMs / 1_000, isolatePerSecond) +
			leaseReads * onceEvery(assumptions.isolateSeconds, isolatePerSecond),
		kvWrites: renewals,
		objectRequests: calls,
		objectGbSeconds: (calls * assumptions.objectCallMs * OBJECT_GB) / 1_000,
		rowsRead: rows("read"),
		rowsWritten: rows("written") + renewals * RENEWAL_ROWS,
		queueOperations: OPERATIONS_A_MESSAGE * messages,
		logEvents: assumptions.logSampling * (1 + (assumptions.invocationLogs ? 1 + calls + batches : 0)),
	};
	return {
		...multiplied(each, requests),
		storedGbMonths:
			dayOfRequests *
			(IDENTITY.usage.bytes * IDENTITY.usage.days * usageIdentities +
				IDENTITY.evidence.bytes * IDENTITY.evidence.days * evidenceIdentities),
	};
}

/** Several kinds together. */
export function together(all: readonly Operations[]): Operations {
	const [first, ...rest] = all;
	if (first === undefined) throw new RangeError("nothing cannot be added up");
	return rest.reduce<Operations>(
		(sum, operations) =>
			Object.fromEntries(
				(Object.keys(sum) as Meter[]).map((meter) => [meter, sum[meter] + operations[meter]]),
			) as Operations,
		first,
	);
}

function multiplied<Counts extends Readonly<Record<string, number>>>(counts: Counts, by: number): Counts {
	return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count * by])) as Counts;
}
