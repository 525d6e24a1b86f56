import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { keyRecordName, originRecordName, policyRecordName } from "../../../src/core/published-records.ts";
import { sha256Hex } from "../../../src/adapters/kv-key-store.ts";
import { ask, createCallers } from "../../admin/admin-world.ts";
import { describeRoutes } from "../../admin/routes-suite.ts";
import { policyAt } from "../../admin/samples.ts";
import addresses from "../../fixtures/origin-addresses.json" with { type: "json" };
import { createWorkerWorld, type WorkerWorld } from "./worker-world.ts";

describe("the admin API over the real ledgers", () => {
	describeRoutes(() => createWorkerWorld());
});

describe("what the admin API writes", () => {
	let world: WorkerWorld;
	beforeAll(async () => {
		world = await createWorkerWorld();
	});
	const published = (name: string) => env.CONFIG.get(name, "json");

	it("reaches the readers' copy: the policy, the key by its hash alone, the origin", async () => {
		const { ids, keys } = await createCallers(world);
		expect(await published(keyRecordName(await sha256Hex(keys.inference)))).toMatchObject({
			tenant: ids.tenant,
			scopes: ["inference"],
		});
		expect(await published(originRecordName(ids.origin))).toEqual({
			version: 1,
			baseUrl: "https://gpu.example.com/v1",
		});
		await expect
			.poll(() => published(policyRecordName(ids.tenant)), { timeout: 10_000 })
			.toMatchObject({ revision: 2, policy: policyAt(0.8) });
	}, 20_000);

	it("takes an origin off the readers' copy with the origin", async () => {
		const { ids } = await createCallers(world);
		await expect
			.poll(
				async () => {
					await ask(world, "DELETE", `/origins/${ids.origin}`);
					return published(originRecordName(ids.origin));
				},
				{ timeout: 10_000 },
			)
			.toBeNull();
	}, 20_000);

	it("opens inference for a new key, and not for one that may only read", async () => {
		const { keys } = await createCallers(world);
		const models = (key: string) =>
			world.fetch(new Request("https://edge.example/v1/models", { headers: { authorization: `Bearer ${key}` } }));
		expect((await models(keys.inference)).status).toBe(200);
		expect((await models(keys.reader)).status).toBe(403);
		expect((await models(keys.operator)).status).toBe(401);
	});
});

describe("an origin's address", () => {
	let world: WorkerWorld;
	beforeAll(async () => {
		world = await createWorkerWorld({ ALLOW_LOOPBACK_ORIGINS: "false" });
	});
	const put = (baseUrl: string) => ask(world, "PUT", `/origins/o-${crypto.randomUUID()}`, { body: { baseUrl } });

	it.each(addresses.vectors)("$expect: $url, and it is never asked for", async ({ url, expect: verdict }) => {
		const { status, body } = await put(url);
		if (verdict === "allow") expect(status).toBe(200);
		else expect([status, body.error.param]).toEqual([422, "baseUrl"]);
		expect(world.outbound).toEqual([]);
	});

	it("must be on the operator's list where there is one", async () => {
		const listed = await createWorkerWorld({ ORIGIN_HOSTS: "gpu.example.com, *.inference.example.net" });
		const answers = await Promise.all(
			["https://gpu.example.com/v1", "https://a.b.inference.example.net/v1", "https://example.com/v1"].map((baseUrl) =>
				ask(listed, "PUT", `/origins/o-${crypto.randomUUID()}`, { body: { baseUrl } }),
			),
		);
		expect(answers.map(({ status }) => status)).toEqual([200, 200, 422]);
	});
});

describe("the admin API without its configuration", () => {
	const missing = ["OPERATOR_REGISTRY", "TENANT_LEDGER", "ACCESS_AUD"] as const;

	it.each(missing)("answers 503, and inference goes on: without %s", async (name) => {
		const whole = await createWorkerWorld();
		const { keys } = await createCallers(whole);
		const world = await createWorkerWorld({ [name]: undefined });
		const answer = await ask(world, "GET", "/tenants");
		expect([answer.status, answer.body.error.code]).toEqual([503, "admin_not_configured"]);
		expect(JSON.stringify(answer.body)).not.toContain(name);
		expect((await ask(world, "GET", "/openapi.json")).status).toBe(200);
		const headers = { authorization: `Bearer ${keys.inference}` };
		expect((await world.fetch(new Request("https://edge.example/v1/models", { headers }))).status).toBe(200);
	});
});

describe("Cloudflare Access", () => {
	it("is asked for the team's keys once for many tokens, at the team's own address", async () => {
		const world = await createWorkerWorld();
		const headers = { "cf-access-jwt-assertion": world.access.valid };
		for (let count = 0; count < 3; count++)
			expect((await ask(world, "GET", "/tenants", { key: "", headers })).status).toBe(200);
		expect(world.outbound).toEqual(["https://example.cloudflareaccess.com/cdn-cgi/access/certs"]);
	});
});
