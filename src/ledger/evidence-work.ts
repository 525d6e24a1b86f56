import type { JsonObject } from "../core/json.ts";
import type { EvidenceIdentity } from "./evidence-record-store.ts";
import type { EvidenceState } from "./evidence-state.ts";
import type { EvidenceStores } from "./evidence-stores.ts";

/** One transaction's view of a ledger: its state is a copy, written at the transaction's end. */
export interface EvidenceWork {
	readonly stores: EvidenceStores;
	readonly identity: EvidenceIdentity;
	readonly state: EvidenceState;
	/** Milliseconds since the Unix epoch. */
	readonly now: number;
}

/**
 * Works on a ledger, in a transaction of the caller's; undefined where there is none. What has become of its state is
 * written at the end, unless the work has destroyed it.
 */
export function workOn<Value>(
	stores: EvidenceStores,
	now: number,
	work: (work: EvidenceWork) => Value,
): Value | undefined {
	const identity = stores.evidence.read();
	if (identity === null) return undefined;
	const state = stores.state.read();
	const value = work({ stores, identity, state, now });
	if (stores.evidence.read() !== null) stores.state.write(state);
	return value;
}

/** Puts on record what the ledger has found out by itself. */
export function note({ stores, now }: EvidenceWork, act: string, detail: JsonObject): void {
	stores.audit.record({ at: now, actor: { kind: "system", name: "evidence" }, act, outcome: "done", detail });
}

/** The beginning of a bucket, and so the end of the one before. */
export function startOfBucket({ stores }: Pick<EvidenceWork, "stores">, bucket: number): number {
	return bucket * stores.times.bucketMs;
}

/** The bucket of a time. */
export function bucketOf({ stores }: Pick<EvidenceWork, "stores">, at: number): number {
	return Math.floor(at / stores.times.bucketMs);
}
