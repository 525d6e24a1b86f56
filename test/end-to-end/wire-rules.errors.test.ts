/** What every error must be like, what the errors of upstreams become, and what each client shows of them. */
import { describe, expect, inject, it } from "vitest";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import { readEvents } from "../support/read-events.ts";
import { STACK_KEYS } from "../support/stack-policy.ts";
import { post } from "./client.ts";
import { CLIENTS, QUESTION, shownBy, WAYS } from "./three-clients.ts";

const ORIGIN = { "x-cascade-route": "origin" };
const asked = (model: string, fields: object = {}) => ({
	model,
	messages: [{ role: "user", content: QUESTION }],
	...fields,
});

/** The body of an error as the rule has it: four fields, of which two may be null. */
const ERROR_BODY = {
	error: {
		message: expect.stringMatching(/\w/u),
		type: expect.stringMatching(/_error$/u),
		param: expect.toSatisfy((param) => param === null || typeof param === "string"),
		code: expect.stringMatching(/^[a-z_]+$/u),
	},
};

describe("an error on every path", () => {
	const send = (path: string, init: RequestInit = {}, key = DEMO_KEY) =>
		fetch(`${inject("stackUrl")}${path}`, {
			...init,
			headers: { authorization: `Bearer ${key}`, connection: "close" },
		});
	const chat = (body: string) => send("/v1/chat/completions", { method: "POST", body });

	it.each([
		["a path that is none", 404, () => send("/v1/nowhere")],
		["a path outside the API", 404, () => send("/favicon.ico")],
		["an endpoint that we have not", 404, () => send("/v1/images/generations", { method: "POST", body: "{}" })],
		["a model that is none", 404, () => send("/v1/models/none")],
		["another method", 405, () => send("/v1/chat/completions")],
		["a deletion", 405, () => send("/v1/models/cascade", { method: "DELETE" })],
		["a body that is not JSON", 400, () => chat("{")],
		["an empty body", 400, () => chat("")],
		["a body that is too large", 413, () => chat(JSON.stringify(asked("x".repeat(1_100_000))))],
		["an unknown key", 401, () => send("/v1/models", {}, STACK_KEYS.unknown)],
		["a key without the right", 403, () => send("/v1/models", {}, STACK_KEYS.withoutScope)],
		["an origin that fails", 502, () => post(asked("status-500"), ORIGIN)],
		["an origin that is not there", 503, () => post(asked("close-at-once"), ORIGIN)],
	])("has OpenAI's form and a request id: %s", async (_which, status, ask) => {
		const response = await ask();
		expect(response.status).toBe(status);
		expect(response.headers.get("content-type")).toBe("application/json");
		expect(response.headers.get("x-request-id")).toMatch(/^req_/u);
		expect(await response.json()).toEqual(ERROR_BODY);
	});

	it("is a status before a stream begins, and never an event after a 200", async () => {
		for (const [fields, headers, status] of [
			[asked("cascade", { temperature: 9 }), {}, 400],
			[asked("none"), {}, 404],
			[asked("cascade"), { authorization: `Bearer ${STACK_KEYS.unknown}` }, 401],
			[asked("error-first"), ORIGIN, 502],
			[asked("status-429-7"), ORIGIN, 429],
		] as const) {
			const response = await post({ ...fields, stream: true }, headers);
			expect([response.status, response.headers.get("content-type")]).toEqual([status, "application/json"]);
			await response.body?.cancel();
		}
	});

	it("says whether another try is worth while", async () => {
		const headersOf = async (model: string) => {
			const { headers, body } = await post(asked(model), ORIGIN);
			await body?.cancel();
			return { after: headers.get("retry-after"), should: headers.get("x-should-retry") };
		};
		expect(await headersOf("status-429-7")).toEqual({ after: "7", should: null });
		expect(await headersOf("status-503")).toEqual({ after: expect.stringMatching(/^\d{1,2}$/u), should: null });
		expect(await headersOf("status-401")).toEqual({ after: null, should: "false" });
		// No client retries these, so they need no word about it.
		expect(await headersOf("status-400")).toEqual({ after: null, should: null });
	});
});

/** A tenant for each client: what fails for one opens no breaker for the next. */
const apart = (client: (typeof CLIENTS)[number]) => ({ apiKey: STACK_KEYS.apart[CLIENTS.indexOf(client)] ?? "" });

