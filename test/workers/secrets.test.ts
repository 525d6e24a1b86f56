import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { sha256Hex } from "../../src/adapters/kv-key-store.ts";
import { guaranteeConfigText } from "../../src/core/evidence/config-text.ts";
import { CERTAIN } from "../../src/core/evidence/guarantee.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { evidenceRecordName, policyRecordName } from "../../src/core/published-records.ts";
import { fakeCascade, type CascadeChanges } from "../support/cascades.ts";
import { FAKE_ORIGIN_KEY } from "../support/fake-origin-key.ts";
import { publishedRecords, storedRows } from "./everything-stored.ts";
import { valueOf } from "./ledger/ledgers.ts";
import { createIsolationWorld, type IsolatedTenant } from "./tenant-isolation-world.ts";

/**
 * After a run of everything, from a tenant's making to its export, with answers, audits, feedback, refusals and failures,
 * in the Workers runtime: what is stored, logged and shown is searched for keys and for texts. No policy here has
 * `retainText`, so no text of a client's may be anywhere.
 */

/** In each text that a client sends; the fake origin's answers repeat what they were asked. */
const PROMPT = "zanzibar-text-4711";
/** What a client may say of its user, in each field that there is for it. */
const USER = "user-of-the-client-0815";
const GUARANTEE = { risk: "selective", targetRisk: 0.1, delta: 0.1 };

let world: Awaited<ReturnType<typeof createIsolationWorld>>;
let tenant: IsolatedTenant;
/** All that was ever a key or looked like one, by what it is. */
const keys = new Map<string, string>([["the origin's key", FAKE_ORIGIN_KEY]]);
const logged: string[] = [];
/** What refused and failed requests were told: body and headers. */
const refusals: string[] = [];
/** What admins and operators are shown, besides the keys that are shown once. */
const shown: string[] = [];

const CASCADES: Readonly<Record<string, CascadeChanges>> = {
	accepted: {},
	escalated: { edge: { model: "@fake/unsure" } },
	parallel: { edge: { model: "@fake/unsure" }, mode: "parallel" },
	audited: { edge: { threshold: undefined, guarantee: GUARANTEE } },
	certified: { edge: { threshold: undefined, guarantee: { ...GUARANTEE, delta: 0.05 } } },
	...Object.fromEntries(
		[
			"shows-all",
			"context-length",
			"vllm",
			"status-401",
			"status-500",
			"redirect",
			"html",
			"invalid-json",
			"error-first",
			"error-late",
			"close-at-once",
		].map((model) => [model, { edge: { model: "@fake/unsure" }, origin: { model } }]),
	),
	"edge-fails": { edge: { model: "@fake/error-3040" } },
	both: { edge: { model: "@fake/error-3040" }, origin: { model: "status-500" } },
};
const cascades = Object.fromEntries(
	Object.entries(CASCADES).map(([name, changes]) => [name, fakeCascade({ timeoutMs: 30_000, ...changes })]),
);

beforeAll(async () => {
	for (const level of ["debug", "log", "info", "warn", "error"] as const)
		vi.spyOn(console, level).mockImplementation((...args: unknown[]) => void logged.push(args.map(String).join(" ")));
	world = await createIsolationWorld();
	keys.set("the deployed operator key", world.operatorKey);
	const vectors = {
		adapter: "openai",
		model: "embedding",
		origin: "fake",
		price: { inputUsdPerMillion: 1, outputUsdPerMillion: 0 },
	};
	await world.asOperator("PUT", "/origins/fake", {
		baseUrl: `${inject("fakeOriginUrl")}/v1`,
		secret: "ORIGIN_FAKE_KEY",
	});
	tenant = await world.addTenant("s");
	const policy = { version: 1, cascades, embeddings: { vectors } };
	const path = `/tenants/${tenant.tenant}/policy`;
	await world.asOperator("DELETE", `${path}/canary?reason=over`);
	await world.asOperator("PUT", `${path}?reason=more`, policy, { "if-match": '"2"' });
	// The published copy comes after: one write a second to each name.
	await vi.waitUntil(
		async () => (await env.CONFIG.get<JsonObject>(policyRecordName(tenant.tenant), "json"))?.["revision"] === 3,
		{ timeout: 10_000, interval: 100 },
	);
	for (const [scope, { key }] of Object.entries(tenant.keys)) keys.set(`the tenant's key for ${scope}`, key);
	await certifyOne();
	await actAsAdmins();
	await askEverything();
	// Audits follow their answers, and what they find waits for others of its kind.
	await scheduler.wait(500);
	await world.deliver();
	await world.deliver();
	await readEverything();
}, 120_000);
afterAll(() => vi.restoreAllMocks());

