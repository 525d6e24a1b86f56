import { describe, expect, it } from "vitest";
import { guarded } from "../../src/admin/define-route.ts";
import { createAdminApp } from "../../src/admin/admin-app.ts";
import { ADMIN_ROUTES } from "../../src/admin/routes.ts";
import { ok } from "../../src/core/result.ts";
import { ask, createCallers } from "./admin-world.ts";
import { createFakeWorld } from "./fake-world.ts";
import * as v from "valibot";

describe("every admin reply", () => {
	it.each([
		["a success", "GET", "/tenants", 200],
		["a refusal", "GET", "/tenants?limit=0", 400],
		["an unknown path", "GET", "/nothing", 404],
		["the root", "GET", "", 404],
		["another method", "POST", "/openapi.json", 405],
	])("is neither cached, sniffed, framed nor shared with another site: %s", async (_what, method, path, status) => {
		const world = await createFakeWorld();
		const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
		const reply = await ask(world, method, path, { headers });
		expect(reply.status).toBe(status);
		expect(Object.fromEntries(reply.headers)).toMatchObject({
			"cache-control": "no-store",
			"content-security-policy": "default-src 'none'; frame-ancestors 'none'",
			"content-type": "application/json",
			"referrer-policy": "no-referrer",
			"x-content-type-options": "nosniff",
			"x-frame-options": "DENY",
			"x-request-id": expect.stringMatching(/^req_[0-9a-f-]{36}$/u),
		});
		expect([...reply.headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
	});

	it("to a method that a path does not have names those that it has", async () => {
		const world = await createFakeWorld();
		for (const method of ["PATCH", "OPTIONS"]) {
			const { status, headers, body } = await ask(world, method, "/tenants", { key: "" });
			expect([status, headers.get("allow"), body.error.code]).toEqual([405, "GET, POST", "method_not_allowed"]);
		}
	});

	it("has the same status and no body for HEAD", async () => {
		const world = await createFakeWorld();
		const head = (headers: Record<string, string>) =>
			world.fetch(new Request("https://edge.example/admin/v1/tenants", { method: "HEAD", headers }));
		expect((await head({})).status).toBe(401);
		const allowed = await head({ authorization: `Bearer ${world.operatorKey}` });
		expect([allowed.status, await allowed.text()]).toEqual([200, ""]);
	});

	it("to a request that is not allowed comes before anything of it is read", async () => {
		const world = await createFakeWorld();
		const { ids, keys } = await createCallers(world);
		const request = new Request(`https://edge.example/admin/v1/tenants/${ids.tenant}/policy?nonsense=1`, {
			method: "PUT",
			headers: { authorization: `Bearer ${keys.reader}`, "if-match": "nonsense" },
			body: "{",
		});
		expect((await world.fetch(request)).status).toBe(403);
		expect(request.bodyUsed).toBe(false);
	});
});

describe("a body", () => {
	const put = async (options: Parameters<typeof ask>[3]) => {
		const world = await createFakeWorld();
		const { ids } = await createCallers(world);
		return ask(world, "PUT", `/tenants/${ids.tenant}/policy`, {
			...options,
			headers: { "if-match": '"2"', "content-type": "application/json", ...options?.headers },
		});
	};
	const nested = (depth: number) => `{"cascades":${"[".repeat(depth)}${"]".repeat(depth)}}`;

	it.each([
		["is no JSON", "{", {}, 400, "invalid_json"],
		["is nothing", "", {}, 400, "invalid_json"],
		["is sent as a form's text", "{}", { "content-type": "text/plain" }, 400, "invalid_content_type"],
		["is sent as a form", "{}", { "content-type": "application/x-www-form-urlencoded" }, 400, "invalid_content_type"],
		["nests too deep", nested(40), {}, 400, "invalid_json"],
		["nests a hundred thousand levels deep", nested(100_000), {}, 400, "invalid_json"],
		["names a prototype", '{"version":1,"__proto__":{"cascades":{}}}', {}, 400, "invalid_json"],
		["names one further in", '{"cascades":{"a":[{"__proto__":1}]}}', {}, 400, "invalid_json"],
		["is too large", `"${"x".repeat(1_048_576)}"`, {}, 413, "request_too_large"],
		["only looks as if it nested", JSON.stringify({ version: nested(50) }), {}, 422, "invalid_policy"],
		["has its character set named", "{}", { "content-type": "Application/JSON; charset=utf-8" }, 422, "invalid_policy"],
	])("that %s", async (_what, text, headers, status, code) => {
		const { status: got, body } = await put({ text, headers });
		expect([got, body.error.code]).toEqual([status, code]);
	});
});

describe("a precondition", () => {
	it.each([
		[{ "if-match": "2" }, 400],
		[{ "if-match": '"0"' }, 400],
		[{ "if-match": '"2", "1"' }, 400],
		[{ "if-match": '"2"', "if-none-match": "*" }, 400],
		[{ "if-none-match": '"2"' }, 400],
		// There is always something that a patch changes.
		[{ "if-none-match": "*" }, 400],
		[{ "if-match": '"1"' }, 412],
		[{ "if-match": '"3"' }, 412],
		// A proxy that compresses a reply weakens its tag; the revision is the same.
		[{ "if-match": 'W/"2"' }, 200],
		[{ "if-match": ' "2" ' }, 200],
	])("%j is answered with %i", async (headers, status) => {
		const world = await createFakeWorld();
		const { ids } = await createCallers(world);
		const reply = await ask(world, "PATCH", `/tenants/${ids.tenant}/policy`, { headers, body: {} });
		expect([reply.status, reply.body.current]).toEqual([status, status === 412 ? 2 : undefined]);
	});

	it("of the first revision is of no use where there must be one", async () => {
		const world = await createFakeWorld();
		const { ids } = await createCallers(world);
		const headers = { "if-none-match": "*" };
		const body = { revision: 1, reason: "" };
		expect((await ask(world, "POST", `/tenants/${ids.tenant}/policy/rollback`, { headers, body })).status).toBe(400);
		expect((await ask(world, "DELETE", `/origins/${ids.origin}`, { headers })).status).toBe(400);
	});
});

describe("a key in the address", () => {
	it.each(["key=1", "api_key=1", "apikey=1", "access_token=1", "Token=1", "x=ec_live_abc", "x=op_ec_live_abc"])(
		"is refused, whatever else is sent: ?%s",
		async (query) => {
			const world = await createFakeWorld();
			const { status, body } = await ask(world, "GET", `/tenants?${query}`);
			expect([status, body.error.code]).toEqual([400, "key_in_query"]);
			expect(JSON.stringify(body)).not.toContain("abc");
		},
	);
});

describe("a fault", () => {
	it("of the configuration is 503 on every guarded route, logged and not shown", async () => {
		const world = await createFakeWorld({}, "OPERATOR_KEY_SHA256 must be set");
		const { status, body } = await ask(world, "GET", "/tenants");
		expect([status, body.error.code]).toEqual([503, "admin_not_configured"]);
		expect(JSON.stringify(body)).not.toContain("SHA256");
		expect(world.faults).toEqual([
			{ fault: "admin-not-configured", facts: expect.objectContaining({ what: "OPERATOR_KEY_SHA256 must be set" }) },
		]);
		expect((await ask(world, "GET", "/openapi.json")).status).toBe(200);
	});

	it.each([{ retryable: true }, { overloaded: true }])("of the way to a ledger may pass: %j", async (marks) => {
		const fault = Object.assign(new Error("Network connection lost, secret text"), marks);
		const world = await createFakeWorld({ ledgerOf: () => ({ state: () => Promise.reject(fault) }) as never });
		const { status, headers, body } = await ask(world, "GET", "/tenants/t");
		expect([status, headers.get("retry-after"), body.error.code]).toEqual([503, "2", "ledger_unavailable"]);
		expect(JSON.stringify([body, world.faults])).not.toContain("secret text");
	});

	it("that is a bug of ours shows nothing but what to quote", async () => {
		const world = await createFakeWorld({
			ledgerOf: () => ({ state: () => Promise.reject(new TypeError("secret text")) }) as never,
		});
		const { status, headers, body } = await ask(world, "GET", "/tenants/t");
		expect([status, body.error.code]).toEqual([500, "internal_error"]);
		expect(body.error.message).toContain(headers.get("x-request-id"));
		expect(JSON.stringify([body, world.faults])).not.toContain("secret text");
		expect(world.faults[0]).toMatchObject({ fault: "unexpected-error", facts: { error: "TypeError" } });
	});

	it("of Access's keys is no refusal", async () => {
		const world = await createFakeWorld({ verifyAccess: async () => ({ ok: false, error: "unavailable" }) });
		const headers = { "cf-access-jwt-assertion": world.access.valid };
		const { status, headers: sent, body } = await ask(world, "GET", "/tenants", { key: "", headers });
		expect([status, sent.get("retry-after"), body.error.code]).toEqual([503, "2", "access_unavailable"]);
	});

	it("in creating a tenant is mended by sending it again", async () => {
		const world = await createFakeWorld();
		const { registry } = world.ports;
		let failing = true;
		const breaking = {
			...registry,
			addTenant: async (input: Parameters<typeof registry.addTenant>[0]) => {
				if (failing) throw Object.assign(new Error("lost"), { retryable: true });
				return registry.addTenant(input);
			},
		};
		const broken = await createFakeWorld({ registry: breaking });
		const create = () => ask(broken, "POST", "/tenants", { body: { tenant: "half-made", name: "Half" } });
		expect((await create()).status).toBe(503);
		expect((await ask(broken, "GET", "/tenants")).body.items).toEqual([]);
		failing = false;
		expect((await create()).status).toBe(409);
		expect((await ask(broken, "GET", "/tenants")).body.items).toMatchObject([{ tenant: "half-made", name: "Half" }]);
	});

	it("in deleting a tenant is mended by sending it again", async () => {
		const world = await createFakeWorld();
		const { ids } = await createCallers(world);
		await world.ledgers.get(ids.tenant)?.destroy({ actor: { kind: "system", name: "test" } });
		const headers = { "x-confirm": ids.tenant };
		expect((await ask(world, "DELETE", `/tenants/${ids.tenant}`, { headers })).status).toBe(404);
		const { items } = (await ask(world, "GET", "/tenants?limit=200")).body;
		expect(items.map(({ tenant }: { tenant: string }) => tenant)).not.toContain(ids.tenant);
	});
});

describe("without Access", () => {
	it("its header is of no meaning, so that nobody can send it", async () => {
		const world = await createFakeWorld({ verifyAccess: null });
		const headers = { "cf-access-jwt-assertion": world.access.valid };
		const { status, body } = await ask(world, "GET", "/tenants", { key: "", headers });
		expect([status, body.error.code]).toEqual([401, "missing_api_key"]);
	});
});

describe("the list of routes", () => {
	it("names each operation, and each method of a path, once", () => {
		const operations = ADMIN_ROUTES.map(({ operationId }) => operationId);
		expect(new Set(operations).size).toBe(operations.length);
		const methods = ADMIN_ROUTES.map(({ method, path }) => `${method} ${path}`);
		expect(new Set(methods).size).toBe(methods.length);
	});

	it("takes no route without roles", () => {
		const facts = {
			operationId: "x",
			method: "GET",
			path: "/x",
			summary: "",
			reply: { schema: v.object({}), description: "" },
			handle: async () => ok({ body: {} }),
		} as const;
		// @ts-expect-error: roles are missing
		guarded(facts);
		// @ts-expect-error: an empty list is no list of roles
		guarded({ ...facts, roles: [] });
		// @ts-expect-error: no parameter of that name is known
		guarded({ ...facts, roles: ["operator"], path: "/x/{unknown}" });
		expect(guarded({ ...facts, roles: ["operator"] }).roles).toEqual(["operator"]);
	});

	it("is all that there is: another list makes another app", async () => {
		const world = await createFakeWorld();
		const app = createAdminApp(
			() => ok(world.ports),
			() => async () => null,
			() => {},
			ADMIN_ROUTES.slice(0, 1),
		);
		const get = async (path: string) =>
			(await app.fetch(new Request(`https://edge.example/admin/v1${path}`), {})).status;
		expect([await get("/tenants"), await get("/origins")]).toEqual([401, 404]);
	});
});
