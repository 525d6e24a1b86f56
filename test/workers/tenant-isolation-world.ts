import { env } from "cloudflare:workers";
import { createExecutionContext, createMessageBatch, runInDurableObject } from "cloudflare:test";
import { inject } from "vitest";
import type { TenantLedgerPort } from "../../src/core/ledger/ledger-ports.ts";
import { formatOperatorKey } from "../../src/admin/operator-key.ts";
import { sha256Hex } from "../../src/adapters/kv-key-store.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { ObservationMessage } from "../../src/core/ledger/observation-message.ts";
import { createWorker, type WholeBindings } from "./whole-worker.ts";
import { documentAssets } from "../admin/document-assets.ts";
import { fakeCascade } from "../support/cascades.ts";
import { FAKE_ORIGIN_KEY } from "../support/fake-origin-key.ts";
import { callsTo } from "../support/far-side.ts";

const BASE = "https://edge.example";

/** A tenant of the world, with a key of each scope and one of all. */
export interface IsolatedTenant {
	readonly tenant: string;
	/** In everything that another tenant could only know by having read it. */
	readonly secret: string;
	/** A cascade's name that no other tenant has; `shared` is every tenant's. */
	readonly alias: string;
	readonly keys: Readonly<
		Record<"inference" | "read" | "admin" | "all", { readonly key: string; readonly id: string }>
	>;
	readonly origin: string;
}

/** One Worker, as production composes it, with its ledgers and KV; only the queue is held back. */
export async function createIsolationWorld() {
	const operatorKey = formatOperatorKey(crypto.getRandomValues(new Uint8Array(32)));
	const messages: ObservationMessage[] = [];
	/** The keys under which tenants were counted by their rate tier. */
	const counted: string[] = [];
	const tier = { limit: async ({ key }: { readonly key: string }) => ({ success: counted.push(key) > 0 }) };
	const bindings = {
		...(env as unknown as WholeBindings),
		ASSETS: documentAssets,
		OPERATOR_KEY_SHA256: await sha256Hex(operatorKey),
		OBSERVATIONS: { send: async (message: ObservationMessage) => void messages.push(message) },
		RATE_TIER_TEST: tier,
		ORIGIN_FAKE_KEY: FAKE_ORIGIN_KEY,
	} as unknown as WholeBindings;
	const worker = createWorker();
	const fetch = async (request: Request): Promise<Response> =>
		worker.fetch(request, bindings, createExecutionContext());

	const asOperator = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
		const response = await fetch(
			new Request(`${BASE}/admin/v1${path}`, {
				method,
				headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json", ...headers },
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			}),
		);
		const answer = await response.json<JsonObject>();
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
		return answer;
	};

	/** A tenant at revision 2, with a canary on revision 1, two origins of its own, a budget and a rate tier. */
	const addTenant = async (name: string, fields: JsonObject = {}): Promise<IsolatedTenant> => {
		const secret = `s${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
		const tenant = `${name}-${crypto.randomUUID().slice(0, 18)}`;
		const alias = `own-${tenant}`;
		const origin = `${tenant}.gpu`;
		const policyAt = (threshold: number): JsonObject => {
			const cascade = fakeCascade({
				edge: { name: `edge-${secret}`, model: `@fake/choices~${secret}`, threshold },
				origin: { name: `last-${secret}`, model: `plain~${secret}`, origin },
			});
			const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 0 };
			const embedding = { adapter: "openai", model: `embedding~${secret}`, origin, price };
			return {
				version: 1,
				cascades: { shared: cascade, [alias]: cascade },
				embeddings: { "shared-vectors": embedding, [`vectors-${tenant}`]: embedding },
				defaults: { moderations: "shared" },
				budget: { usdPerDay: 5 },
				limits: { rateTier: "test" },
				...fields,
			};
		};
		const path = `/tenants/${tenant}`;
		await asOperator("POST", "/tenants", { tenant, name: `Name ${secret}` });
		await asOperator("PUT", `/origins/${origin}`, {
			baseUrl: `${inject("fakeOriginUrl")}/v1`,
			secret: "ORIGIN_FAKE_KEY",
		});
		await asOperator("PUT", `/origins/${tenant}.spare`, {
			baseUrl: `https://${secret}.example.com/v1`,
			secret: `ORIGIN_${secret.toUpperCase()}`,
		});
		await asOperator("PUT", `${path}/policy?reason=${secret}`, policyAt(0.7), { "if-none-match": "*" });
		await asOperator("PUT", `${path}/policy?reason=${secret}`, policyAt(0.8), { "if-match": '"1"' });
		await asOperator("PUT", `${path}/policy/canary`, { revision: 1, share: 0.5, reason: secret });
		const keyOf = async (scopes: readonly string[]) => {
			const { key, id } = await asOperator("POST", `${path}/keys`, { name: `Key ${secret}`, scopes });
			return { key: String(key), id: String(id) };
		};
		const keys = {
			inference: await keyOf(["inference"]),
			read: await keyOf(["read"]),
			admin: await keyOf(["admin"]),
			all: await keyOf(["inference", "read", "admin"]),
		};
		return { tenant, secret, alias, keys, origin };
	};

	return {
		fetch,
		ledgerOf: (tenant: string) => env.TENANT_LEDGER.getByName(tenant) as unknown as TenantLedgerPort,
		asOperator,
		addTenant,
		operatorKey,
		counted,
		/** What has been sent to the queue comes to the ledgers. */
		async deliver(): Promise<void> {
			// Observations wait a second for others of their tenant.
			await scheduler.wait(1_300);
			const batch = messages
				.splice(0)
				.map((body, index) => ({ id: `m${index}`, timestamp: new Date(), attempts: 1, body }));
			if (batch.length > 0) await worker.queue(createMessageBatch("edge-cascade-observations", batch), bindings);
		},
		/** Asks an endpoint for inference. */
		ask: (key: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
			fetch(
				new Request(`${BASE}${path}`, {
					method: "POST",
					headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
					body: JSON.stringify(body),
				}),
			),
	};
}

/** Everything that is stored of a tenant or about it: its ledger, row by row, the registry, KV; and the models it has asked. */
export async function everythingOf({ tenant, secret }: IsolatedTenant): Promise<unknown> {
	const [ledger, registry, calls, modelCalls] = await Promise.all([
		rowsOf(env.TENANT_LEDGER.getByName(tenant)),
		rowsOf(env.OPERATOR_REGISTRY.getByName("registry")),
		callsTo(inject("fakeOriginUrl"), secret),
		callsTo(inject("workersAiUrl"), secret),
	]);
	return { ledger, registry, calls: calls.length, modelCalls: modelCalls.length, kv: await recordsNaming(tenant) };
}

async function rowsOf(stub: DurableObjectStub): Promise<JsonObject> {
	return runInDurableObject(stub, (_instance, { storage: { sql } }) => {
		const tables = sql
			.exec<{ name: string }>(
				"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name",
			)
			.toArray();
		return Object.fromEntries(
			tables.map(({ name }) => [name, JSON.stringify(sql.exec(`SELECT * FROM "${name}"`).toArray())]),
		);
	});
}

/** Every record of KV whose name or value names the tenant. */
async function recordsNaming(tenant: string): Promise<readonly string[]> {
	const { keys } = await env.CONFIG.list();
	const records = await Promise.all(keys.map(async ({ name }) => `${name} ${await env.CONFIG.get(name)}`));
	return records.filter((record) => record.includes(tenant)).toSorted();
}
