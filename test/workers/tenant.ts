import { env } from "cloudflare:workers";
import { inject } from "vitest";
import { sha256Hex } from "../../src/adapters/kv-key-store.ts";
import { formatApiKey } from "../../src/core/api-key.ts";
import { callerLeft, callsTo, type RecordedCall } from "../support/far-side.ts";
import { fakeCascade, type CascadeChanges } from "../support/cascades.ts";

/** A tenant of one test: its own key, and its own tag at the far side. */
export interface TestTenant {
	readonly id: string;
	readonly key: string;
	/** What Workers AI has been asked, and the origin. */
	readonly workersAiCalls: () => Promise<readonly RecordedCall[]>;
	readonly originCalls: () => Promise<readonly RecordedCall[]>;
	/** Whether the origin, or Workers AI, has seen its caller leave within a second. */
	readonly originLeft: () => Promise<boolean>;
	readonly workersAiLeft: () => Promise<boolean>;
}

/** Publishes a tenant with this cascade as `cascade`. */
export async function publishTenant(
	changes: CascadeChanges = {},
	limits: Readonly<Record<string, number | string>> = {},
	scopes: readonly string[] = ["inference"],
	others: {
		readonly embeddings?: Readonly<Record<string, { readonly model: string }>>;
		readonly defaults?: unknown;
		readonly budget?: unknown;
	} = {},
): Promise<TestTenant> {
	const tag = crypto.randomUUID();
	const cascade = fakeCascade(changes);
	const stages = cascade.stages.map((stage) => ({ ...stage, ...taggedModels(stage, tag) }));
	const embeddings = Object.fromEntries(
		Object.entries(others.embeddings ?? {}).map(([alias, model]) => [alias, { ...model, ...taggedModels(model, tag) }]),
	);
	const policy = { version: 1, cascades: { cascade: { ...cascade, stages } }, limits, ...others, embeddings };
	const key = formatApiKey(crypto.getRandomValues(new Uint8Array(32)));
	await Promise.all([
		putRecord(`key/${await sha256Hex(key)}`, { tenant: tag, scopes }),
		putRecord(`tenant/${tag}/policy`, { revision: 1, publishedAt: 1_790_000_000, policy }),
		putRecord("origin/fake", { baseUrl: `${inject("fakeOriginUrl")}/v1`, secret: "ORIGIN_FAKE_KEY" }),
	]);
	return {
		id: tag,
		key,
		workersAiCalls: () => callsTo(inject("workersAiUrl"), tag),
		originCalls: () => callsTo(inject("fakeOriginUrl"), tag),
		originLeft: () => callerLeft(inject("fakeOriginUrl"), tag, 1_000),
		workersAiLeft: () => callerLeft(inject("workersAiUrl"), tag, 1_000),
	};
}

/** Publishes a record in the form of `docs/storage.md`. */
export async function putRecord(key: string, fields: Readonly<Record<string, unknown>>): Promise<void> {
	await env.CONFIG.put(key, JSON.stringify({ version: 1, ...fields }));
}

/** Real models keep their names; the fakes' get the tag, a checker's too. */
function taggedModels(stage: { readonly model?: unknown; readonly confidence?: unknown }, tag: string) {
	const tagged = (model: unknown) => (String(model).startsWith("@cf/") ? model : `${String(model)}~${tag}`);
	const confidence = stage.confidence as { readonly model?: string } | undefined;
	if (confidence?.model === undefined) return { model: tagged(stage.model) };
	return { model: tagged(stage.model), confidence: { ...confidence, model: tagged(confidence.model) } };
}
