/** An answer as it went out. */
export interface KeptAnswer {
	/** 200 to 299. */
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: ArrayBuffer;
}

/** What a record says to a request that wants its key. */
export type RecordedClaim =
	/** The key was free, and is now this request's. */
	| { readonly kind: "granted" }
	/** The request has been answered before, by the request of this id. */
	| { readonly kind: "replay"; readonly requestId: string; readonly answer: KeptAnswer }
	/** Likewise, with more than is kept. */
	| { readonly kind: "not-kept"; readonly requestId: string }
	/** The request that has the key still runs. */
	| { readonly kind: "in-progress" }
	/** The key belongs to a request that asked for something else. */
	| { readonly kind: "reused" };

/**
 * What is known of one idempotency key. Times are in milliseconds; a request is named by its id, and what is said by one
 * that does not have the key changes nothing.
 */
export interface ReplayRecordPort {
	/** Claims the key for `leaseMs`. `fingerprint` tells requests apart that ask for different things. */
	readonly claim: (input: {
		readonly fingerprint: string;
		readonly requestId: string;
		readonly leaseMs: number;
	}) => Promise<RecordedClaim>;
	/** The request has the key for at least so long from now; false where it does not have it any more. */
	readonly renew: (requestId: string, leaseMs: number) => Promise<boolean>;
	/** Keeps the answer, or that there was one (null), for `keepMs`; false where the request does not have the key any more. */
	readonly finish: (requestId: string, answer: KeptAnswer | null, keepMs: number) => Promise<boolean>;
	/** Gives the key back: the next request that claims it runs. */
	readonly release: (requestId: string) => Promise<void>;
}

/** A request that wants a key. */
export interface ReplayRequest {
	readonly tenant: string;
	/** The credential that the request came with. */
	readonly apiKey: string;
	readonly idempotencyKey: string;
	/** All that decides what the request asks for. */
	readonly asked: string;
	readonly requestId: string;
	readonly leaseMs: number;
	/** How long its answer may be kept. */
	readonly keepMs: number;
}

/** A key that a request has. Nothing of it throws or is waited for. */
export interface HeldRecord {
	readonly renew: (leaseMs: number) => void;
	readonly finish: (answer: KeptAnswer | null) => void;
	readonly release: () => void;
}

/** What became of a claim; `unavailable`: the record could not be asked, so nothing is promised. */
export type ReplayClaim =
	| Exclude<RecordedClaim, { readonly kind: "granted" }>
	| { readonly kind: "granted"; readonly record: HeldRecord }
	| { readonly kind: "unavailable" };

/** Answers kept for repeats of their requests. */
export interface Replays {
	/** Claims a key; never throws. */
	readonly claim: (request: ReplayRequest) => Promise<ReplayClaim>;
}
