import { parseJson } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import { createWeighedCache, type CacheBounds } from "../core/weighed-cache.ts";
import { settledWithin } from "../web/settled-within.ts";
import type { FaultLog } from "./fault-counter.ts";
import { logFault as logOnly } from "./observation-log.ts";
import type { Clock, StoreFailure } from "../cascade/ports.ts";

/** How long what was read may be used. */
export interface CacheTimes {
	/** Milliseconds after which a record is read again. With KV's own cache this bounds how long a change takes. */
	readonly freshMs: number;
	/** Milliseconds for which an absent record is believed absent. */
	readonly absentMs: number;
	/** Milliseconds that KV may take; past it the last good record serves. */
	readonly readMs: number;
	/** Milliseconds for which the last good record serves while KV cannot be read or holds rubbish. */
	readonly lastGoodMs: number;
}

/** The product's times: a change is seen within 30 s of KV holding it, on top of KV's own minute. */
export const CACHE_TIMES: CacheTimes = {
	freshMs: 30_000,
	absentMs: 10_000,
	readMs: 2_000,
	lastGoodMs: 3_600_000,
};

/** For so many milliseconds after a read that failed the last good record serves without another: an outage is not to slow every request. */
const ASK_AGAIN_MS = 5_000;

/** KV's own cache at each location; 30 s is the least it takes. */
const KV_CACHE_TTL_SECONDS = 30;

/**
 * What an isolate, which has 128 MB, keeps of each kind of record: 10,000 tenants with policies of a thousand characters, and
 * fewer of larger ones. A record takes three to four bytes a character, of which its text is one.
 */
const MOST_KEPT: CacheBounds = { values: 20_000, weight: 12_000_000 };
/** Characters that a record weighs beside its text: its name, and that there is one. */
const ENTRY_WEIGHT = 200;

/** A record as it was read. */
interface Fetched<Value> {
	readonly value: Value | null;
	readonly text: string;
}

interface Entry<Value> {
	readonly value: Value | null;
	/** The newest record ever read, which an absent one does not make forgotten: a reader must not go back behind it. */
	readonly newest: Value | null;
	readonly readAt: number;
	/** When the last good record is read again after a read that failed. */
	readonly askAgainAt?: number;
	/** Of the newest: where it is read again unchanged, as nearly always, it need not be parsed again. */
	readonly text: string;
}

/** Reads records from KV through a bounded cache in the isolate. */
export interface KvRecordCache<Value> {
	readonly read: (key: string) => Promise<Result<Value | null, StoreFailure>>;
}

/**
 * A cache over one kind of KV record. `parse` returns undefined for a value it cannot read; then, and when KV itself
 * fails, the last good record serves. `isOlder` keeps readers from going back: KV locations converge one by one, so
 * a read can be older than the one before it.
 *
 * Reads are not shared between concurrent requests: in Workers a promise belongs to the request that made it.
 */
export function createKvRecordCache<Value>(input: {
	/** A part of the runtime's `KVNamespace`. */
	readonly kv: {
		readonly get: (
			key: string,
			options: { readonly type: "text"; readonly cacheTtl: number },
		) => Promise<string | null>;
	};
	readonly kind: string;
	readonly parse: (document: unknown) => Value | undefined | Promise<Value | undefined>;
	readonly isOlder?: (read: Value, known: Value) => boolean;
	readonly clock: Clock;
	readonly times?: CacheTimes;
	/** Weight in characters. */
	readonly bounds?: CacheBounds;
	readonly logFault?: FaultLog;
}): KvRecordCache<Value> {
	const { kv, kind, parse, isOlder = () => false, clock, times = CACHE_TIMES, logFault = logOnly } = input;
	const entries = createWeighedCache<Entry<Value>>(input.bounds ?? MOST_KEPT);
	const keep = (key: string, entry: Entry<Value>) => entries.set(key, entry, ENTRY_WEIGHT + entry.text.length);

	const fetchRecord = async (
		key: string,
		known?: Entry<Value>,
	): Promise<Result<Fetched<Value>, "unreadable" | "unparsable">> => {
		let text: string | null;
		try {
			const answer = await settledWithin(
				kv.get(key, { type: "text", cacheTtl: KV_CACHE_TTL_SECONDS }),
				times.readMs,
				clock,
			);
			if (answer === undefined) return err("unreadable");
			text = answer;
		} catch {
			return err("unreadable");
		}
		if (text === null) return ok({ value: null, text: "" });
		if (known !== undefined && known.newest !== null && text === known.text) return ok({ value: known.newest, text });
		const document = parseJson(text);
		const value = document === undefined ? undefined : await parse(document);
		return value === undefined ? err("unparsable") : ok({ value, text });
	};

	return {
		async read(key) {
			const now = clock.now();
			const known = entries.get(key);
			if (known !== undefined && now - known.readAt < (known.value === null ? times.absentMs : times.freshMs)) {
				return ok(known.value);
			}
			const usable = known !== undefined && known.value !== null && now - known.readAt < times.lastGoodMs;
			if (usable && now < (known.askAgainAt ?? 0)) return ok(known.value);
			const fetched = await fetchRecord(key, known);
			if (!fetched.ok) {
				logFault(`kv-${fetched.error}`, { kind });
				if (!usable) return err({ kind: "store-unavailable" });
				// Not over what another request has read meanwhile.
				if (entries.get(key) === known) keep(key, { ...known, askAgainAt: clock.now() + ASK_AGAIN_MS });
				return ok(known.value);
			}
			// Another request may have read meanwhile: what it found is not to be gone back behind.
			const latest = entries.get(key) ?? known;
			if (latest !== undefined && latest.readAt > now) return ok(latest.value);
			const newest = latest?.newest ?? null;
			const { value: read, text } = fetched.value;
			const isOld = newest !== null && (read === null || isOlder(read, newest));
			const value = read !== null && isOld ? newest : read;
			keep(key, { value, newest: value ?? newest, text: isOld ? (latest?.text ?? "") : text, readAt: now });
			return ok(value);
		},
	};
}
