import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask, createCallers, type AdminWorld, type AskOptions, type Callers } from "./admin-world.ts";
import { policyAt } from "./samples.ts";

/** What the routes do, over fakes and over the real ledgers alike. */
export function describeRoutes(createWorld: () => Promise<AdminWorld>): void {
	let world: AdminWorld;
	let callers: Callers;
	let tenant: string;
	beforeAll(async () => {
		world = await createWorld();
	});
	beforeEach(async () => {
		callers = await createCallers(world);
		tenant = `/tenants/${callers.ids.tenant}`;
	});
	const send = (method: string, path: string, options?: AskOptions) => ask(world, method, path, options);
	const unused = () => `/tenants/n-${crypto.randomUUID()}`;

	describe("a policy", () => {
		it("is read with its revision, as it was written", async () => {
			const { status, headers, body } = await send("GET", `${tenant}/policy`);
			expect([status, headers.get("etag")]).toEqual([200, '"2"']);
			expect(body).toEqual(policyAt(0.8));
		});

		it("is written over the revision that the writer has seen, and no other", async () => {
			const seen = { headers: { "if-match": '"2"' } };
			const first = await send("PUT", `${tenant}/policy`, { ...seen, body: policyAt(0.9) });
			expect([first.status, first.headers.get("etag"), first.body.revision]).toEqual([200, '"3"', 3]);
			const second = await send("PUT", `${tenant}/policy`, { ...seen, body: policyAt(0.6) });
			expect([second.status, second.headers.get("etag"), second.body.current]).toEqual([412, '"3"', 3]);
			expect(second.body.error.code).toBe("revision_conflict");
			expect((await send("GET", `${tenant}/policy`)).body).toEqual(policyAt(0.9));
		});

		it("has one winner of many writers who have seen the same", async () => {
			const answers = await Promise.all(
				Array.from({ length: 20 }, async (_, index) =>
					send("PUT", `${tenant}/policy`, { headers: { "if-match": '"2"' }, body: policyAt(0.5 + index / 100) }),
				),
			);
			expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 412)]);
			const { body } = await send("GET", `${tenant}/policy/revisions`);
			expect(body.items.map(({ revision }: { revision: number }) => revision)).toEqual([3, 2, 1]);
		});

		it("is not written by who does not say which revision they have seen", async () => {
			for (const method of ["PUT", "PATCH"]) {
				const { status, body } = await send(method, `${tenant}/policy`, { body: policyAt(0.9) });
				expect([status, body.error.code, body.error.param]).toEqual([428, "precondition_required", "If-Match"]);
				const any = await send(method, `${tenant}/policy`, { headers: { "if-match": "*" }, body: policyAt(0.9) });
				expect(any.status).toBe(428);
			}
		});

		it("is written first where there is none, once", async () => {
			const path = unused();
			const name = path.slice("/tenants/".length);
			await send("POST", "/tenants", { body: { tenant: name } });
			expect((await send("GET", `${path}/policy`)).body.error.code).toBe("not_found");
			const late = await send("PUT", `${path}/policy`, { headers: { "if-match": '"1"' }, body: policyAt(0.9) });
			expect([late.status, late.body.current, late.headers.get("etag")]).toEqual([412, 0, null]);
			const patch = await send("PATCH", `${path}/policy`, { headers: { "if-match": '"1"' }, body: {} });
			expect([patch.status, patch.body.current]).toEqual([412, 0]);
			const first = { headers: { "if-none-match": "*" }, body: policyAt(0.9) };
			const made = await send("PUT", `${path}/policy`, first);
			expect([made.status, made.headers.get("etag")]).toEqual([201, '"1"']);
			expect((await send("PUT", `${path}/policy`, first)).status).toBe(412);
		});

		it("that is not valid is refused with every problem at its path", async () => {
			const body = { version: 2, cascades: { chat: { stages: [{ name: "A" }], colour: "red" } } };
			const { status, body: answer } = await send("PUT", `${tenant}/policy`, { headers: { "if-match": '"2"' }, body });
			expect([status, answer.error.code]).toEqual([422, "invalid_policy"]);
			const paths = answer.problems.map(({ path }: { path: string }) => path);
			expect(paths).toEqual(
				expect.arrayContaining(["version", "cascades.chat.colour", "cascades.chat.stages[0].name"]),
			);
			expect(answer.error.param).toBe(paths[0]);
			for (const path of paths) expect(answer.error.message).toContain(path);
		});

		it("equal to the current one makes no revision", async () => {
			const again = await send("PUT", `${tenant}/policy`, { headers: { "if-match": '"2"' }, body: policyAt(0.8) });
			expect([again.status, again.body.revision, again.body.changed]).toEqual([200, 2, false]);
		});

		it("is changed by a merge patch: what it names replaces, null removes", async () => {
			const headers = { "content-type": "application/merge-patch+json" };
			const limits = { maxBodyBytes: 4_096, maxOutputTokens: 64 };
			const first = await send("PATCH", `${tenant}/policy`, { headers: { ...headers, "if-match": '"2"' }, body: { limits } });
			expect([first.status, first.headers.get("etag")]).toEqual([200, '"3"']);
			await send("PATCH", `${tenant}/policy`, {
				headers: { ...headers, "if-match": '"3"' },
				body: { limits: { maxBodyBytes: null } },
			});
			const { body } = await send("GET", `${tenant}/policy`);
			expect(body).toEqual({ ...policyAt(0.8), limits: { maxOutputTokens: 64 } });
			const stale = await send("PATCH", `${tenant}/policy`, { headers: { ...headers, "if-match": '"3"' }, body: { limits } });
			expect([stale.status, stale.body.current]).toEqual([412, 4]);
		});

		it("that a patch would break stays as it is", async () => {
			const broken = { headers: { "if-match": '"2"' }, body: { version: null, budget: 1 } };
			const { status, body } = await send("PATCH", `${tenant}/policy`, broken);
			expect([status, body.error.code]).toEqual([422, "invalid_policy"]);
			expect(body.problems.map(({ path }: { path: string }) => path).toSorted()).toEqual(["budget", "version"]);
			expect((await send("GET", `${tenant}/policy`)).headers.get("etag")).toBe('"2"');
		});

		it("is checked without being saved, with what it would change", async () => {
			const good = await send("POST", `${tenant}/policy/validate`, { key: callers.keys.reader, body: policyAt(0.9) });
			expect(good.body).toEqual({
				valid: true,
				problems: [],
				revision: 2,
				changes: [{ kind: "changed", path: "cascades.chat.stages[0].threshold", from: 0.8, to: 0.9 }],
			});
			const bad = await send("POST", `${tenant}/policy/validate`, { body: { ...policyAt(2), extra: 1 } });
			expect([bad.status, bad.body.valid]).toEqual([200, false]);
			expect(bad.body.problems.map(({ path }: { path: string }) => path)).toEqual(
				expect.arrayContaining(["extra", "cascades.chat.stages[0].threshold"]),
			);
			expect((await send("GET", `${tenant}/policy/revisions`)).body.items).toHaveLength(2);
		});
	});

	describe("the history", () => {
		it("says who, why and how, newest first, a page at a time", async () => {
			const headers = { "if-match": '"2"' };
			await send("PUT", `${tenant}/policy?reason=surer`, { key: callers.keys.admin, headers, body: policyAt(0.9) });
			const [{ items: [newest], next }, rest] = await Promise.all([
				send("GET", `${tenant}/policy/revisions?limit=1`).then(({ body }) => body),
				send("GET", `${tenant}/policy/revisions?before=3`).then(({ body }) => body),
			]);
			expect(newest).toMatchObject({ revision: 3, reason: "surer", cause: "put", author: { kind: "tenant-key" } });
			expect(newest).not.toHaveProperty("document");
			expect(next).toBe(3);
			expect(rest.items.map(({ revision }: { revision: number }) => revision)).toEqual([2, 1]);
			expect(rest.next).toBeNull();
		});

		it("takes the reason from the header where the query does not say, and from the query where both do", async () => {
			const put = (query: string, revision: number, threshold: number) =>
				send("PUT", `${tenant}/policy${query}`, {
					headers: { "if-match": `"${revision}"`, "x-reason": "header" },
					body: policyAt(threshold),
				});
			await put("", 2, 0.9);
			await put("?reason=query", 3, 0.91);
			const { body } = await send("GET", `${tenant}/policy/revisions?limit=2`);
			expect(body.items.map(({ reason }: { reason: string }) => reason)).toEqual(["query", "header"]);
		});

		it("shows a revision, and what differs between two", async () => {
			const { body, headers } = await send("GET", `${tenant}/policy/revisions/1`);
			expect([body.document, headers.get("etag")]).toEqual([policyAt(0.7), '"1"']);
			const difference = [{ kind: "changed", path: "cascades.chat.stages[0].threshold", from: 0.7, to: 0.8 }];
			for (const query of ["from=1", "from=1&to=2"])
				expect((await send("GET", `${tenant}/policy/diff?${query}`)).body).toEqual({ from: 1, to: 2, changes: difference });
			expect((await send("GET", `${tenant}/policy/revisions/9`)).body.error.code).toBe("not_found");
			expect((await send("GET", `${tenant}/policy/diff?from=9`)).status).toBe(404);
		});

		it("goes on with a rollback, in one call, guarded where the caller says so", async () => {
			const body = { revision: 1, reason: "worse" };
			const stale = await send("POST", `${tenant}/policy/rollback`, { headers: { "if-match": '"1"' }, body });
			expect([stale.status, stale.body.current]).toEqual([412, 2]);
			const done = await send("POST", `${tenant}/policy/rollback`, { body });
			expect([done.status, done.headers.get("etag")]).toEqual([200, '"3"']);
			expect((await send("GET", `${tenant}/policy`)).body).toEqual(policyAt(0.7));
			const never = await send("POST", `${tenant}/policy/rollback`, { body: { ...body, revision: 9 } });
			expect([never.status, never.body.error.code]).toEqual([404, "not_found"]);
		});
	});

	describe("a canary", () => {
		it("is seen, moved, and promoted to a revision of its own", async () => {
			expect((await send("GET", `${tenant}/policy/canary`)).body).toMatchObject({ revision: 1, share: 0.1 });
			const moved = { revision: 1, share: 0.5, reason: "good so far" };
			expect((await send("PUT", `${tenant}/policy/canary`, { body: moved })).body).toMatchObject({ share: 0.5 });
			const promoted = await send("POST", `${tenant}/policy/canary/promote`, { body: { reason: "better" } });
			expect([promoted.status, promoted.headers.get("etag")]).toEqual([200, '"3"']);
			expect((await send("GET", `${tenant}/policy/canary`)).status).toBe(404);
		});

		it("is dropped, and then there is none to drop", async () => {
			const dropped = await send("DELETE", `${tenant}/policy/canary?reason=worse`);
			expect([dropped.status, dropped.body.revision]).toEqual([200, 2]);
			const again = await send("DELETE", `${tenant}/policy/canary`);
			expect([again.status, again.body.error.code]).toEqual([409, "not_applicable"]);
		});

		it("cannot be on the current revision, on one that is not there, or of no share", async () => {
			const put = (body: unknown) => send("PUT", `${tenant}/policy/canary`, { body });
			expect((await put({ revision: 2, share: 0.5, reason: "" })).status).toBe(409);
			expect((await put({ revision: 9, share: 0.5, reason: "" })).status).toBe(404);
			for (const share of [0, 1, -0.1, 1.5, "half"]) {
				const { status, body } = await put({ revision: 1, share, reason: "" });
				expect([status, body.error.param]).toEqual([422, "share"]);
			}
		});
	});

	describe("a key", () => {
		it("is shown once, where it is made, and by no later reply", async () => {
			const made = await send("POST", `${tenant}/keys`, { body: { name: "Shop", scopes: ["inference", "read"] } });
			const { key, ...summary } = made.body;
			expect(made.status).toBe(201);
			expect(key).toMatch(/^ec_live_[0-9A-Za-z]{49}$/u);
			expect([key.startsWith(summary.prefix), summary.prefix.length, key.slice(-4)]).toEqual([true, 12, summary.lastFour]);
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
			["{tenant}/usage?from=2024-11-02&to=2026-11-02", "to"],
			["{tenant}/usage?from=2026-10-01&to=2026-11-02&by=hour", "to"],
			["{tenant}/usage?from=2026-10-01&to=2026-11-02&by=week", "by"],
		])("in an address is named: %s", async (path, param) => {
			const { status, body } = await send("GET", path.replace("{tenant}", tenant));
			expect([status, body.error.param]).toEqual([400, param]);
		});
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
			expect(body.revisions.map(({ document }: { document: unknown }) => document)).toEqual([policyAt(0.7), policyAt(0.8)]);
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
			for (const key of [callers.keys.admin, world.operatorKey])
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
			const access = { "cf-access-jwt-assertion": world.access.valid };
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
			const put = (headers: Readonly<Record<string, string>>, body: unknown) => send("PUT", `/origins/${name}`, { headers, body });
			const made = await put({ "if-none-match": "*" }, { baseUrl: "https://gpu.example.com/v1/", secret: "ORIGIN_GPU_KEY" });
			expect(made.body.origin).toMatchObject({ name, baseUrl: "https://gpu.example.com/v1", secret: "ORIGIN_GPU_KEY" });
			const { revision } = made.body.origin;
			expect(made.headers.get("etag")).toBe(`"${revision}"`);
			expect((await put({ "if-none-match": "*" }, { baseUrl: "https://gpu.example.com/v2" })).status).toBe(412);
			const changed = await put({ "if-match": `"${revision}"` }, { baseUrl: "https://gpu.example.com/v2", secret: null });
			expect(changed.body.origin).toMatchObject({ baseUrl: "https://gpu.example.com/v2", secret: null });
			const stale = await put({ "if-match": `"${revision}"` }, { baseUrl: "https://gpu.example.com/v3" });
			expect([stale.status, stale.body.current]).toEqual([412, changed.body.origin.revision]);
			expect((await send("GET", `/origins?after=${name.slice(0, -1)}&limit=1`)).body.items[0]).toEqual(changed.body.origin);
			expect((await send("DELETE", `/origins/${name}`, { headers: { "if-match": `"${revision}"` } })).status).toBe(412);
			expect((await send("DELETE", `/origins/${name}`)).status).toBe(200);
			expect((await send("GET", `/origins/${name}`)).body.error.code).toBe("not_found");
			expect((await send("DELETE", `/origins/${name}`)).status).toBe(404);
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
}
