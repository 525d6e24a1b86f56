import * as v from "valibot";
import { isOriginSecretName, originRecordName } from "../core/published-records.ts";
import { ok, type Result } from "../core/result.ts";
import type { Clock, StoreFailure } from "../cascade/ports.ts";
import type { FaultLog } from "./fault-counter.ts";
import { createKvRecordCache, type CacheTimes } from "./kv-record-cache.ts";
import { isAllowedHost, parseOriginUrl } from "../web/origin-url.ts";

/** An operator-defined upstream that speaks OpenAI's API. */
export interface Origin {
	/** Ends in the version, without a slash: `https://gpu.example.com/v1`. */
	readonly baseUrl: string;
	/** Sent as bearer token; null where the origin wants none. Never written anywhere. */
	readonly key: string | null;
	/** Calls of one isolate that may wait for its answer at once; absent: any number. */
	readonly maxConcurrent?: number | undefined;
}

/** Finds origins by the name a policy uses. */
export interface OriginStore {
	/** Null: not defined, or not usable as defined. */
	readonly find: (name: string) => Promise<Result<Origin | null, StoreFailure>>;
}

/** `origin/<name>` in KV. The secret is a Worker secret; the record holds its name only. */
const originRecord = v.object({
	version: v.literal(1),
	baseUrl: v.string(),
	secret: v.optional(v.nullable(v.string())),
	maxConcurrent: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
});

type OriginRecord = v.InferOutput<typeof originRecord>;

/** Origins in KV. `secret` looks a Worker secret up by name. */
export function createKvOriginStore(input: {
	readonly kv: Pick<KVNamespace, "get">;
	readonly secret: (name: string) => string | undefined;
	/** Allows `http:` to this machine, for the laptop. */
	readonly allowLoopback: boolean;
	/** The operator's list of hosts, as in the admin API: whoever can write to KV shall not lead a key elsewhere. Absent: any. */
	readonly hosts?: readonly string[];
	readonly clock: Clock;
	readonly times?: CacheTimes;
	readonly logFault?: FaultLog;
}): OriginStore {
	const { allowLoopback, hosts = [], secret: secretOf } = input;
	// All that is asked of a record is asked when it is read, and not at each request.
	const records = createKvRecordCache({
		...input,
		kind: "origin",
		parse: (document) => {
			const record = v.safeParse(originRecord, document);
			return record.success ? { origin: usableOrigin(record.output) } : undefined;
		},
	});

	function usableOrigin({ baseUrl: text, secret = null, maxConcurrent }: OriginRecord): Origin | null {
		// A record that is well-formed and not allowed will not mend by itself: it is no passing fault of the store.
		const baseUrl = parseOriginUrl(text, allowLoopback);
		if (!baseUrl.ok || (secret !== null && !isOriginSecretName(secret))) return null;
		if (!isAllowedHost(new URL(baseUrl.value).hostname, hosts)) return null;
		if (secret === null) return { baseUrl: baseUrl.value, key: null, maxConcurrent };
		const key = secretOf(secret);
		// An origin without its key would be asked anonymously, and its refusal blamed on the client.
		return key === undefined || key === "" ? null : { baseUrl: baseUrl.value, key, maxConcurrent };
	}

	return {
		async find(name) {
			const record = await records.read(originRecordName(name));
			return record.ok ? ok(record.value?.origin ?? null) : record;
		},
	};
}
