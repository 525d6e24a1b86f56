import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { createIsolationWorld, type IsolatedTenant } from "./tenant-isolation-world.ts";

/** More than a message between objects holds, which is 32 MiB. */
const REVISIONS = 80;
const REASON = "x".repeat(500);

let world: Awaited<ReturnType<typeof createIsolationWorld>>;
let tenant: IsolatedTenant;

beforeAll(async () => {
	world = await createIsolationWorld();
	tenant = await world.addTenant("large");
	const document = JSON.stringify({ version: 1, cascades: {}, note: "y".repeat(524_000) });
	await runInDurableObject(env.TENANT_LEDGER.getByName(tenant.tenant), (_instance, { storage: { sql } }) => {
		for (let revision = 3; revision <= REVISIONS; revision++)
			sql.exec(
				"INSERT INTO revisions (revision, document, at, author_kind, author_name, reason, cause) VALUES (?, ?, 1, 'system', 'test', ?, 'put')",
				revision,
				document,
				REASON,
			);
	});
}, 60_000);

const send = (method: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
	world.fetch(
		new Request(`https://edge.example/admin/v1/tenants/${tenant.tenant}${path}`, {
			method,
			headers: { authorization: `Bearer ${world.operatorKey}`, ...headers },
		}),
	);

describe("a tenant whose ledger is larger than a message", () => {
	it("is exported whole, in chunks of a few megabytes", async () => {
		const response = await send("GET", "/export");
		expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
		const chunks: Uint8Array<ArrayBuffer>[] = [];
		for await (const chunk of response.body ?? []) chunks.push(new Uint8Array(chunk));
		const lengths = chunks.map(({ byteLength }) => byteLength);
		expect(lengths.reduce((sum, length) => sum + length, 0)).toBeGreaterThan(38 * 1_024 * 1_024);
		expect(Math.max(...lengths)).toBeLessThan(6 * 1_024 * 1_024);
		const { revisions, audit } = JSON.parse(await new Blob(chunks).text()) as Record<string, unknown[]>;
		expect(revisions).toHaveLength(REVISIONS);
		expect(audit?.length).toBeGreaterThan(5);
	});

	it("is not deleted with a reply that cannot hold it, but by who says that no export is wanted", async () => {
		const confirmed = { "x-confirm": tenant.tenant };
		const refused = await send("DELETE", "", confirmed);
		expect([refused.status, await refused.json()]).toMatchObject([
			409,
			{ error: { code: "export_too_large", param: "export" } },
		]);
		expect((await send("GET", "")).status).toBe(200);
		const odd = await send("DELETE", "?export=all", confirmed);
		expect([odd.status, await odd.json()]).toMatchObject([400, { error: { param: "export" } }]);
		expect((await send("DELETE", "?export=none")).status).toBe(428);
		const deleted = await send("DELETE", "?export=none", confirmed);
		expect([deleted.status, await deleted.json()]).toMatchObject([200, { version: 1, tenant: tenant.tenant }]);
		expect((await send("GET", "")).status).toBe(404);
		expect((await send("DELETE", "?export=none", confirmed)).status).toBe(404);
	});
});
