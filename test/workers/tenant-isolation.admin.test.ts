import { beforeAll, describe, expect, it } from "vitest";
import { formatApiKey } from "../../src/core/api-key.ts";
import { GUARDED_ROUTES, sampleRequest } from "../admin/samples.ts";
import { fakeCascade } from "../support/cascades.ts";
import { createIsolationWorld, everythingOf, type IsolatedTenant } from "./tenant-isolation-world.ts";

type World = Awaited<ReturnType<typeof createIsolationWorld>>;
type Operation = (typeof GUARDED_ROUTES)[number]["operationId"];

let world: World;
/** Who attacks, and who must not notice. */
let a: IsolatedTenant;
let b: IsolatedTenant;
let spareOperatorKey: string;

beforeAll(async () => {
	world = await createIsolationWorld();
	a = await world.addTenant("a");
	b = await world.addTenant("b");
	spareOperatorKey = String((await world.asOperator("POST", "/operator-keys", { name: "Spare" }))["id"]);
	for (const tenant of [a, b]) {
		const body = { model: tenant.alias, messages: [{ role: "user", content: "Hello" }] };
		expect((await world.ask(tenant.keys.inference.key, "/v1/chat/completions", body)).status).toBe(200);
	}
	await world.deliver();
}, 60_000);

/** Stands for a tenant's name in a sample's address, until the address is written out. */
const PLACE = "tenant-place";

/** A sample request whose path names the tenant in this spelling, while its body and headers name it as it is. */
async function askedAs(
	operation: Operation,
	spelling: string,
	key: string,
	changes: {
		readonly named?: string;
		readonly keyId?: string;
		readonly origin?: string;
		readonly operatorKeyId?: string;
		readonly headers?: Readonly<Record<string, string>>;
		readonly query?: string;
		readonly body?: (body: Record<string, unknown>) => unknown;
	} = {},
): Promise<Response> {
	const { named = b.tenant, keyId = b.keys.read.id, origin = b.origin, operatorKeyId = spareOperatorKey } = changes;
	const ids = { tenant: PLACE, keyId, operatorKeyId, origin };
	const sample = sampleRequest(operation, ids, { authorization: `Bearer ${key}` });
	const text = (await sample.text()).replaceAll(PLACE, named);
	const headers = new Headers([...sample.headers].map(([name, value]) => [name, value.replaceAll(PLACE, named)]));
	for (const [name, value] of Object.entries(changes.headers ?? {})) headers.set(name, value);
	const body =
		text === "" || changes.body === undefined
			? text
			: JSON.stringify(changes.body(JSON.parse(text) as Record<string, unknown>));
	const address = sample.url.replaceAll(PLACE, spelling);
	const url = changes.query === undefined ? address : `${address}${address.includes("?") ? "&" : "?"}${changes.query}`;
	return world.fetch(new Request(url, { method: sample.method, headers, ...(body === "" ? {} : { body }) }));
}

/** A reply as far as it tells anything. */
async function toldBy(response: Response, rename: (text: string) => string = (text) => text) {
	const headers = [...response.headers].filter(([name]) => name !== "x-request-id");
	return { status: response.status, headers, text: rename(await response.text()) };
}

/** Ways to write B's name into a path, some of which lead there. */
const SPELLINGS: readonly (readonly [what: string, spell: (name: string, own: string) => string])[] = [
	["as it is", (name) => name],
	["in capitals", (name) => name.toUpperCase()],
	["percent-encoded", (name) => [...name].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join("")],
	["percent-encoded twice", (name) => [...name].map((letter) => `%25${letter.charCodeAt(0).toString(16)}`).join("")],
	["behind one's own and two dots", (name, own) => `${own}/../${name}`],
	["behind one's own and two encoded dots", (name, own) => `${own}/%2e%2E/${name}`],
	["behind one's own and an encoded slash", (name, own) => `${own}%2f..%2F${name}`],
	["behind one's own and a backslash", (name, own) => `${own}\\..\\${name}`],
	["behind one's own and a comma", (name, own) => `${own},${name}`],
	["before one's own and a semicolon", (name, own) => `${name};${own}`],
	["behind a dot", (name) => `./${name}`],
	["behind a second slash", (name) => `/${name}`],
	["before an encoded slash", (name) => `${name}%2F`],
	["with a space", (name) => `${name}%20`],
	["with a zero byte", (name) => `${name}%00`],
	["with a broken escape", (name) => `${name}%`],
	[
		"in full-width letters",
		(name) => [...name].map((letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)).join(""),
	],
	["with a combining mark", (name) => `${name}\u0301`],
	["with a soft hyphen", (name) => `${name}\u00ad`],
	["before a very long tail", (name) => name + "x".repeat(8_000)],
];

