import { createHash } from "node:crypto";
import { formatApiKey } from "../../src/core/api-key.ts";
import { DEMO_TENANT, demoPolicy, type KvRecord } from "../../src/local/demo-records.ts";
import { fakeCascade } from "./cascades.ts";

/** Behaviours of the fake origin that the local stack's tests reach, each as a cascade of the same name. */
const FAKE_ORIGINS = [
	"plain",
	"drip",
	"crlf",
	"no-role",
	"no-done",
	"tool-calls",
	"arguments-as-objects",
	"status-400",
	"status-401",
	"status-404",
	"status-413",
	"status-429-7",
	"status-500",
	"status-503",
	"context-length",
	"html",
	"html-200",
	"invalid-json",
	"empty-choices",
	"redirect",
	"close-at-once",
	"error-first",
	"error-late",
	"break-mid-stream",
	"no-finish-reason",
	"endless",
	"hang",
	"vllm",
	"maximum-context",
	"sglang",
	"tgi",
	"fastapi",
	"text-524",
	"empty-502",
	"flat-error-late",
	"text-error-late",
	"native-answer",
	"native-stream",
	"native-stream-late",
	"detail-late",
	"byte-order-mark",
	"no-space",
	"named-events",
	"with-comments",
	"filter-results-first",
	"second-role",
	"usage-with-content",
	"two-finish-reasons",
	"reasoning",
	"bare",
	"changing-identity",
	"null-tool-fields",
	"empty-tool-fields",
	"two-tool-calls",
] as const;

/** Likewise, of the tenant whose cascades keep texts. */
const KEPT_ORIGINS = ["plain", "drip", "endless"] as const;

const EDGE = { model: "@local/mail-small" };

/** The demo tenant's own policy, and a cascade for each behaviour of the fake origin. */
export function stackPolicy(): Record<string, unknown> {
	const { cascades, ...others } = demoPolicy(undefined) as { cascades: Record<string, unknown> };
	const faked = FAKE_ORIGINS.map(
		(model) => [model, fakeCascade({ edge: EDGE, origin: { model }, timeoutMs: 1_000 })] as const,
	);
	return { ...others, cascades: { ...cascades, ...Object.fromEntries(faked) } };
}

/** Keys of the product's own form, made of fixed bytes, so that tests in other processes know them. */
export const STACK_KEYS = {
	/** Of the demo tenant, beside its demo key. */
	second: keyOf(1),
	revoked: keyOf(2),
	/** Of the demo tenant, but not for inference. */
	withoutScope: keyOf(3),
	/** Of a tenant without a policy. */
	withoutPolicy: keyOf(4),
	/** Of another tenant, which has one cascade. */
	otherTenant: keyOf(5),
	/** Of a tenant of the rate tier `trial`. */
	limited: keyOf(7),
	/** Of a tenant whose cascades keep texts, each named `kept-` and by its origin's behaviour. */
	keeping: keyOf(8),
	/** Each of a tenant of its own with the demo's policy, for what fails so often that a tenant's breaker opens. */
	apart: [keyOf(9), keyOf(10), keyOf(11), keyOf(12)],
	/** Of nobody. */
	unknown: keyOf(6),
} as const;

/** What the tests need in KV beyond the demo's own records. */
export function stackRecords(): KvRecord[] {
	const record = (key: string, fields: object): KvRecord => ({ key, value: JSON.stringify({ version: 1, ...fields }) });
	const keyRecord = (key: string, fields: object) =>
		record(`key/${createHash("sha256").update(key).digest("hex")}`, fields);
	const scopes = ["inference"];
	const { cascades } = demoPolicy(undefined) as { cascades: Record<string, unknown> };
	const kept = KEPT_ORIGINS.map((model) => {
		const origin = { model: `${model}~kept-${model}` };
		return [`kept-${model}`, fakeCascade({ edge: EDGE, origin, timeoutMs: 60_000, retainText: { hours: 1 } })] as const;
	});
	const apart = STACK_KEYS.apart.flatMap((key, index) => [
		keyRecord(key, { tenant: `apart-${index}`, scopes }),
		record(`tenant/apart-${index}/policy`, { revision: 1, publishedAt: 1_790_000_000, policy: stackPolicy() }),
	]);
	return [
		...apart,
		record("tenant/keeping/policy", {
			revision: 1,
			publishedAt: 1_790_000_000,
			policy: { version: 1, cascades: Object.fromEntries(kept) },
		}),
		record("tenant/other/policy", {
			revision: 1,
			publishedAt: 1_790_000_000,
			policy: { version: 1, cascades: { mine: cascades["cascade"] } },
		}),
		record("tenant/limited/policy", {
			revision: 1,
			publishedAt: 1_790_000_000,
			policy: { version: 1, cascades: { cascade: cascades["cascade"] }, limits: { rateTier: "trial" } },
		}),
		keyRecord(STACK_KEYS.second, { tenant: DEMO_TENANT, scopes }),
		keyRecord(STACK_KEYS.revoked, { tenant: DEMO_TENANT, scopes, revokedAt: 1_790_000_000_000 }),
		keyRecord(STACK_KEYS.withoutScope, { tenant: DEMO_TENANT, scopes: ["read-stats"] }),
		keyRecord(STACK_KEYS.withoutPolicy, { tenant: "nobody", scopes }),
		keyRecord(STACK_KEYS.otherTenant, { tenant: "other", scopes }),
		keyRecord(STACK_KEYS.limited, { tenant: "limited", scopes }),
		keyRecord(STACK_KEYS.keeping, { tenant: "keeping", scopes }),
	];
}

function keyOf(byte: number): string {
	return formatApiKey(new Uint8Array(32).fill(byte));
}
