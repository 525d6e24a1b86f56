import { beforeEach, describe, expect, it } from "vitest";
import type { AskedWorld, Callers } from "./admin-world.ts";
import { policyAt } from "./samples.ts";

/** Tenants, origins and the audit trail, over fakes and over the real ledgers alike. */
export function describeTenants(asked: AskedWorld): void {
	const { send } = asked;
	let tenant: string;
	let callers: Callers;
	beforeEach(() => {
		tenant = `/tenants/${asked.callers().ids.tenant}`;
		callers = asked.callers();
	});

	describe("a tenant", () => {
		it("is created once, and listed in the order of names, a page at a time", async () => {
			const prefix = crypto.randomUUID().slice(0, 8);
			for (const name of ["c", "a", "b"]) await send("POST", "/tenants", { body: { tenant: `zz-${prefix}-${name}` } });
			expect((await send("POST", "/tenants", { body: { tenant: `zz-${prefix}-a` } })).status).toBe(409);
			const first = (await send("GET", `/tenants?limit=2&after=zz-${prefix}`)).body;
			expect(first.items.map((each: { tenant: string }) => each.tenant)).toEqual([`zz-${prefix}-a`, `zz-${prefix}-b`]);
			const second = (await send("GET", `/tenants?limit=2&after=${first.next}`)).body;
			expect(second.items[0].tenant).toBe(`zz-${prefix}-c`);
		});

		it.each(["", "A", "a_b", "-a", "a/b", "x".repeat(65), "ä"])("cannot be named %j", async (name) => {
			const { status, body } = await send("POST", "/tenants", { body: { tenant: name } });
			expect([status, body.error.param]).toEqual([422, "tenant"]);
		});

		it("is suspended and resumed by operators, with a reason on record", async () => {
			expect((await send("POST", `${tenant}/suspend`, { body: { reason: "unpaid" } })).body.suspended).toBe(true);
			expect((await send("GET", tenant)).body).toMatchObject({ suspended: true, revision: 2 });
			expect((await send("POST", `${tenant}/resume`, { body: { reason: "paid" } })).body.suspended).toBe(false);
			const { items } = (await send("GET", `${tenant}/audit?limit=2`)).body;
			expect(items.map((each: { act: string; detail: { reason: string } }) => [each.act, each.detail.reason])).toEqual([
				["tenant.resume", "paid"],
				["tenant.suspend", "unpaid"],
			]);
		});

		it("is exported whole, without a hash or a key", async () => {
			const { status, body } = await send("GET", `${tenant}/export`, { key: callers.keys.admin });
			expect(status).toBe(200);
			expect(body.revisions.map(({ document }: { document: unknown }) => document)).toEqual([
				policyAt(0.7),
				policyAt(0.8),
			]);
			expect(body.keys.length).toBeGreaterThan(3);
			expect(JSON.stringify(body)).not.toMatch(/sha256|[0-9a-f]{64}|ec_live_[0-9A-Za-z]{10}/u);
		});

		it("is deleted only by who names it once more, and answers with its export", async () => {
			for (const headers of [{}, { "x-confirm": "yes" }]) {
				const { status, body } = await send("DELETE", tenant, { headers });
				expect([status, body.error.code, body.error.param]).toEqual([428, "confirmation_required", "x-confirm"]);
			}
			const headers = { "x-confirm": callers.ids.tenant };
			const deleted = await send("DELETE", tenant, { headers });
			expect([deleted.status, deleted.body.tenant]).toEqual([200, callers.ids.tenant]);
			expect(deleted.body.revisions).toHaveLength(2);
			for (const key of [callers.keys.admin, asked.world().operatorKey])
				expect((await send("GET", tenant, { key })).body.error.code).toBe("tenant_not_found");
			expect((await send("DELETE", tenant, { headers })).status).toBe(404);
			const list = (await send("GET", `/tenants?after=${callers.ids.tenant.slice(0, -1)}&limit=1`)).body;
			expect(list.items[0]?.tenant).not.toBe(callers.ids.tenant);
		});
	});

	describe("the audit trail", () => {
		it("holds what a key of the tenant tried beyond its scopes, and not what others tried", async () => {
			const body = { revision: 1, reason: "" };
			await send("POST", `${tenant}/policy/rollback`, { key: callers.keys.reader, body });
			await send("POST", `${tenant}/policy/rollback`, { key: callers.keys.otherAdmin, body });
			await send("GET", `${tenant}/export`, { key: callers.keys.reader });
			const { items } = (await send("GET", `${tenant}/audit?limit=2`)).body;
			expect(items[0]).toMatchObject({
				act: "policy.rollback",
				outcome: "refused",
				actor: { kind: "tenant-key" },
				detail: { refusal: "insufficient-scope" },
			});
			expect(items[1].outcome).toBe("done");
		});

		it("of the registry names operators by their keys or their Access accounts", async () => {
			const path = `/origins/${callers.ids.origin}`;
			const origin = { baseUrl: "https://gpu9.example.com/v1" };
			await send("PUT", path, { key: callers.keys.operator, body: origin });
			const access = { "cf-access-jwt-assertion": asked.world().access.valid };
			await send("DELETE", path, { key: "", headers: access });
			const { items, next } = (await send("GET", "/audit?limit=2")).body;
			expect(items.map(({ act, actor }: { act: string; actor: unknown }) => [act, actor])).toEqual([
				["origin.remove", { kind: "access", name: "ada@example.com" }],
				["origin.put", { kind: "operator-key", name: expect.stringMatching(/^opkey_/u) }],
			]);
			expect(next).toBe(items[1].sequence);
		});
	});

	describe("an origin", () => {
		it("is defined, listed, changed over the revision that was seen, and withdrawn", async () => {
			const name = `gpu-${crypto.randomUUID()}`;
			const put = (headers: Readonly<Record<string, string>>, body: unknown) =>
				send("PUT", `/origins/${name}`, { headers, body });
			const made = await put(
				{ "if-none-match": "*" },
				{ baseUrl: "https://gpu.example.com/v1/", secret: "ORIGIN_GPU_KEY" },
			);
			expect(made.body.origin).toMatchObject({ name, baseUrl: "https://gpu.example.com/v1", secret: "ORIGIN_GPU_KEY" });
			const { revision } = made.body.origin;
			expect(made.headers.get("etag")).toBe(`"${revision}"`);
			expect((await put({ "if-none-match": "*" }, { baseUrl: "https://gpu.example.com/v2" })).status).toBe(412);
			const changed = await put(
				{ "if-match": `"${revision}"` },
				{ baseUrl: "https://gpu.example.com/v2", secret: null },
			);
			expect(changed.body.origin).toMatchObject({ baseUrl: "https://gpu.example.com/v2", secret: null });
			const stale = await put({ "if-match": `"${revision}"` }, { baseUrl: "https://gpu.example.com/v3" });
			expect([stale.status, stale.body.current]).toEqual([412, changed.body.origin.revision]);
			expect((await send("GET", `/origins?after=${name.slice(0, -1)}&limit=1`)).body.items[0]).toEqual(
				changed.body.origin,
			);
			expect((await send("DELETE", `/origins/${name}`, { headers: { "if-match": `"${revision}"` } })).status).toBe(412);
			expect((await send("DELETE", `/origins/${name}`)).status).toBe(200);
			expect((await send("GET", `/origins/${name}`)).body.error.code).toBe("not_found");
			expect((await send("DELETE", `/origins/${name}`)).status).toBe(404);
		});

		it("has the bound on calls that was last set, and none where none was", async () => {
			const name = `gpu-${crypto.randomUUID()}`;
			const bound = async (maxConcurrent?: number | null) => {
				const body = { baseUrl: "https://gpu.example.com/v1", maxConcurrent };
				const { origin, changed } = (await send("PUT", `/origins/${name}`, { body })).body;
				return [origin.maxConcurrent, changed];
			};
			expect(await bound(1)).toEqual([1, true]);
			expect(await bound(10_000)).toEqual([10_000, true]);
			expect(await bound(10_000)).toEqual([10_000, false]);
			expect(await bound()).toEqual([null, true]);
			expect(await bound(null)).toEqual([null, false]);
		});

		it.each([0, -1, 1.5, 10_001, 1e300, "8", true, [8]])("may not be asked %j times at once", async (maxConcurrent) => {
			const body = { baseUrl: "https://gpu.example.com/v1", maxConcurrent };
			const { status, body: answer } = await send("PUT", "/origins/gpu", { body });
			expect([status, answer.error.code]).toEqual([422, "invalid_request"]);
			expect(answer.problems).toEqual([{ path: "maxConcurrent", message: "must be a whole number from 1 to 10,000" }]);
		});

		it.each(["OTHER_SECRET", "origin_key", "ORIGIN_", "ORIGIN_HOSTS", "ORIGIN_A\n", ""])(
			"may not name a secret that is no origin's: %j",
			async (secret) => {
				const body = { baseUrl: "https://gpu.example.com/v1", secret };
				const { status, body: answer } = await send("PUT", "/origins/gpu", { body });
				expect([status, answer.error.code, answer.error.param]).toEqual([422, "invalid_origin", "secret"]);
			},
		);
	});
}
