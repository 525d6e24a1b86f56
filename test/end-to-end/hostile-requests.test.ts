import { describe, expect, it } from "vitest";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import { LOCAL_OPERATOR_KEY } from "../../src/local/seed-demo.ts";
import { sendRaw, type RawReply } from "./raw-http.ts";

const BEARER = `authorization: Bearer ${DEMO_KEY}`;
const BODY = '{"model":"plain","messages":[{"role":"user","content":"Hello"}]}';

function post(headers: readonly string[], body = BODY): Promise<RawReply> {
	const bytes = Buffer.from(body);
	const own = [BEARER, "content-type: application/json", `content-length: ${bytes.byteLength}`];
	return sendRaw(["POST /v1/chat/completions HTTP/1.1", ...own, "x-cascade-route: origin", ...headers], [bytes]);
}

const get = (target: string, headers: readonly string[] = [BEARER]) => sendRaw([`GET ${target} HTTP/1.1`, ...headers]);

const codeOf = ({ body }: RawReply): unknown =>
	(JSON.parse(body) as { error?: { code: string } }).error?.code ?? "answered";

/** No header that only the client's text has named, and no id but ours. */
function expectNothingInjected({ headers }: RawReply) {
	expect([...headers.keys()].filter((name) => name.includes("injected") || name === "set-cookie")).toEqual([]);
	expect(headers.get("x-request-id")).toMatch(/^req_[0-9a-f-]{36}$/u);
}

describe("a header of the client's", () => {
	it.each([
		["half of another line", "x-request-id: a\rx-injected: 1"],
		["a NUL", "x-request-id: a\0b"],
		["a space before its colon", "x-request-id : a"],
		["a fold", "x-request-id: a\r\n x-injected: 1"],
		["a length that is none", "content-length: 5, 6"],
		["another way to frame the body than there is", "transfer-encoding: xchunked"],
	])("with %s is refused by the runtime before the Worker sees it", async (_what, header) => {
		const { status, headers } = await post([header]);
		expect(status).toBe(400);
		expect(headers.has("x-injected")).toBe(false);
	});

	it.each([
		["bytes that are no ASCII", "x-request-id: \xff\xfe"],
		["control characters", "x-client-request-id: \u0001\u001b[31m"],
		["100 KB", `x-request-id: ${"a".repeat(100_000)}`],
		["a name of JavaScript's", "__proto__: 1"],
		["another host", "x-forwarded-host: evil.example"],
	])("with %s changes nothing of the answer", async (_what, header) => {
		const reply = await post([header]);
		expect(reply.status, reply.body).toBe(200);
		expectNothingInjected(reply);
	});

	it("chooses no route where it is none", async () => {
		const own = [BEARER, "content-type: application/json", `content-length: ${BODY.length}`];
		const reply = await sendRaw(["POST /v1/chat/completions HTTP/1.1", ...own, "x-cascade-route: \xe9dge\t"], [BODY]);
		expect([reply.status, codeOf(reply)]).toEqual([400, "invalid_route"]);
	});
});

describe("text of the body that would be a header", () => {
	const LINES = "a\r\nx-injected: 1\r\nset-cookie: a=b\r\n\r\n";

	it.each([
		["the model's name", { model: LINES }, 404],
		["metadata", { metadata: { [LINES]: LINES } }, 200],
		["the user's name", { user: `模型${LINES}` }, 200],
		["a message", { messages: [{ role: "user", content: LINES }] }, 200],
		["a name of a field", { [LINES]: LINES }, 200],
	])("stays text: %s", async (_where, fields, status) => {
		const reply = await post([], JSON.stringify({ ...(JSON.parse(BODY) as object), ...fields }));
		expect(reply.status, reply.body).toBe(status);
		expectNothingInjected(reply);
	});
});

describe("a model's name that looks like another", () => {
	it.each([
		"ｐｌａｉｎ",
		"рlain",
		"plain\u200b",
		"PLAIN",
		" plain",
		"plain/",
		"./plain",
		"plain\0",
		"\u202enialp",
		"__proto__",
	])("is another: %j", async (model) => {
		const reply = await post([], JSON.stringify({ ...(JSON.parse(BODY) as object), model }));
		expect([reply.status, codeOf(reply)]).toEqual([404, "model_not_found"]);
		const shown = await get(`/v1/models/${encodeURIComponent(model)}`);
		expect([shown.status, codeOf(shown)]).toEqual([404, expect.stringMatching(/^(?:model_not_found|unknown_url)$/u)]);
	});
});

