import { beforeAll, describe, expect, it } from "vitest";
import * as v from "valibot";
import { formatOperatorKey } from "../../src/admin/operator-key.ts";
import { formatApiKey } from "../../src/core/api-key.ts";
import type { AdminOperation } from "../../src/admin/client-types.ts";
import { refusalStatuses } from "../../src/admin/openapi.ts";
import { createCallers, type AdminWorld, type Callers } from "./admin-world.ts";
import { GUARDED_ROUTES, sampleRequest } from "./samples.ts";

/** Who may, said a second time: a change of a route's roles must be made here as well. */
const WHO_MAY: Readonly<Record<AdminOperation, "operators" | "admins" | "readers">> = {
	"tenants.list": "operators",
	"tenants.create": "operators",
	"tenants.get": "readers",
	"tenants.suspend": "operators",
	"tenants.resume": "operators",
	"tenants.delete": "operators",
	"tenants.export": "admins",
	"policy.get": "readers",
	"policy.put": "admins",
	"policy.patch": "admins",
	"policy.validate": "readers",
	"revisions.list": "readers",
	"revisions.get": "readers",
	"revisions.diff": "readers",
	"policy.rollback": "admins",
	"canary.get": "readers",
	"canary.put": "admins",
	"canary.delete": "admins",
	"canary.promote": "admins",
	"evidence.get": "readers",
	"evidence.export": "readers",
	"evidence.texts": "admins",
	"evidence.labels": "admins",
	"evidence.restart": "admins",
	"evidence.close": "admins",
	"evidence.anchors.get": "admins",
	"evidence.anchors.put": "admins",
	"evidence.anchors.check": "admins",
	"keys.list": "readers",
	"keys.create": "admins",
	"keys.rotate": "admins",
	"keys.revoke": "admins",
	"usage.get": "readers",
	"requests.list": "readers",
	"requests.get": "readers",
	"feedback.get": "readers",
	"audit.list": "admins",
	"origins.list": "operators",
	"origins.get": "operators",
	"origins.put": "operators",
	"origins.delete": "operators",
	"operator-keys.list": "operators",
	"operator-keys.create": "operators",
	"operator-keys.revoke": "operators",
	"registry-audit.list": "operators",
};

