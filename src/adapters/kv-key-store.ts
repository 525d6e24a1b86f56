import * as v from "valibot";
import QuickLRU from "quick-lru";
import { isWellFormedApiKey } from "../core/api-key.ts";
import { keyRecordName } from "../core/published-records.ts";
import { ok } from "../core/result.ts";
import type { CacheBounds } from "../core/weighed-cache.ts";
import type { Clock, KeyStore } from "../cascade/ports.ts";
import type { FaultLog } from "./fault-counter.ts";
import { createKvRecordCache, type CacheTimes } from "./kv-record-cache.ts";

/** `key/<sha256 in hex>`: what the store knows of a key. Never the key. */
const keyRecord = v.object({
	version: v.literal(1),
	tenant: v.string(),
	scopes: v.array(v.string()),
	/** Milliseconds since the Unix epoch; a revoked key keeps its record, so that KV cannot resurrect an older one. */
	revokedAt: v.optional(v.nullable(v.number())),
	/** Likewise; from then on the key is refused. */
	expiresAt: v.optional(v.nullable(v.number())),
});

/** Hashes remembered, so that a busy key is not hashed at each request. The keys are in memory only. */
const MOST_HASHES = 10_000;

/**
 * Keys in KV under their SHA-256. Unsalted is enough: a key has 256 random bits, so no table of guesses helps.
 * `knownKeys` are accepted in spite of their shape; the laptop's demo key is one, production has none.
 */
export function createKvKeyStore(input: {
	readonly kv: Pick<KVNamespace, "get">;
	readonly clock: Clock;
	readonly knownKeys?: readonly string[];
	readonly times?: CacheTimes;
	readonly bounds?: CacheBounds;
	readonly logFault?: FaultLog;
}): KeyStore {
	const { knownKeys = [] } = input;
	const records = createKvRecordCache({
		...input,
		kind: "key",
		parse: (document) => {
			const parsed = v.safeParse(keyRecord, document);
			return parsed.success ? parsed.output : undefined;
		},
	});
	const hashes = new QuickLRU<string, string>({ maxSize: MOST_HASHES });
	return {
		async find(key) {
			// Garbage is refused without a look-up, which would cost a KV read each.
			let hash = hashes.get(key);
			if (hash === undefined) {
				if (!knownKeys.includes(key) && !isWellFormedApiKey(key)) return ok(null);
				hash = await sha256Hex(key);
				hashes.set(key, hash);
			}
			const record = await records.read(keyRecordName(hash));
			if (!record.ok) return record;
			if (record.value === null || record.value.revokedAt != null) return ok(null);
			const { expiresAt } = record.value;
			if (expiresAt != null && expiresAt <= input.clock.now()) return ok(null);
			return ok({ tenant: record.value.tenant, scopes: record.value.scopes });
		},
	};
}

/** SHA-256 of the text's UTF-8 bytes, in lower-case hex. */
export async function sha256Hex(text: string): Promise<string> {
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
	return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