/** A certificate that no ledger will have a newer one than, so that an answer is accepted and audited. */
async function certifyOne(): Promise<void> {
	const policy = valueOf(parseTenantPolicy({ version: 1, cascades }));
	const cascade = policy.cascades["certified"];
	if (cascade === undefined) throw new Error("the cascade is not there");
	const configHash = await sha256Hex(guaranteeConfigText(cascade, policy));
	const lease = {
		version: 1,
		configHash,
		state: "certified",
		threshold: 0.8,
		epoch: 1,
		phase: 0,
		auditPropensity: CERTAIN,
	};
	const times = { sequence: 1_000_000, issuedAt: Date.now(), expiresAt: Date.now() + 600_000 };
	const name = evidenceRecordName({ tenant: tenant.tenant, cascade: "certified", configHash });
	await env.CONFIG.put(name, JSON.stringify({ ...lease, ...times }));
}

async function actAsAdmins(): Promise<void> {
	const path = `/tenants/${tenant.tenant}`;
	const made = await world.asOperator("POST", "/operator-keys", { name: "Ada" });
	keys.set("an issued operator key", String(made["key"]));
	const rotated = await world.asOperator("POST", `${path}/keys/${tenant.keys.read.id}/rotate`, { overlapSeconds: 0 });
	keys.set("a rotated key", String(rotated["key"]));
	await world.asOperator("DELETE", `${path}/keys/${tenant.keys.all.id}`);
	await world.asOperator("DELETE", `/operator-keys/${String(made["id"])}`);
}

const bodyOf = (model: string): JsonObject => ({
	model,
	messages: [
		{ role: "system", content: `System ${PROMPT}` },
		{ role: "user", content: `Is this spam? ${PROMPT}`, name: "ada" },
	],
	user: USER,
	safety_identifier: USER,
	prompt_cache_key: USER,
	metadata: { note: PROMPT, user: USER },
});

/** Sends it; what is refused or fails is kept. */
async function send(
	path: string,
	body: unknown,
	key = tenant.keys.inference.key,
	headers: Record<string, string> = {},
) {
	const response = await world.ask(key, path, body, headers);
	const text = await response.text();
	if (!response.ok) refusals.push(JSON.stringify([response.status, [...response.headers], text]));
	return response;
}

async function askEverything(): Promise<void> {
	const chat = "/v1/chat/completions";
	const answered: string[] = [];
	for (const model of Object.keys(cascades)) {
		for (const stream of [false, true]) {
			const response = await send(chat, { ...bodyOf(model), stream });
			if (response.ok) answered.push(response.headers.get("x-request-id") ?? "");
		}
		await send("/v1/responses", { model, input: PROMPT, instructions: PROMPT, user: USER });
		await send("/v1/classifications", { model, input: [PROMPT, `Two ${PROMPT}`], labels: ["spam", "ham"] });
		await send("/v1/moderations", { model, input: PROMPT });
	}
	const tools = [
		{ type: "function", function: { name: "label", description: PROMPT, parameters: { type: "object" } } },
	];
	await send(chat, { ...bodyOf("audited"), tools });
	await send(chat, { ...bodyOf("certified") });
	await send("/v1/embeddings", { model: "vectors", input: [PROMPT], user: USER });
	for (const request_id of answered) await send("/v1/feedback", { request_id, correct: false });

	// What is refused: by its form, by its key, by where its key stands.
	await send(chat, { ...bodyOf("accepted"), temperature: PROMPT, [PROMPT]: 1, tools: PROMPT });
	await send(chat, { ...bodyOf("accepted"), messages: [{ role: PROMPT, content: PROMPT }] });
	await send(chat, bodyOf("none"));
	await send(chat, bodyOf("accepted"), `${tenant.keys.inference.key.slice(0, -1)}!`);
	await send(chat, bodyOf("accepted"), tenant.keys.all.key);
	await send(`${chat}?api_key=${tenant.keys.inference.key}`, bodyOf("accepted"), "wrong");
	// Without 'retainText' no answer is kept for repeats.
	await send(chat, bodyOf("accepted"), undefined, { "idempotency-key": crypto.randomUUID() });
	await send(`/v1/${tenant.keys.inference.key.slice(0, 4)}`, bodyOf("accepted"));
	await send("/admin/v1/tenants", { tenant: "Not A Name", [PROMPT]: 1 }, world.operatorKey);
	await send(`/admin/v1/tenants/${tenant.tenant}/keys`, { name: "x", scopes: [PROMPT] }, tenant.keys.admin.key);
	await send(`/admin/v1/tenants/${tenant.tenant}/policy`, bodyOf("x"), keys.get("an issued operator key"));
}

