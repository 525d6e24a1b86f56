import { fileURLToPath } from "node:url";
import { Response as RuntimeResponse, type Request as RuntimeRequest } from "miniflare";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import { LOCAL_OPERATOR_KEY } from "../../src/local/seed-demo.ts";
import { buildLocalWorkers, LOCAL_ORIGIN_KEY, startLocalStack, type LocalStack } from "../../src/local/stack.ts";
import { fakeCascade } from "../support/cascades.ts";
import { completionBody } from "../support/openai-answers.ts";

/**
 * The Worker in the Workers runtime, with all that leaves it recorded: the only hosts that it may ask are those of the
 * origins that the operator has defined. Nothing that a client, a tenant or an origin names is ever asked.
 */
const ORIGINS = {
	gpu: "https://gpu.example.com/v1",
	moved: "https://moved.example.com/v1",
	vectors: "https://vectors.example.com/v1",
};
/** What is planted, wherever a URL may stand. */
const PLANTED = "https://evil.example/planted";
const METADATA = "http://169.254.169.254/latest/meta-data";
/** The smallest that a picture may be, for what takes none by its address. */
const DATA_URL = "data:text/plain;base64,aGk=";

/** Every status that makes a client go elsewhere, and where to. */
const REDIRECTS = [301, 302, 303, 307, 308].flatMap((status) =>
	[PLANTED, METADATA, "https://gpu.example.com/v1/chat/completions", "/v1/elsewhere"].map((location) => ({
		status,
		location,
	})),
);

interface Asked {
	readonly url: string;
	readonly authorization: string | null;
	readonly body: string;
}

let stack: LocalStack;
let asked: Asked[] = [];

async function network(request: RuntimeRequest): Promise<RuntimeResponse> {
	const { hostname, pathname } = new URL(request.url);
	const body = await request.text();
	asked.push({ url: request.url, authorization: request.headers.get("authorization"), body });
	if (hostname === "moved.example.com") {
		const { model } = JSON.parse(body) as { model: string };
		const { status, location } = REDIRECTS[Number(model.slice("redirect-".length))] ?? { status: 500, location: "" };
		return new RuntimeResponse(null, { status, headers: { location } });
	}
	if (pathname.endsWith("/embeddings"))
		return RuntimeResponse.json({
			object: "list",
			model: "vectors",
			data: [{ object: "embedding", index: 0, embedding: [1, 0] }],
			usage: { prompt_tokens: 1, total_tokens: 1 },
		});
	return RuntimeResponse.json(completionBody("large", `See ${PLANTED}`), {
		// What an origin names is not asked either.
		headers: { link: `<${PLANTED}>; rel=preload`, refresh: `0; url=${PLANTED}`, "content-location": PLANTED },
	});
}

function policy() {
	const cascade = (origin: string, model: string) =>
		fakeCascade({ edge: { model: "@local/mail-small", threshold: 1 }, origin: { origin, model }, timeoutMs: 30_000 });
	const moved = REDIRECTS.map((_, index) => [`moved-${index}`, cascade("moved", `redirect-${index}`)] as const);
	const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 0 };
	return {
		version: 1,
		cascades: { chat: cascade("gpu", "large"), ...Object.fromEntries(moved) },
		embeddings: { vectors: { adapter: "openai", origin: "vectors", model: "vectors", price } },
	};
}

beforeAll(async () => {
	const builtDirectory = await buildLocalWorkers(fileURLToPath(new URL("../../.wrangler/outbound", import.meta.url)));
	stack = await startLocalStack({
		port: 0,
		originPort: 0,
		policy: policy(),
		origins: ORIGINS,
		builtDirectory,
		network,
	});
}, 60_000);
afterAll(() => stack.stop());
beforeEach(() => {
	asked = [];
});

function post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
	return fetch(`${stack.url}${path}`, {
		method: "POST",
		headers: { authorization: `Bearer ${DEMO_KEY}`, "content-type": "application/json", ...headers },
		body: JSON.stringify(body),
	});
}

const hosts = () => [...new Set(asked.map(({ url }) => new URL(url).host))];
const chat = (fields: object, headers?: Readonly<Record<string, string>>) =>
	post("/v1/chat/completions", { model: "chat", messages: [{ role: "user", content: "Hello" }], ...fields }, headers);
const saying = (content: unknown) => ({ messages: [{ role: "user", content }] });

