import type { LedgerRuntime, RecordWriter } from "./ledger-runtime.ts";
import type { PublicationOutbox, QueuedRecord } from "./publication-outbox.ts";

/** KV takes one write a second a key. */
const SPACING_MS = 1_000;
const MOST_DELAY_MS = 60_000;
/** After this long a write that nobody has heard of, since its ledger went down, is tried again. */
const CLAIM_MS = 10_000;
/** Records of one pass; an invocation may make 1,000 calls to KV. */
const MOST_RECORDS = 100;

/**
 * Brings the outbox to KV. A pass is two steps, so that a crash between them loses nothing: `claim`, in the
 * transaction of the change or of the alarm, picks what is due and sets its next attempt to be after a crash;
 * `deliver` writes it, and settles each record in a transaction of its own.
 *
 * Two writes of one record are never in flight together, since the older could land last, and are a second apart.
 */
export interface KvPublisher {
	readonly claim: () => readonly QueuedRecord[];
	/** Never rejects on account of KV. */
	readonly deliver: (claimed: readonly QueuedRecord[]) => Promise<void>;
}

/** `settle` runs its argument, which is what became of one record, in a transaction of its own. */
export function createKvPublisher(input: {
	readonly outbox: PublicationOutbox;
	readonly records: RecordWriter;
	readonly runtime: Pick<LedgerRuntime, "now" | "random" | "logFault">;
	readonly settle: (work: () => void) => void;
}): KvPublisher {
	const { outbox, records, runtime, settle } = input;
	const inFlight = new Set<string>();
	/** When each record was last written or tried. Lost with the instance: KV then refuses what comes too soon. */
	const lastTriedAt = new Map<string, number>();

	const deliverOne = async ({ recordKey, value, sequence, attempts }: QueuedRecord): Promise<void> => {
		let failure: unknown;
		try {
			if (value === null) await records.delete(recordKey);
			else await records.put(recordKey, value);
		} catch (error) {
			failure = error ?? "unknown";
		}
		const now = runtime.now();
		inFlight.delete(recordKey);
		lastTriedAt.set(recordKey, now);
		settle(() => {
			if (failure !== undefined) {
				outbox.postpone(recordKey, now + retryDelay(attempts, runtime.random()), "failed");
			} else if (!outbox.remove(recordKey, sequence)) {
				outbox.postpone(recordKey, now + SPACING_MS);
			}
		});
		if (failure !== undefined) {
			// The record's kind and not its name, which for a key is the key's hash.
			const kind = recordKey.slice(0, recordKey.indexOf("/"));
			runtime.logFault("kv-not-written", { kind, attempts: attempts + 1, reason: String(failure) });
		}
	};

	return {
		claim() {
			const now = runtime.now();
			for (const [recordKey, at] of lastTriedAt) if (at + SPACING_MS <= now) lastTriedAt.delete(recordKey);
			return outbox.due(now, MOST_RECORDS).filter(({ recordKey }) => {
				const triedAt = lastTriedAt.get(recordKey);
				if (triedAt !== undefined) {
					outbox.postpone(recordKey, triedAt + SPACING_MS);
					return false;
				}
				outbox.postpone(recordKey, now + CLAIM_MS);
				if (inFlight.has(recordKey)) return false;
				inFlight.add(recordKey);
				return true;
			});
		},
		async deliver(claimed) {
			await Promise.all(claimed.map(deliverOne));
		},
	};
}

/**
 * Milliseconds to wait after this many failed attempts before this one: exponential with full jitter, so that ledgers
 * which failed together do not come back together, and never less than KV's own pace. Source: Brooker, "Exponential
 * Backoff and Jitter", AWS Architecture Blog, 2015.
 */
export function retryDelay(attempts: number, random: number): number {
	return Math.max(SPACING_MS, Math.floor(random * Math.min(MOST_DELAY_MS, SPACING_MS * 2 ** (attempts + 1))));
}