describe("a path", () => {
	it.each([
		["//v1/chat/completions", 404, "unknown_url"],
		["/v1//chat/completions", 404, "unknown_url"],
		["/v1/chat%2Fcompletions", 404, "unknown_url"],
		["/v1/chat/completions.", 404, "unknown_url"],
		["/v1/chat/completions/", 404, "unknown_url"],
		["/v1/chat/completions;x=1", 404, "unknown_url"],
		["/v1/chat/completions%00", 404, "unknown_url"],
		["/V1/chat/completions", 404, "unknown_url"],
		["/ADMIN/v1/tenants", 404, "unknown_url"],
		["/admin//v1/tenants", 404, "unknown_url"],
		["//admin/v1/tenants", 404, "unknown_url"],
		["/admin/v1;/tenants", 404, "unknown_url"],
		["/v1/%2E%2E%2Fadmin/v1/tenants", 404, "unknown_url"],
		["/v1/..%2f..%2fadmin/v1/tenants", 404, "unknown_url"],
		["/%ff", 404, "unknown_url"],
		["/%E0%A4%A", 404, "unknown_url"],
		["/v1/models/%2e%2e%2f..%2fadmin", 404, "model_not_found"],
		["/v1/models/%00", 404, "model_not_found"],
		["/v1/models/%E0%A4%A", 404, "model_not_found"],
	])("that is written otherwise is another: %s", async (target, status, code) => {
		const reply = await get(target);
		expect([reply.status, codeOf(reply)]).toEqual([status, code]);
		expectNothingInjected(reply);
	});

	// The URL is read before anything decides by it, so the dots are gone by then, for the admin API and for inference alike.
	it.each([
		"/v1/../admin/v1/tenants",
		"/v1/%2e%2e/admin/v1/tenants",
		"/healthz/../admin/v1/tenants",
		"/v1\\..\\admin\\v1\\tenants",
		"http://other.example/admin/v1/tenants",
	])("that leads to the admin API is the admin API's, which a tenant's key does not open: %s", async (target) => {
		const reply = await get(target);
		expect([reply.status, codeOf(reply)]).toEqual([401, "invalid_api_key"]);
		expect(reply.headers.get("www-authenticate")).toBe("Bearer");
		expect((await get(target, [`authorization: Bearer ${LOCAL_OPERATOR_KEY}`])).status).toBe(200);
	});

	it("that leads out of the admin API is not the admin API's, and its operator is nobody there", async () => {
		const target = "/admin/v1/../../v1/models";
		expect((await get(target)).status).toBe(200);
		expect((await get(target, [`authorization: Bearer ${LOCAL_OPERATOR_KEY}`])).status).toBe(401);
	});
});

describe("a key", () => {
	it.each([
		["in the query", `/v1/models?api_key=${DEMO_KEY}&authorization=Bearer%20${DEMO_KEY}`, []],
		["in a header of another vendor", "/v1/models", [`x-api-key: ${DEMO_KEY}`]],
		["in a header of Azure's", "/v1/models", [`api-key: ${DEMO_KEY}`]],
		["in a cookie", "/v1/models", [`cookie: authorization=Bearer ${DEMO_KEY}`]],
		["for a proxy", "/v1/models", [`proxy-authorization: Bearer ${DEMO_KEY}`]],
	])("%s opens nothing", async (_where, target, headers) => {
		const reply = await get(target, headers);
		expect([reply.status, codeOf(reply)]).toEqual([401, "missing_api_key"]);
		expect(reply.body).not.toContain(DEMO_KEY);
	});

	it.each([
		["in another scheme", `Basic ${Buffer.from(`user:${DEMO_KEY}`).toString("base64")}`],
		["in a scheme that is none", `Token ${DEMO_KEY}`],
		["without a scheme", DEMO_KEY],
		["after a tab", `Bearer\t${DEMO_KEY}`],
		["with something behind it", `Bearer ${DEMO_KEY} x`],
		["that is not there", "Bearer"],
		["with a byte that no key has", `Bearer ${DEMO_KEY}\xff`],
	])("%s opens nothing", async (_how, value) => {
		const reply = await get("/v1/models", [`authorization: ${value}`]);
		expect([reply.status, codeOf(reply)]).toEqual([401, "invalid_api_key"]);
		expect(reply.body).not.toContain(DEMO_KEY);
	});

	it("beside another one opens nothing, whichever comes first", async () => {
		const [right, wrong] = [BEARER, "authorization: Bearer wrong"];
		for (const headers of [
			[right, wrong],
			[wrong, right],
		])
			expect((await get("/v1/models", headers)).status).toBe(401);
	});

	it("opens with its scheme in any letters, as RFC 9110 has it", async () => {
		for (const scheme of ["Bearer", "bearer", "BEARER "])
			expect((await get("/v1/models", [`authorization: ${scheme} ${DEMO_KEY}`])).status).toBe(200);
	});
});

describe("two lengths for one body", () => {
	it("are read one way, so that nothing of it becomes a request of its own", async () => {
		const smuggled = "0\r\n\r\nGET /v1/models HTTP/1.1\r\nhost: edge.example\r\n\r\n";
		const head = ["POST /v1/chat/completions HTTP/1.1", BEARER, `content-length: ${smuggled.length}`];
		const reply = await sendRaw([...head, "transfer-encoding: chunked"], [smuggled]);
		expect([reply.status, reply.body.match(/HTTP\/1\.1/gu)]).toEqual([400, null]);
	});
});