const randomBytes = () => crypto.getRandomValues(new Uint8Array(32));
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Every route, asked by everyone. */
export function describeAuthorisation(createWorld: () => Promise<AdminWorld>): void {
	let world: AdminWorld;
	beforeAll(async () => {
		world = await createWorld();
	});

	describe.each(GUARDED_ROUTES.map((route) => [route.operationId, route] as const))("%s", (operation, route) => {
		let callers: Callers;
		beforeAll(async () => {
			callers = await createCallers(world);
		});
		/** What changes something is done to a tenant of its own. */
		const ownCallers = () => (route.method === "GET" ? callers : createCallers(world));
		const who = WHO_MAY[operation];
		const ofTenant = route.path.includes("{tenant}");
		const send = (headers: Readonly<Record<string, string>>, { ids } = callers) =>
			world.fetch(sampleRequest(operation, ids, headers));

		const expectRefusal = async (response: Response, status: 401 | 403 | 404) => {
			const body = (await response.json()) as { error: { code: string } };
			expect(response.status, JSON.stringify(body)).toBe(status);
			if (status === 401) expect(response.headers.get("www-authenticate")).toBe("Bearer");
			return body.error.code;
		};
		const expectSuccess = async (response: Response) => {
			const body: unknown = await response.json();
			const { schema, revisioned = false } = route.reply;
			const statuses: readonly number[] = "statuses" in route.reply ? route.reply.statuses : [200];
			expect(response.status, JSON.stringify(body)).toBeOneOf([...statuses]);
			// The description says all that is sent: parsing drops what it does not know.
			expect(v.parse(schema, body)).toEqual(body);
			expect(response.headers.get("etag") !== null).toBe(revisioned);
		};

		it("is for whom the table says", () => {
			const roles: readonly string[] = route.roles;
			expect(roles).toContain("operator");
			expect(roles.includes("tenant-admin")).toBe(who !== "operators");
			expect(roles.includes("tenant-reader")).toBe(who === "readers");
		});

		it.each(["deployed", "issued", "access", "access-service"] as const)("lets an operator: %s", async (kind) => {
			const own = await ownCallers();
			const headers = {
				deployed: bearer(world.operatorKey),
				issued: bearer(own.keys.operator),
				access: { "cf-access-jwt-assertion": world.access.valid },
				"access-service": { "cf-access-jwt-assertion": world.access.ofService },
			}[kind];
			await expectSuccess(await send(headers, own));
		});

		it(`${who === "operators" ? "does not let" : "lets"} the tenant's admin`, async () => {
			const own = await ownCallers();
			const response = await send(bearer(own.keys.admin), own);
			if (who === "operators") expect(await expectRefusal(response, 403)).toBe("insufficient_scope");
			else await expectSuccess(response);
		});

		it(`${who === "readers" ? "lets" : "does not let"} a key of the tenant that may read`, async () => {
			const own = await ownCallers();
			const response = await send(bearer(own.keys.reader), own);
			if (who === "readers") await expectSuccess(response);
			else expect(await expectRefusal(response, 403)).toBe("insufficient_scope");
		});

		it("does not let a key of the tenant that may only ask models", async () => {
			expect(await expectRefusal(await send(bearer(callers.keys.inference)), 403)).toBe("insufficient_scope");
		});

		it.each(["otherAdmin", "otherInference", "revokedAdmin"] as const)(
			"tells a key that is not one of this tenant nothing: %s",
			async (kind) => {
				const code = await expectRefusal(await send(bearer(callers.keys[kind])), ofTenant ? 404 : 403);
				expect(code).toBe(ofTenant ? "tenant_not_found" : "insufficient_scope");
			},
		);

		it("tells a key that was never made the same", async () => {
			await expectRefusal(await send(bearer(formatApiKey(randomBytes()))), ofTenant ? 404 : 403);
		});

		it("answers another tenant's key as if there were no such tenant, byte for byte", async () => {
			if (!ofTenant) return;
			const { ids, keys } = callers;
			const there = await send(bearer(keys.otherAdmin));
			for (const tenant of [`t-${crypto.randomUUID()}`, "A", "a..b", "a%2Fb", "%00", "x".repeat(65)]) {
				const absent = await send(bearer(keys.otherAdmin), { ...callers, ids: { ...ids, tenant } });
				expect(absent.status).toBe(404);
				expect(await absent.text()).toBe(await there.clone().text());
				expect(headersOf(absent)).toEqual(headersOf(there));
			}
		});

		it("tells an operator that there is no such tenant", async () => {
			if (!ofTenant) return;
			for (const tenant of [`t-${crypto.randomUUID()}`, "A", "a..b"]) {
				const response = await send(bearer(world.operatorKey), { ...callers, ids: { ...callers.ids, tenant } });
				expect(await expectRefusal(response, 404)).toBe("tenant_not_found");
			}
		});

		it.each([
			["nothing", {}],
			["no key", { authorization: "" }],
			["another scheme", { authorization: `Basic ${btoa("operator:operator")}` }],
			["something else", bearer("sk-1234")],
			["a key that is too long", bearer("x".repeat(257))],
			["a mistyped key", bearer(`${formatApiKey(randomBytes()).slice(0, -1)}!`)],
			["an operator's key that was never made", bearer(formatOperatorKey(randomBytes()))],
		])("does not let who sends %s", async (_what, headers) => {
			await expectRefusal(await send(headers), 401);
		});

		it("does not let an Access token that is not proved to be one of this application", async () => {
			for (const [why, token] of Object.entries(world.access.refused)) {
				const response = await send({ "cf-access-jwt-assertion": token });
				expect(await expectRefusal(response, 401), why).toBe("invalid_access_token");
			}
		});

		it("takes a key for what it is, whatever Access says", async () => {
			const access = { "cf-access-jwt-assertion": world.access.valid };
			expect((await send({ ...access, ...bearer("sk-1234") })).status).toBe(401);
			expect((await send({ ...access, ...bearer(callers.keys.inference) })).status).toBe(403);
		});

		it("takes no key from the address, and none from a cookie", async () => {
			const asked = sampleRequest(operation, callers.ids, {});
			const url = new URL(asked.url);
			url.searchParams.set("api_key", world.operatorKey);
			const inAddress = await world.fetch(
				new Request(url, { method: asked.method, headers: bearer(world.operatorKey) }),
			);
			expect(inAddress.status).toBe(400);
			expect(await inAddress.json()).toMatchObject({ error: { code: "key_in_query" } });
			const { valid } = world.access;
			expect((await send({ cookie: `CF_Authorization=${valid}; key=${world.operatorKey}` })).status).toBe(401);
		});

		it("changes nothing for a page of another site that rides on an Access session", async () => {
			const own = await ownCallers();
			const access = { "cf-access-jwt-assertion": world.access.valid };
			for (const site of ["cross-site", "same-site"]) {
				const response = await send({ ...access, "sec-fetch-site": site }, own);
				if (route.method === "GET") expect(response.status).toBe(200);
				else expect(await expectRefusal(response, 403)).toBe("cross_site_request");
			}
			await expectSuccess(await send({ ...access, "sec-fetch-site": "same-origin" }, own));
		});

		it("says in its description with which statuses it refuses", () => {
			expect(refusalStatuses(route)).toEqual(expect.arrayContaining([400, 401, 403, ...(ofTenant ? [404] : []), 503]));
		});
	});
}

function headersOf(response: Response): unknown {
	return [...response.headers].filter(([name]) => name !== "x-request-id");
}