async function readEverything(): Promise<void> {
	const path = `/admin/v1/tenants/${tenant.tenant}`;
	const day = 86_400_000;
	const [from, to] = [-day, day].map((ms) => encodeURIComponent(new Date(Date.now() + ms).toISOString()));
	const addresses = [
		path,
		...[
			"export",
			"policy",
			"policy/revisions",
			"keys",
			"audit",
			"requests",
			"feedback",
			`usage?from=${from}&to=${to}&by=hour`,
		].map((end) => `${path}/${end}`),
		...["audited", "certified"].flatMap((cascade) => [
			`${path}/cascades/${cascade}/evidence`,
			`${path}/cascades/${cascade}/evidence/export`,
			`${path}/cascades/${cascade}/evidence/texts`,
		]),
		...["tenants", "origins", "operator-keys", "audit", "openapi.json", "docs"].map((end) => `/admin/v1/${end}`),
		"/metrics",
	];
	for (const address of addresses) {
		const headers = { authorization: `Bearer ${world.operatorKey}` };
		const response = await world.fetch(new Request(`https://edge.example${address}`, { headers }));
		const text = await response.text();
		// Evidence that nothing has asked for yet is not there, which says so too.
		if (response.status !== 200) throw new Error(`${address}: ${response.status} ${text.slice(0, 200)}`);
		shown.push(JSON.stringify([address, [...response.headers], text]));
	}
}

/** Where any of these stands, without what stands there. */
function placesOf(
	needles: Iterable<readonly [what: string, text: string]>,
	haystack: readonly string[],
): readonly string[] {
	return [...needles].flatMap(([what, text]) => {
		const found = haystack.find((each) => each.includes(text));
		return found === undefined ? [] : [`${what} in ${found.slice(0, 60)}`];
	});
}

const TEXTS = [
	["a text of the client's", PROMPT],
	["a user of the client's", USER],
] as const;

describe("after a run of everything", () => {
	it("there is something to be searched: ledgers, audits, logs, refusals and what admins are shown", async () => {
		const rows = await storedRows();
		const tables = new Set(rows.map((row) => row.split(" ", 2).join(" ")));
		for (const table of [
			"TENANT_LEDGER usage",
			"TENANT_LEDGER feedback",
			"TENANT_LEDGER recent_requests",
			"TENANT_LEDGER audit",
			"OPERATOR_REGISTRY",
			"EVIDENCE_LEDGER",
		])
			expect(
				[...tables].filter((name) => name.startsWith(table)),
				table,
			).not.toEqual([]);
		expect((await publishedRecords()).length).toBeGreaterThan(5);
		expect(logged.filter((line) => line.includes('"event":"request"')).length).toBeGreaterThan(50);
		expect(refusals.length).toBeGreaterThan(40);
		const report = shown.find((each) => each.includes('cascades/certified/evidence"')) ?? "";
		expect(report).toMatch(/\\"drawn\\":[1-9]/u);
		expect(report).toMatch(/\\"unobserved\\":0/u);
	});

	it("no key is in KV, in a ledger, in the log, in a refusal or in what admins are shown", async () => {
		const rows = await storedRows();
		expect(placesOf(keys, await publishedRecords())).toEqual([]);
		expect(placesOf(keys, rows)).toEqual([]);
		expect(placesOf(keys, logged)).toEqual([]);
		expect(placesOf(keys, refusals)).toEqual([]);
		expect(placesOf(keys, shown)).toEqual([]);
	});

	it("nothing that looks like a key, or came in 'Authorization', is stored or logged", async () => {
		const everything = [...(await publishedRecords()), ...(await storedRows()), ...logged, ...refusals];
		const looks = /\b(?:op_)?ec_live_[0-9A-Za-z]{9,}|\bBearer\s+[\w.~+/=-]{8,}/iu;
		expect(everything.filter((each) => looks.test(each))).toEqual([]);
	});

	it("no text and no user of a client's is in KV or in any ledger", async () => {
		expect(placesOf(TEXTS, await publishedRecords())).toEqual([]);
		expect(placesOf(TEXTS, await storedRows())).toEqual([]);
	});

	it("no text and no user of a client's is in the log, or in an export, a report or a page", () => {
		expect(placesOf(TEXTS, logged)).toEqual([]);
		expect(placesOf(TEXTS, shown)).toEqual([]);
	});

	it("a client reads in a refusal no key of the origin's, even where the origin shows what it was sent", () => {
		const told = refusals.filter((each) => each.includes("The upstream says: Cannot take"));
		expect(told.length).toBeGreaterThan(0);
		expect(told.filter((each) => !each.includes("[key]"))).toEqual([]);
	});
});
