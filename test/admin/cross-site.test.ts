import { beforeAll, describe, expect, it } from "vitest";
import { createCallers, type Callers } from "./admin-world.ts";
import { createFakeWorld, type FakeWorld } from "./fake-world.ts";
import { GUARDED_ROUTES, sampleRequest } from "./samples.ts";

const CHANGING = GUARDED_ROUTES.filter(({ method }) => method !== "GET");
const OWN = "https://edge.example";

let world: FakeWorld;
let callers: Callers;
beforeAll(async () => {
	world = await createFakeWorld();
	callers = await createCallers(world);
});

/** A sample of the operation as a browser with an Access session sends it; an empty header is left out. */
async function sent(
	operation: (typeof GUARDED_ROUTES)[number]["operationId"],
	headers: Record<string, string>,
	{ ids } = callers,
) {
	const request = sampleRequest(operation, ids, { "cf-access-jwt-assertion": world.access.valid, ...headers });
	for (const [name, value] of Object.entries(headers)) if (value === "") request.headers.delete(name);
	const response = await world.fetch(request);
	const body = (await response.json()) as { error?: { code: string } };
	return body.error?.code ?? response.status;
}

describe.each(CHANGING.map((route) => [route.operationId, route.method] as const))("%s (%s)", (operation, method) => {
	it.each([
		["a page of another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
		["a page of another host of this site", { "sec-fetch-site": "same-site", origin: "https://www.edge.example" }],
		["a page of another site, in a browser without Fetch Metadata", { origin: "https://evil.example" }],
		["a page of this host without TLS", { origin: "http://edge.example" }],
		["a page of another port", { origin: `${OWN}:8443` }],
		["a page in a sandbox", { origin: "null" }],
		["a page in a sandbox that says so", { origin: "null", "sec-fetch-site": "cross-site" }],
		["a page whose two headers do not agree", { origin: "https://evil.example", "sec-fetch-site": "same-origin" }],
		["a page whose site is nonsense", { "sec-fetch-site": "yes" }],
	])("is not done with an Access session for %s", async (_who, headers) => {
		expect(await sent(operation, headers)).toBe("cross_site_request");
	});

	it.each([
		"",
		"text/plain",
		"multipart/form-data; boundary=x",
		"application/x-www-form-urlencoded",
		"application/jsonp",
	])("is not done for what says nothing of where it comes from and could be a form: %j", async (contentType) => {
		// No form sends another method, and a script's would be asked about first, which is answered with no permission.
		const got = await sent(operation, { "content-type": contentType }, await createCallers(world));
		if (method === "POST") expect(got).toBe("cross_site_request");
		else expect(got).not.toBe("cross_site_request");
	});

	it("is judged by the key, where there is one, and not by where the request comes from", async () => {
		const headers = { authorization: `Bearer ${callers.keys.inference}`, origin: "https://evil.example" };
		expect(await sent(operation, headers)).toBe("insufficient_scope");
	});
});

describe("what changes something with an Access session", () => {
	it.each([
		["a page of this Worker", { "sec-fetch-site": "same-origin", origin: OWN }],
		["a page of this Worker that has no referrer", { "sec-fetch-site": "same-origin", origin: "null" }],
		["a page of this Worker, in a browser without Fetch Metadata", { origin: OWN }],
		["a person, without a page", { "sec-fetch-site": "none" }],
		["no browser", {}],
	])("is done for %s", async (_who, headers) => {
		expect(await sent("operator-keys.create", headers)).toBe(201);
	});

	it("is nothing that is read: no GET is named as an act", () => {
		expect(new Set(GUARDED_ROUTES.map(({ method }) => method))).toEqual(
			new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]),
		);
		const reading = GUARDED_ROUTES.filter(({ method }) => method === "GET").map(({ operationId }) => operationId);
		expect(reading.filter((operation) => !/\.(?:list|get|export|diff|texts)$/u.test(operation))).toEqual([]);
	});
});

describe("a browser that asks first", () => {
	it.each(["/admin/v1/tenants", "/admin/v1/operator-keys", "/admin/v1/tenants/a/policy", "/admin/v1/docs"])(
		"is given no permission: OPTIONS %s",
		async (path) => {
			const response = await world.fetch(
				new Request(`${OWN}${path}`, {
					method: "OPTIONS",
					headers: {
						origin: "https://evil.example",
						"access-control-request-method": "PUT",
						"access-control-request-headers": "authorization, content-type",
					},
				}),
			);
			expect(response.status).toBe(405);
			expect([...response.headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
		},
	);
});