describe.each(GUARDED_ROUTES.map((route) => [route.operationId, route] as const))("%s", (operation, route) => {
	const ofTenant = route.path.includes("{tenant}");

	it("gives A's keys nothing of B and changes nothing of B's, however B is named in the path", async () => {
		const before = await everythingOf(b);
		for (const [what, spell] of ofTenant ? SPELLINGS : SPELLINGS.slice(0, 1)) {
			const response = await askedAs(operation, spell(b.tenant, a.tenant), a.keys.all.key);
			const text = await response.text();
			expect([400, 403, 404], `${what}: ${text}`).toContain(response.status);
			expect(text, what).not.toContain(b.secret);
			expect(JSON.stringify([...response.headers]), what).not.toContain(b.secret);
		}
		expect(await everythingOf(b)).toEqual(before);
	}, 30_000);

	it("goes by the path alone: headers, parameters, fields and identifiers that name B lead nowhere", async () => {
		const before = await everythingOf(b);
		const { admin } = a.keys;
		const names = { tenant: b.tenant, tenant_id: b.tenant, tenantId: b.tenant };
		const ways: readonly Parameters<typeof askedAs>[3][] = [
			// Identifiers of B in A's own path: a key, an origin, an operator's key, the confirmation.
			{},
			{
				headers: {
					"x-tenant": b.tenant,
					"x-tenant-id": b.tenant,
					"x-original-url": `/admin/v1/tenants/${b.tenant}`,
					"x-rewrite-url": `/admin/v1/tenants/${b.tenant}`,
					"x-forwarded-prefix": `/admin/v1/tenants/${b.tenant}`,
					"x-http-method-override": "DELETE",
					"cf-access-jwt-assertion": b.keys.admin.id,
					cookie: `tenant=${b.tenant}`,
				},
			},
			{ query: `tenant=${b.tenant}` },
			{ query: `tenant=${a.tenant}&tenant=${b.tenant}` },
			{ body: (body) => ({ ...body, ...names }) },
			{ body: (body) => ({ ...names, ...body, constructor: names, prototype: names }) },
			{ body: () => [names] },
		];
		for (const changes of ways) {
			const response = await askedAs(operation, a.tenant, admin.key, changes);
			expect(await response.text(), JSON.stringify(changes)).not.toContain(b.secret);
		}
		expect(await everythingOf(b)).toEqual(before);
	}, 30_000);

	it("tells A's keys the same of B, of a tenant in any other state, and of one that never was", async () => {
		if (!ofTenant) return;
		for (const key of Object.values(a.keys)) {
			const asked = async (tenant: string) =>
				toldBy(await askedAs(operation, tenant, key.key, { named: tenant, keyId: b.keys.read.id }));
			const never = await asked(`n-${crypto.randomUUID()}`);
			expect([403, 404]).toContain(never.status);
			for (const tenant of [b.tenant, ...Object.values(await otherStates())])
				expect(await asked(tenant)).toEqual(never);
		}
	}, 30_000);

	it("tells A's keys the same of B's identifiers and of such as never were", async () => {
		const absent = {
			keyId: `key_${crypto.randomUUID().replaceAll("-", "")}`,
			origin: `n-${crypto.randomUUID()}.gpu`,
			operatorKeyId: `opkey_${crypto.randomUUID().replaceAll("-", "")}`,
			named: `n-${crypto.randomUUID()}`,
		};
		const there = { keyId: b.keys.read.id, origin: b.origin, operatorKeyId: spareOperatorKey, named: b.tenant };
		const rename = (text: string) => text.replaceAll(/key_[0-9a-f]{32}|ec_live_\w+|"lastFour":"\w+"|\d{13}/gu, "…");
		for (const { key } of Object.values(a.keys)) {
			// What succeeds in A's own ledger says nothing of B, and the second time something else.
			if (["keys.create", "policy.rollback", "canary.promote", "canary.delete", "canary.put"].includes(operation))
				return;
			const told = async (ids: typeof there) => toldBy(await askedAs(operation, a.tenant, key, ids), rename);
			const [ofAbsent, ofThere] = [await told(absent), await told(there)];
			if (ofThere.status === 200 && route.method === "GET") continue;
			expect(ofThere).toEqual(ofAbsent);
		}
	}, 30_000);
});

let states: Promise<Readonly<Record<string, string>>> | undefined;

