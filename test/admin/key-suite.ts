import { beforeEach, describe, expect, it } from "vitest";
import type { AskedWorld } from "./admin-world.ts";

/** Keys, and what a request may not be, over fakes and over the real ledgers alike. */
export function describeKeys(asked: AskedWorld): void {
	const { send } = asked;
	let tenant: string;
	beforeEach(() => {
		tenant = `/tenants/${asked.callers().ids.tenant}`;
	});

	describe("a key", () => {
		it("is shown once, where it is made, and by no later reply", async () => {
			const made = await send("POST", `${tenant}/keys`, { body: { name: "Shop", scopes: ["inference", "read"] } });
			const { key, ...summary } = made.body;
			expect(made.status).toBe(201);
			expect(key).toMatch(/^ec_live_[0-9A-Za-z]{49}$/u);
			expect([key.startsWith(summary.prefix), summary.prefix.length, key.slice(-4)]).toEqual([
				true,
				12,
				summary.lastFour,
			]);
			const later = await Promise.all(
				["/keys", "/audit", "/export", "", "/policy"].map(async (path) => send("GET", `${tenant}${path}`)),
			);
			expect(later[0]?.body.items).toContainEqual(summary);
			for (const { body } of later) expect(JSON.stringify(body)).not.toContain(key.slice(12));
		});

		it("opens the admin routes at once, and is shut out of them at once", async () => {
			const { body } = await send("POST", `${tenant}/keys`, { body: { name: "A", scopes: ["admin"] } });
			expect((await send("GET", tenant, { key: body.key })).status).toBe(200);
			// An admin may also revoke the key that it asks with.
			const revoked = await send("DELETE", `${tenant}/keys/${body.id}`, { key: body.key });
			expect([revoked.status, revoked.body.revokedAt]).toEqual([200, expect.any(Number)]);
			expect((await send("GET", tenant, { key: body.key })).status).toBe(404);
		});

		it("is rotated: the new one has the name and scopes, the old one works until the overlap is over", async () => {
			const old = (await send("POST", `${tenant}/keys`, { body: { name: "CI", scopes: ["read"] } })).body;
			const made = await send("POST", `${tenant}/keys/${old.id}/rotate`, { body: { overlapSeconds: 600 } });
			expect(made.status).toBe(201);
			expect(made.body).toMatchObject({ name: "CI", scopes: ["read"], expiresAt: null });
			for (const { key } of [old, made.body]) expect((await send("GET", tenant, { key })).status).toBe(200);
			const { items } = (await send("GET", `${tenant}/keys`)).body;
			const { expiresAt } = items.find(({ id }: { id: string }) => id === old.id);
			expect(expiresAt - made.body.createdAt).toBeGreaterThan(590_000);
			expect(expiresAt - made.body.createdAt).toBeLessThanOrEqual(600_000);
		});

		it("rotated without overlap is shut out at once, and cannot be rotated again", async () => {
			const old = (await send("POST", `${tenant}/keys`, { body: { name: "Leak", scopes: ["read"] } })).body;
			await send("POST", `${tenant}/keys/${old.id}/rotate`, { body: { overlapSeconds: 0 } });
			expect((await send("GET", tenant, { key: old.key })).status).toBe(404);
			const again = await send("POST", `${tenant}/keys/${old.id}/rotate`, { body: { overlapSeconds: 0 } });
			expect([again.status, again.body.error.code]).toEqual([409, "not_applicable"]);
			expect((await send("POST", `${tenant}/keys/key_none/rotate`, { body: { overlapSeconds: 0 } })).status).toBe(404);
		});

		it("that is to expire is rotated only by who says until when the new one is to last", async () => {
			const expiresAt = Date.now() + 3_600_000;
			const old = (await send("POST", `${tenant}/keys`, { body: { name: "T", scopes: ["read"], expiresAt } })).body;
			const rotate = (body: unknown) => send("POST", `${tenant}/keys/${old.id}/rotate`, { body });
			const unsaid = await rotate({ overlapSeconds: 60 });
			expect([unsaid.status, unsaid.body.error.param]).toEqual([422, "expiresAt"]);
			const said = { overlapSeconds: 60, expiresAt: expiresAt + 1 };
			expect((await rotate(said)).body.expiresAt).toBe(expiresAt + 1);
			expect((await rotate({ ...said, expiresAt: null })).body.expiresAt).toBeNull();
		});

		it("cannot be made to expire in the past", async () => {
			const body = { name: "T", scopes: ["read"], expiresAt: 1_000 };
			const { status, body: answer } = await send("POST", `${tenant}/keys`, { body });
			expect([status, answer.error.param]).toEqual([422, "expiresAt"]);
		});
	});

	describe("an operator's key", () => {
		it("is shown once, opens every tenant, and is shut out at once", async () => {
			const { status, body } = await send("POST", "/operator-keys", { body: { name: "Grace" } });
			expect([status, body.key]).toEqual([201, expect.stringMatching(/^op_ec_live_/u)]);
			const { key, ...summary } = body;
			expect((await send("GET", tenant, { key })).status).toBe(200);
			expect((await send("GET", "/operator-keys", { key })).body.items).toContainEqual(summary);
			await send("DELETE", `/operator-keys/${body.id}`);
			const shut = await send("GET", tenant, { key });
			expect([shut.status, shut.body.error.code]).toEqual([401, "invalid_api_key"]);
			expect((await send("DELETE", "/operator-keys/opkey_none")).status).toBe(404);
		});

		it("cannot be made to expire in the past", async () => {
			const { status, body } = await send("POST", "/operator-keys", { body: { name: "Grace", expiresAt: 1_000 } });
			expect([status, body.error.param]).toEqual([422, "expiresAt"]);
		});
	});

	describe("what does not fit", () => {
		it.each([
			["keys", { scopes: ["inference"] }, ["name"]],
			["keys", { name: "", scopes: ["inference"] }, ["name"]],
			["keys", { name: "x".repeat(101), scopes: ["inference"] }, ["name"]],
			["keys", { name: "A", scopes: [] }, ["scopes"]],
			["keys", { name: "A", scopes: ["root"] }, ["scopes[0]"]],
			["keys", { name: "A", scopes: ["read", "read"] }, ["scopes"]],
			["keys", { name: "A", scopes: ["read"], tenant: "other", key: "mine" }, ["tenant"]],
			["keys", { name: 1, scopes: "read", expiresAt: "soon" }, ["name", "scopes", "expiresAt"]],
			["suspend", {}, ["reason"]],
			["suspend", { reason: "x".repeat(501) }, ["reason"]],
			["suspend", [], ["body"]],
			["suspend", null, ["body"]],
			["policy/rollback", { revision: 0, reason: "" }, ["revision"]],
			["policy/validate", [1], ["body"]],
		])("in a body of %s, %j, is named field by field", async (path, body, paths) => {
			const { status, body: answer } = await send("POST", `${tenant}/${path}`, { body });
			expect([status, answer.error.code]).toEqual([422, "invalid_request"]);
			expect(answer.problems.map((problem: { path: string }) => problem.path)).toEqual(paths);
			expect(answer.error.param).toBe(paths[0]);
			for (const { message } of answer.problems) expect(message).toMatch(/^(?:must|is|needs|names)\b/u);
		});

		it.each([
			["/tenants?limit=0", "limit"],
			["/tenants?limit=201", "limit"],
			["/tenants?limit=1e1", "limit"],
			["/tenants?limit=1&limit=2", "limit"],
			["/tenants?page=2", "page"],
			["/origins/UPPER", "name"],
			["{tenant}/audit?before=x", "before"],
			["{tenant}/policy/revisions/0", "revision"],
			["{tenant}/policy/revisions/abc", "revision"],
			["{tenant}/policy/diff", "from"],
			["{tenant}/usage", "from"],
			["{tenant}/usage?from=yesterday&to=2026-11-02", "from"],
			["{tenant}/usage?from=2026-13-01&to=2026-12-02", "from"],
			["{tenant}/usage?from=2026-11-02&to=2026-11-02", "to"],
			["{tenant}/usage?from=2024-11-02&to=2026-11-02", "from"],
			["{tenant}/usage?from=2026-10-01&to=2026-11-02&by=hour", "from"],
			["{tenant}/usage?from=2026-10-01&to=2026-11-02&by=week", "by"],
		])("in an address is named: %s", async (path, param) => {
			const { status, body } = await send("GET", path.replace("{tenant}", tenant));
			expect([status, body.error.param]).toEqual([400, param]);
		});
	});
}
