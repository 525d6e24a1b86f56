import { inject } from "vitest";
import { describe, expect, it } from "vitest";
import { DEMO_TENANT } from "../../src/local/demo-records.ts";
import { LOCAL_OPERATOR_KEY } from "../../src/local/seed-demo.ts";

async function admin(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
	const response = await fetch(`${inject("stackUrl")}/admin/v1${path}`, {
		method,
		headers: { authorization: `Bearer ${LOCAL_OPERATOR_KEY}`, "content-type": "application/json", ...headers },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Names that a person or a normaliser would take for the demo's tenant, or that mean something in a path. */
const LOOKALIKES = [
	"ｄｅｍｏ",
	"dеmo",
	"demo\u200b",
	"\u202eomed",
	"\ufeffdemo",
	"DEMO",
	"Demo",
	" demo",
	"demo ",
	"demo\0",
	"demo\n",
	"de\u00admo",
	"ⅾemo",
	"démo",
	"de\u0301mo",
	"../demo",
	"demo/..",
	"demo%2f",
	".",
	"..",
	"",
	"__proto__",
	"-demo",
	"demo'--",
	"a".repeat(65),
];

describe("a tenant's name", () => {
	it.each(LOOKALIKES)("that is no plain name is refused, not made plain: %j", async (tenant) => {
		const { status, body } = await admin("POST", "/tenants", { tenant, name: "Other" });
		expect([status, body["error"]]).toEqual([422, expect.objectContaining({ param: "tenant" })]);
	});

	it.each(LOOKALIKES.filter((name) => ![".", "..", ""].includes(name)))(
		"that is no plain name finds no tenant in a path: %j",
		async (tenant) => {
			const { status } = await admin("GET", `/tenants/${encodeURIComponent(tenant)}`);
			expect(status).toBe(404);
		},
	);

	it("is the key's and nothing that a client calls itself", async () => {
		const { status } = await admin("GET", `/tenants/${DEMO_TENANT}`);
		expect(status).toBe(200);
	});

	it.each(["constructor", "prototype", "hasownproperty", "tostring", "then"])(
		"may be a name that JavaScript knows: %s",
		async (word) => {
			const tenant = `${word}`;
			expect((await admin("GET", `/tenants/${tenant}`)).status).toBe(404);
			expect((await admin("POST", "/tenants", { tenant })).status).toBe(201);
			expect((await admin("GET", `/tenants/${tenant}`)).body).toMatchObject({ tenant, revision: null });
			expect((await admin("DELETE", `/tenants/${tenant}`, undefined, { "x-confirm": tenant })).status).toBe(200);
		},
	);
});

describe("a name for people", () => {
	it.each(["\u202eevil", "模型 👋", "a\0b", "\ud800", "<script>alert(1)</script>", "a\r\nx-injected: 1"])(
		"may be any text, is kept as text, and is sent as JSON: %j",
		async (name) => {
			const tenant = `named-${crypto.randomUUID()}`;
			expect((await admin("POST", "/tenants", { tenant, name })).status).toBe(201);
			const { status, body } = await admin("GET", `/tenants/${tenant}`);
			// SQLite keeps UTF-8, which cannot say half a character: three bytes, and none of them is right.
			expect([status, body["name"]]).toEqual([200, name.replace("\ud800", "\ufffd\ufffd\ufffd")]);
		},
	);
});