/** Tenants in the other states that there are. */
function otherStates(): Promise<Readonly<Record<string, string>>> {
	states ??= (async () => {
		const suspended = await world.addTenant("suspended");
		await world.asOperator("POST", `/tenants/${suspended.tenant}/suspend`, { reason: "unpaid" });
		const gone = await world.addTenant("gone");
		await world.asOperator("DELETE", `/tenants/${gone.tenant}`, undefined, { "x-confirm": gone.tenant });
		const empty = `empty-${crypto.randomUUID()}`;
		await world.asOperator("POST", "/tenants", { tenant: empty });
		return { suspended: suspended.tenant, gone: gone.tenant, empty };
	})();
	return states;
}

describe("another tenant's origin", () => {
	/** Models and prices that the tenant has already, so that nothing is refused but the origin; under its limits. */
	const policyOn = (origin: string) => ({
		version: 1,
		budget: { usdPerDay: 5 },
		limits: { rateTier: "test" },
		cascades: {
			shared: fakeCascade({
				edge: { model: `@fake/choices~${a.secret}` },
				origin: { model: `plain~${a.secret}`, origin },
			}),
		},
	});
	const send = (method: string, path: string, origin: string, headers: Readonly<Record<string, string>> = {}) =>
		world.fetch(
			new Request(`https://edge.example/admin/v1/tenants/${a.tenant}/policy${path}`, {
				method,
				headers: { authorization: `Bearer ${a.keys.all.key}`, "content-type": "application/json", ...headers },
				body: JSON.stringify(policyOn(origin)),
			}),
		);

	/** A writer that has not seen the current revision is refused before its policy is looked at. */
	const seen = async () => ({
		"if-match": `"${String((await world.asOperator("GET", `/tenants/${a.tenant}`))["revision"])}"`,
	});

	it.each([
		["PUT", "", 422],
		["PATCH", "", 422],
		["POST", "/validate", 200],
	] as const)("cannot be named in a policy, whether or not there is one: %s %s", async (method, path, status) => {
		const headers = path === "" ? await seen() : {};
		const ofB = await toldBy(await send(method, path, b.origin, headers));
		const ofNobody = await toldBy(await send(method, path, `n-${crypto.randomUUID().slice(0, 8)}.gpu`, headers));
		const rename = (text: string) => text.replaceAll(/"to":"[^"]*\.gpu"/gu, "");
		expect(ofB.status, ofB.text).toBe(status);
		expect(ofB.text).toContain("must begin with the tenant's own name");
		expect(withoutChanges(ofB.text)).toBe(withoutChanges(ofNobody.text));
		expect(rename(ofB.text)).not.toContain(b.secret);
	});

	it("is not confused with one's own by a name that begins alike", async () => {
		for (const origin of [`${a.tenant}x.gpu`, `${a.tenant}-2.gpu`, `${a.tenant.slice(0, -1)}.gpu`])
			expect((await send("PUT", "", origin, await seen())).status).toBe(422);
	});

	it("is one's own where the name begins with one's own", async () => {
		const told = await toldBy(await send("POST", "/validate", a.origin));
		expect(JSON.parse(told.text)).toMatchObject({ valid: true, problems: [] });
	});
});

function withoutChanges(text: string): string {
	const { changes: _changes, ...rest } = JSON.parse(text) as Record<string, unknown>;
	return JSON.stringify(rest);
}

describe("a tenant's name", () => {
	it("cannot reach out of its own records in KV, nor into another object", async () => {
		const before = await everythingOf(b);
		const names = [
			`${b.tenant}/policy`,
			`../${b.tenant}`,
			`a/../${b.tenant}`,
			`${b.tenant}\u0000`,
			` ${b.tenant}`,
			`${b.tenant}\n`,
			b.tenant.toUpperCase(),
			`${b.tenant}.gpu`,
			"a%2Fb",
			"é",
			"",
			".",
			"-a",
			"a_b",
			"a:b",
			"x".repeat(65),
			"registry/..",
			["a"],
			null,
			{},
		];
		for (const tenant of names)
			await expect(world.asOperator("POST", "/tenants", { tenant }), JSON.stringify(tenant)).rejects.toThrow("422");
		expect(await everythingOf(b)).toEqual(before);
	});
});

describe("a well-formed key that is nobody's", () => {
	it("is answered as A's is, at every route of a tenant", async () => {
		const nobody = formatApiKey(crypto.getRandomValues(new Uint8Array(32)));
		for (const { operationId } of GUARDED_ROUTES) {
			const [ofA, ofNobody] = await Promise.all(
				[a.keys.all.key, nobody].map(async (key) => toldBy(await askedAs(operationId, b.tenant, key))),
			);
			expect(ofA, operationId).toEqual(ofNobody);
		}
	});
});