describe.each(CLIENTS)("$name", (client) => {
	it.each([
		["an unknown key", 401, "invalid_api_key", null, asked("cascade"), { apiKey: STACK_KEYS.unknown }],
		["a key without the right", 403, "insufficient_scope", null, asked("cascade"), { apiKey: STACK_KEYS.withoutScope }],
		["a model that is none", 404, "model_not_found", "model", asked("gpt-4o"), {}],
		[
			"a route that is none",
			400,
			"invalid_route",
			"x-cascade-route",
			asked("cascade"),
			{ headers: { "x-cascade-route": "moon" } },
		],
		["too long a prompt", 400, "context_length_exceeded", "messages", asked("context-length"), {}],
		["an origin at its limit", 429, "rate_limit_exceeded", null, asked("status-429-7"), {}],
		["an origin that refuses our key", 502, "origin_auth", null, asked("status-401"), {}],
		["an origin that is not there", 503, "origin_unavailable", null, asked("close-at-once"), {}],
	])("shows our own words, plain and streamed: %s", async (_what, status, code, param, { model }, connection) => {
		for (const way of WAYS) {
			const error = await shownBy(client, way, model, { ...apart(client), ...connection });
			expect(error).toMatchObject({ status, code, param });
			expect(error.message).toMatch(/\b(?:key|scope|model|x-cascade-route|tokens|rate|credentials|reached)\b/u);
			expect(error.header("x-request-id")).toMatch(/^req_/u);
			expect(error.header("retry-after")).toBe(status === 429 ? "7" : status === 503 ? "5" : null);
		}
	});

	it.each([
		["error-late", /failed with status 500: CUDA out of memory/u, "upstream_error"],
		["break-mid-stream", /broke off its answer/u, "upstream_broken_off"],
		["no-finish-reason", /ended without a finish reason/u, "upstream_invalid"],
	])("throws where a stream fails in the middle, with our own words: %s", async (model, message, code) => {
		const error = await shownBy(client, "stream", model);
		expect(error).toMatchObject({ status: undefined, type: "server_error", code });
		expect(error.message).toMatch(message);
	});
});

/** What each upstream's error becomes; in brackets what clients made of it when it was passed on as it came. */
const UPSTREAM_ERRORS = [
	["vLLM's, whose code is a number", "vllm", 400, "invalid_request", "top_k", "top_k must be -1"],
	["SGLang's flat one (AI SDK: no message)", "sglang", 400, "invalid_request", null, "too long"],
	["TGI's, which is a text (AI SDK: no message)", "tgi", 400, "validation", null, "Input validation error"],
	["FastAPI's list (AI SDK: no message)", "fastapi", 400, "invalid_request", "top_k", "field required"],
	[
		"a proxy's page (openai: raw HTML)",
		"html",
		502,
		"upstream_error",
		null,
		"The stage 'origin' failed with status 502.",
	],
	["Cloudflare's text", "text-524", 502, "upstream_error", null, "The stage 'origin' failed with status 524."],
	["nothing at all", "empty-502", 502, "upstream_error", null, "The stage 'origin' failed with status 502."],
	["Workers AI's own form", "native-answer", 502, "upstream_invalid", null, /sent no valid answer/u],
] as const;

describe.each(UPSTREAM_ERRORS)("an upstream's error: %s", (_whose, model, status, code, param, message) => {
	it.each([false, true])("becomes OpenAI's form and a proper status (stream: %s)", async (stream) => {
		const response = await post(asked(model, { stream }), ORIGIN);
		expect(response.status).toBe(status);
		const body = (await response.json()) as typeof ERROR_BODY;
		expect(body).toEqual(ERROR_BODY);
		expect(body.error).toMatchObject({ code, param, message: expect.stringMatching(message) });
	});

	it.each(CLIENTS)("is shown by $name with its message", async (client) => {
		for (const way of WAYS) {
			const error = await shownBy(client, way, model, apart(client));
			expect(error).toMatchObject({ status, code, param });
			expect(error.message).toMatch(message);
			expect(error.message).not.toMatch(/<html>|\d+\.\d+\.\d+\.\d+/u);
		}
	});
});

/** The same inside a stream that has begun with a 200 at the upstream. */
const ERRORS_IN_STREAMS = [
	["OpenAI's", "error-late", "upstream_error", /CUDA out of memory/u],
	["SGLang's flat one (openai: TypeError; LangChain: silence)", "flat-error-late", "upstream_error", /boom/u],
	["TGI's, which is a text (AI SDK: validation error)", "text-error-late", "upstream_error", /boom/u],
] as const;

describe.each(ERRORS_IN_STREAMS)("an upstream's error inside a stream: %s", (_whose, model, code, message) => {
	it("becomes one error event in OpenAI's form, and the end marker", async () => {
		const reply = await readEvents(await post(asked(model, { stream: true }), ORIGIN));
		expect(reply).toMatchObject({ status: 200, content: "half", finishReasons: [], done: true });
		expect(reply.chunks.at(-1)).toEqual(ERROR_BODY);
		expect(reply.error).toMatchObject({ code, message: expect.stringMatching(message) });
	});

	it.each(CLIENTS)("is thrown by $name with its message", async (client) => {
		const error = await shownBy(client, "stream", model);
		expect(error).toMatchObject({ code, type: "server_error" });
		expect(error.message).toMatch(message);
	});
});

describe("Workers AI's own stream, where an origin sends it", () => {
	it.each(CLIENTS)(
		"is an error for $name, and not an empty answer (openai: TypeError; LangChain: silence)",
		async (client) => {
			const error = await shownBy(client, "stream", "native-stream");
			expect(error).toMatchObject({ code: "upstream_invalid", type: "server_error" });
			expect(error.message).toMatch(/no choices/u);
		},
	);
});