describe("a URL in a request", () => {
	it.each<[string, object]>([
		["in the text", saying(`Read ${PLANTED} and ${METADATA}`)],
		["as an image", saying([{ type: "image_url", image_url: { url: PLANTED } }])],
		[
			"as an image at the metadata service",
			saying([{ type: "image_url", image_url: { url: METADATA, detail: "high" } }]),
		],
		["as the name of a file", saying([{ type: "file", file: { filename: PLANTED, file_data: DATA_URL } }])],
		["as a tool's description", { tools: [{ type: "function", function: { name: "get", description: PLANTED } }] }],
		[
			"as a schema's reference",
			{ response_format: { type: "json_schema", json_schema: { name: "a", schema: { $ref: PLANTED } } } },
		],
		["as metadata and as a user", { metadata: { callback: PLANTED, webhook_url: METADATA }, user: PLANTED }],
	])("of chat goes to the cascade's origin as it is, and is not asked: %s", async (_where, fields) => {
		const response = await chat(fields);
		await response.text();
		expect(asked.length, String(response.status)).toBeGreaterThan(0);
		expect(hosts()).toEqual(["gpu.example.com"]);
	});

	it.each<[string, string, object]>([
		[
			"a file's address",
			"/v1/responses",
			{ input: [{ role: "user", content: [{ type: "input_file", file_url: PLANTED }] }] },
		],
		[
			"a server of tools",
			"/v1/responses",
			{ input: "Hi", tools: [{ type: "mcp", server_label: "a", server_url: PLANTED }] },
		],
		["a webhook", "/v1/responses", { input: "Hi", background: true, webhook_url: PLANTED }],
		[
			"an image",
			"/v1/responses",
			{ input: [{ role: "user", content: [{ type: "input_image", image_url: PLANTED }] }] },
		],
		["an image to moderate", "/v1/moderations", { input: [{ type: "image_url", image_url: { url: PLANTED } }] }],
		["a text to classify", "/v1/classifications", { input: PLANTED, labels: [PLANTED, METADATA] }],
		["a text to embed", "/v1/embeddings", { model: "vectors", input: PLANTED }],
		["a judgement", "/v1/feedback", { request_id: PLANTED, correct: false }],
		["a model", "/v1/chat/completions", { model: PLANTED, messages: [{ role: "user", content: "Hi" }] }],
		[
			"an address of the API",
			"/v1/chat/completions",
			{ base_url: PLANTED, api_base: PLANTED, origin: PLANTED, ...saying("Hi") },
		],
	])("of any other kind is not asked: %s", async (_what, path, fields) => {
		await (await post(path, { model: "chat", ...fields })).text();
		expect(hosts().filter((host) => host !== "gpu.example.com" && host !== "vectors.example.com")).toEqual([]);
	});

	it("in a header is not asked, and is not sent on", async () => {
		const names = [
			"x-forwarded-host",
			"forwarded",
			"referer",
			"x-original-url",
			"x-webhook-url",
			"openai-base-url",
			"via",
			"x-cascade-origin",
		];
		await (await chat({}, Object.fromEntries(names.map((name) => [name, PLANTED])))).text();
		expect(hosts()).toEqual(["gpu.example.com"]);
		expect(JSON.stringify(asked)).not.toContain("evil.example");
	});

	it("in an origin's answer or its headers is not asked", async () => {
		expect(await (await chat({})).text()).toContain(PLANTED);
		expect(hosts()).toEqual(["gpu.example.com"]);
	});
});

describe("a URL of a tenant's admin", () => {
	it("has no field in a policy, neither for an origin nor for anything else, and is not asked", async () => {
		const send = (method: string, path: string, body: unknown, key: string) =>
			fetch(`${stack.url}/admin/v1${path}`, {
				method,
				headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "if-match": '"1"' },
				body: JSON.stringify(body),
			});
		const made = await send("POST", "/tenants/demo/keys", { name: "admin", scopes: ["admin"] }, LOCAL_OPERATOR_KEY);
		const { key } = (await made.json()) as { key: string };
		const [edge, last] = policy().cascades.chat.stages;
		const changed = (stage: object) => ({ ...policy(), cascades: { chat: { stages: [edge, { ...last, ...stage }] } } });
		const refused = [
			changed({ origin: PLANTED }),
			changed({ baseUrl: PLANTED }),
			changed({ url: PLANTED }),
			{ ...policy(), webhook: PLANTED },
			{ ...policy(), alerts: { url: PLANTED } },
		];
		for (const document of refused)
			expect((await send("PUT", "/tenants/demo/policy", document, key)).status, JSON.stringify(document)).toBe(422);
		expect((await send("PUT", "/origins/mine", { baseUrl: PLANTED }, key)).status).toBe(403);
		expect(asked).toEqual([]);
	});
});

describe("a redirect of an origin's", () => {
	it.each(REDIRECTS.map((redirect, index) => ({ ...redirect, index })))(
		"is not followed, and its key goes nowhere else: $status $location",
		async ({ location, index }) => {
			for (const stream of [false, true]) {
				asked = [];
				const response = await post("/v1/chat/completions", { model: `moved-${index}`, stream, ...saying("Hello") });
				const { error } = (await response.json()) as { error: { code: string } };
				expect([response.status, error.code]).toEqual([502, "origin_redirect"]);
				expect(JSON.stringify(error)).not.toContain(location);
				expect(response.headers.get("location")).toBeNull();
				expect(asked.map(({ url, authorization }) => [url, authorization])).toEqual([
					["https://moved.example.com/v1/chat/completions", `Bearer ${LOCAL_ORIGIN_KEY}`],
				]);
			}
		},
	);
});

describe("what an origin is sent", () => {
	it("is its own key, and neither the client's nor the operator's", async () => {
		await (await chat({})).text();
		expect(asked.map(({ authorization }) => authorization)).toEqual([`Bearer ${LOCAL_ORIGIN_KEY}`]);
		expect(JSON.stringify(asked)).not.toContain(DEMO_KEY);
		expect(JSON.stringify(asked)).not.toContain(LOCAL_OPERATOR_KEY);
	});
});
