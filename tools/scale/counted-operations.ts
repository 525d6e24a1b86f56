/** A request as it is charged for. Guaranteed ones are evidence as well. */
export type RequestKind =
	| "accepted"
	| "escalated"
	| "guaranteed, accepted"
	| "guaranteed, escalated"
	| "guaranteed, audited";

/** What the Worker does for one request, as `test/workers/scale/operations.test.ts` counts it in the Workers runtime. */
export interface CountedRequest {
	/** KV reads of an isolate that holds nothing: key, policy, and the origin where the last stage is asked. */
	readonly recordReads: number;
	/** KV reads of the certificate's copy, once in an isolate's life. */
	readonly leaseReads: number;
	/** Calls of the small model. */
	readonly edgeCalls: number;
	/** Calls of the last stage. */
	readonly originCalls: number;
	/** For the tenant's ledger: the observation, gathered with others. */
	readonly observations: number;
	/** For the ledger of evidence: entries and verdicts, gathered with others. */
	readonly gatheredEvidence: number;
	/** Entries that are sent at once: an audit's draw. */
	readonly draws: number;
	/** Audits whose cost the tenant's ledger counts; they come with the verdict. */
	readonly auditCosts: number;
}

export const COUNTED_REQUESTS: Readonly<Record<RequestKind, CountedRequest>> = {
	accepted: {
		recordReads: 2,
		leaseReads: 0,
		edgeCalls: 1,
		originCalls: 0,
		observations: 1,
		gatheredEvidence: 0,
		draws: 0,
		auditCosts: 0,
	},
	escalated: {
		recordReads: 3,
		leaseReads: 0,
		edgeCalls: 1,
		originCalls: 1,
		observations: 1,
		gatheredEvidence: 0,
		draws: 0,
		auditCosts: 0,
	},
	"guaranteed, accepted": {
		recordReads: 2,
		leaseReads: 1,
		edgeCalls: 1,
		originCalls: 0,
		observations: 1,
		gatheredEvidence: 1,
		draws: 0,
		auditCosts: 0,
	},
	"guaranteed, escalated": {
		recordReads: 3,
		leaseReads: 1,
		edgeCalls: 1,
		originCalls: 1,
		observations: 1,
		gatheredEvidence: 1,
		draws: 0,
		auditCosts: 0,
	},
	"guaranteed, audited": {
		recordReads: 3,
		leaseReads: 1,
		edgeCalls: 1,
		originCalls: 1,
		observations: 1,
		gatheredEvidence: 1,
		draws: 1,
		auditCosts: 1,
	},
};

/** Rows of SQL, an alarm that is set being a row written. */
export interface CountedRows {
	readonly written: number;
	readonly read: number;
}

/** What calls of ledgers write and read, counted by the same test. */
export const COUNTED_ROWS = {
	/** A call of a tenant's ledger, whatever it brings: totals, last requests, the sum for metrics. */
	usageCall: { written: 3, read: 41 },
	/** Each observation or audit's cost of it: what makes it count once. */
	usageItem: { written: 1, read: 1 },
	/** What follows at a shard of the metrics, which is a call of its own. */
	metricsCall: { written: 1, read: 0 },
	/** A call of a ledger of evidence: the open bucket and the ledger's state. */
	evidenceCall: { written: 2, read: 47 },
	/** Each entry of it. */
	evidenceEntry: { written: 1, read: 1 },
	/** A draw beside that, its verdict, and what closing its bucket deletes. */
	audit: { written: 3, read: 5 },
	/** Closing the bucket of ten seconds, with the conclusions. */
	closing: { written: 3, read: 23 },
} as const satisfies Readonly<Record<string, CountedRows>>;
