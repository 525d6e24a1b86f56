import { beforeAll, describe, expect, it } from "vitest";
import { createCallers, type Callers } from "../admin/admin-world.ts";
import { GUARDED_ROUTES, sampleRequest } from "../admin/samples.ts";
import { EVERY_ROUTE } from "../support/every-route.ts";
import { createIsolationWorld, type IsolatedTenant } from "./tenant-isolation-world.ts";

const BASE = "https://edge.example";
const MESSAGES = [{ role: "user", content: "Hello" }];

/** What every reply has, said a second time. */
const STRICT = {
	"cache-control": "no-store",
	"content-security-policy": "default-src 'none'; frame-ancestors 'none'",
	"cross-origin-resource-policy": "same-origin",
	"referrer-policy": "no-referrer",
	"strict-transport-security": "max-age=31536000",
	"x-content-type-options": "nosniff",
	"x-frame-options": "DENY",
};

/** All that a reply may have beside them: a new header is a decision, and is made here too. */
const OTHERS = [
	"allow",
	"content-disposition",
	"content-length",
	"content-type",
	"cross-origin-opener-policy",
	"etag",
	"retry-after",
	"server-timing",
	"www-authenticate",
	"x-cascade-confidence",
	"x-cascade-cost-usd",
	"x-cascade-model",
	"x-cascade-policy-revision",
	"x-cascade-reason",
	"x-cascade-saved-usd",
	"x-cascade-stage",
	"x-cascade-threshold",
	"x-cascade-threshold-source",
	"x-request-id",
	"x-should-retry",
];

let world: Awaited<ReturnType<typeof createIsolationWorld>>;
let tenant: IsolatedTenant;
let callers: Callers;
beforeAll(async () => {
	world = await createIsolationWorld();
	tenant = await world.addTenant("h");
	callers = await createCallers({ ...world, access: undefined as never });
}, 60_000);

async function expectStrict(response: Response, policy = STRICT["content-security-policy"]): Promise<void> {
	await response.text();
	const headers = Object.fromEntries(response.headers);
	expect(headers).toMatchObject({ ...STRICT, "content-security-policy": policy });
	expect(Object.keys(headers).filter((name) => !(name in STRICT) && !OTHERS.includes(name))).toEqual([]);
	expect(headers["x-request-id"]).toMatch(/^req_[0-9a-f-]{36}$/u);
}

/** As a browser sends it from a page of another site, so that what is given to every site shows. */
function ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: unknown) {
	return world.fetch(
		new Request(`${BASE}${path}`, {
			method,
			headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site", ...headers },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		}),
	);
}

/** A body for each path of the app that takes one. */
const BODIES: Readonly<Record<string, unknown>> = {
	"/v1/chat/completions": { model: "shared", messages: MESSAGES },
	"/v1/responses": { model: "shared", input: "Hello" },
	"/v1/classifications": { model: "shared", input: "Hello", labels: ["spam", "ham"] },
	"/v1/moderations": { model: "shared", input: "Hello" },
	"/v1/embeddings": { model: "shared-vectors", input: "Hello" },
	"/v1/feedback": { request_id: "req_00000000-0000-4000-8000-000000000000", correct: false },
};

const PATHS = new Set(EVERY_ROUTE.map(({ path }) => path));

describe.each([...PATHS])("every reply of %s", (path) => {
	const bearer = () => ({ authorization: `Bearer ${tenant.keys.all.key}`, "content-type": "application/json" });
	const address = path.replace(":id", "shared");

	it.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PROPFIND"])(
		"is strict, and for its own site alone: %s",
		async (method) => {
			const body = method === "POST" ? BODIES[path] : undefined;
			const allowed = await ask(method, address, bearer(), body);
			if (method === "POST" && body !== undefined) expect(allowed.status).toBeOneOf([200, 404, 502]);
			if (method === "OPTIONS") expect(allowed.status).toBeOneOf([404, 405]);
			await expectStrict(allowed);
			await expectStrict(await ask(method, address, {}, body));
		},
	);
});

describe("every other reply to a client", () => {
	const bearer = () => ({ authorization: `Bearer ${tenant.keys.all.key}`, "content-type": "application/json" });

	it("is strict: a stream, a refusal, a failure of the origin, an unknown path", async () => {
		const chat = (fields: object, headers = {}) =>
			ask(
				"POST",
				"/v1/chat/completions",
				{ ...bearer(), ...headers },
				{ model: "shared", messages: MESSAGES, ...fields },
			);
		const replies = {
			stream: await chat({ stream: true }),
			"origin's stream": await chat({ stream: true }, { "x-cascade-route": "origin" }),
			"bad request": await chat({ messages: [] }),
			"unknown model": await chat({ model: "none" }),
			"unknown path": await ask("GET", "/"),
			"unknown method": await ask("OPTIONS", "/v1/nothing"),
			"the path of assets": await ask("GET", "/favicon.ico"),
		};
		for (const reply of Object.values(replies)) await expectStrict(reply);
		expect(Object.values(replies).map(({ status }) => status)).toEqual([200, 200, 400, 404, 404, 404, 404]);
	});
});

describe("every reply of the admin API", () => {
	it.each(GUARDED_ROUTES.map(({ operationId }) => operationId))(
		"is strict, as a success and as a refusal: %s",
		async (id) => {
			const own = GUARDED_ROUTES.find(({ operationId }) => operationId === id)?.method === "GET";
			const { ids } = own ? callers : await createCallers({ ...world, access: undefined as never });
			const foreign = { origin: "https://evil.example" };
			const done = await world.fetch(
				sampleRequest(id, ids, { authorization: `Bearer ${world.operatorKey}`, ...foreign }),
			);
			expect(done.ok, `${id}: ${done.status}`).toBe(true);
			await expectStrict(done);
			await expectStrict(await world.fetch(sampleRequest(id, ids, foreign)));
		},
	);

	it.each(["/admin/v1", "/admin/v1/openapi.json", "/admin/v1/nothing", "/metrics"])(
		"is strict for whoever asks: %s",
		async (path) => {
			for (const method of ["GET", "HEAD", "POST", "OPTIONS", "PROPFIND"]) await expectStrict(await ask(method, path));
		},
	);

	it("is strict for the metrics, which are text", async () => {
		const response = await ask("GET", "/metrics", { authorization: `Bearer ${world.operatorKey}` });
		expect(response.status).toBe(200);
		await expectStrict(response);
	});

	it("is strict for the page of the description, which may run its own script and nothing else", async () => {
		const response = await ask("GET", "/admin/v1/docs");
		const policy = response.headers.get("content-security-policy") ?? "";
		expect(policy.replaceAll(/'nonce-[0-9a-f]{32}'/gu, "NONCE")).toBe(
			"default-src 'none'; script-src NONCE; style-src NONCE; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		);
		expect(response.headers.get("cross-origin-opener-policy")).toBe("same-origin");
		await expectStrict(response, policy);
	});
});
