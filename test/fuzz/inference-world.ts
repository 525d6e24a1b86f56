import { createHash } from "node:crypto";
import { createEmbedder } from "../../src/adapters/embeddings-resolver.ts";
import { createFeedbackRecorder } from "../../src/adapters/feedback-recorder.ts";
import { createKvKeyStore } from "../../src/adapters/kv-key-store.ts";
import { createKvPolicyStore } from "../../src/adapters/kv-policy-store.ts";
import { createKvOriginStore } from "../../src/adapters/origin-store.ts";
import { createStageResolver } from "../../src/adapters/stage-resolver.ts";
import { systemClock } from "../../src/adapters/system-clock.ts";
import { formatApiKey } from "../../src/core/api-key.ts";
import { keyRecordName, originRecordName, policyRecordName } from "../../src/core/published-records.ts";
import { ok } from "../../src/core/result.ts";
import { createApp } from "../../src/http/app.ts";
import { STREAM_TIMES, type AppPorts } from "../../src/http/app-ports.ts";
import { noBudget } from "../support/no-budget.ts";
import { noRateTier } from "../support/no-rate-tier.ts";
import { createFuzzFarSide, type FuzzFarSide } from "./far-side.ts";
import { fuzzedPolicy } from "./fuzzed-policy.ts";

/** A tenant of the world. Its secret is in everything of its own and in nothing else. */
interface FuzzedTenant {
	readonly id: string;
	readonly key: string;
	readonly secret: string;
}

/** The product's routes over its own adapters, with memory for KV and models that answer at once. */
export interface InferenceWorld {
	readonly tenants: readonly [FuzzedTenant, FuzzedTenant];
	readonly farSide: FuzzFarSide;
	readonly fetch: (request: Request) => Promise<Response>;
	/** Faults that were logged: there should be none. */
	readonly faults: string[];
	/** Records that were made for another tenant than the one that asked. */
	readonly misplaced: string[];
}

/** Two tenants with cascades of the same names. The caller puts `farSide.fetch` in place of the global one. */
export async function createInferenceWorld(): Promise<InferenceWorld> {
	const tenantOf = (name: string): FuzzedTenant => ({
		id: `tenant-${name}`,
		key: formatApiKey(createHash("sha256").update(name).digest()),
		secret: `s${createHash("sha256").update(`secret of ${name}`).digest("hex").slice(0, 14)}`,
	});
	const tenants = [tenantOf("a"), tenantOf("b")] as const;
	const originKeyOf = (secret: string) => `key-of-${secret}`;
	const farSide = createFuzzFarSide({
		secretOf: (id) => tenants.find((tenant) => tenant.id === id)?.secret ?? "",
		originKeyOf,
	});

	const records = new Map<string, string>();
	for (const { id, key, secret } of tenants) {
		const put = (name: string, fields: object) => records.set(name, JSON.stringify({ version: 1, ...fields }));
		put(keyRecordName(createHash("sha256").update(key).digest("hex")), { tenant: id, scopes: ["inference"] });
		put(originRecordName(`${id}.gpu`), {
			baseUrl: `https://${secret}.example.com/v1`,
			secret: `ORIGIN_${secret.toUpperCase()}`,
		});
		const policy = fuzzedPolicy(secret, `${id}.gpu`);
		const canary = { revision: 2, share: 0.5, policy };
		put(policyRecordName(id), { revision: 1, publishedAt: 1_790_000_000, policy, canary });
	}
	const kv = { get: async (name: string) => records.get(name) ?? null } as unknown as Parameters<
		typeof createKvKeyStore
	>[0]["kv"];

	const misplaced: string[] = [];
	const expectTenant = (tenant: string, what: string) => {
		const asked = farSide.asking.getStore()?.tenant;
		if (asked !== tenant) misplaced.push(`${what} of ${tenant} for ${String(asked)}`);
	};
	const faults: string[] = [];
	const logFault = (fault: string, facts: object) => void faults.push(`${fault} ${JSON.stringify(facts)}`);
	const clock = systemClock;
	const origins = createKvOriginStore({
		kv,
		secret: (name) => originKeyOf(name.replace("ORIGIN_", "").toLowerCase()),
		allowLoopback: false,
		clock,
	});
	const { ai } = farSide;
	const ports: AppPorts = {
		keys: createKvKeyStore({ kv, clock }),
		policies: createKvPolicyStore({ kv, clock }),
		rateLimiter: noRateTier,
		resolveStage: createStageResolver({ ai, origins, clock }),
		embed: createEmbedder({ ai, origins, clock }),
		spendingOf: noBudget,
		recordFeedback: createFeedbackRecorder({
			ledgerOf: (tenant) => ({
				async recordFeedback() {
					expectTenant(tenant, "feedback");
					return ok({ changed: true, joined: false });
				},
			}),
			clock,
			logFault,
		}),
		observations: { record: ({ tenant }) => expectTenant(tenant, "observation") },
		clock,
		times: STREAM_TIMES,
	};
	const app = createApp<object>(() => ports, logFault);
	return { tenants, farSide, fetch: async (request) => app.fetch(request, {}), faults, misplaced };
}
