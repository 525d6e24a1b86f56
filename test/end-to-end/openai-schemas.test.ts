import { describe, expect, inject, it } from "vitest";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import { HAS_OPENAI_SCHEMAS, schemaProblems } from "../support/openai-schemas.ts";
import { readEvents } from "../support/read-events.ts";
import { post } from "./client.ts";
import { SURE_MAIL, UNSURE_MAIL } from "./mails.ts";

const ORIGIN = { "x-cascade-route": "origin" };
const FAKE = { messages: [{ role: "user", content: "Is this spam?" }] };
const LABEL_TOOL = {
	type: "function",
	function: { name: "label_mail", parameters: { type: "object", properties: { label: { enum: ["spam", "ham"] } } } },
};

const ANSWERS = [
	["accepted", { model: "cascade", temperature: 0, messages: SURE_MAIL.messages }, {}],
	["escalated", { model: "cascade", temperature: 0, messages: UNSURE_MAIL.messages }, {}],
	[
		"with log-probabilities, accepted",
		{ model: "cascade", temperature: 0, messages: SURE_MAIL.messages, logprobs: true, top_logprobs: 2 },
		{},
	],
	[
		"with log-probabilities, escalated",
		{ model: "cascade", temperature: 0, messages: UNSURE_MAIL.messages, logprobs: true, top_logprobs: 2 },
		{},
	],
	[
		"in JSON",
		{ model: "cascade", temperature: 0, messages: SURE_MAIL.messages, response_format: { type: "json_object" } },
		{},
	],
	[
		"of a native model",
		{ model: "verified", temperature: 0, messages: SURE_MAIL.messages },
		{ "x-cascade-route": "edge" },
	],
	["a tool call", { model: "cascade", temperature: 0, messages: SURE_MAIL.messages, tools: [LABEL_TOOL] }, {}],
	["two choices", { model: "cascade", temperature: 0, messages: SURE_MAIL.messages, n: 2 }, {}],
	["prose", { model: "prose", messages: FAKE.messages, max_tokens: 20 }, {}],
	["of an origin that leaves much out", { model: "plain", ...FAKE }, ORIGIN],
	["of an origin whose arguments are objects", { model: "arguments-as-objects", ...FAKE }, ORIGIN],
] as const;

describe.skipIf(!HAS_OPENAI_SCHEMAS)("by OpenAI's own schemas", () => {
	it.each(ANSWERS)("an answer is valid: %s", async (_what, body, headers) => {
		const response = await post(body, headers);
		expect(response.status).toBe(200);
		expect(schemaProblems("chat.response", await response.json())).toEqual([]);
	});

	it.each([...ANSWERS, ["without a role", { model: "no-role", ...FAKE }, ORIGIN] as const])(
		"every chunk is valid: %s",
		async (_what, body, headers) => {
			for (const options of [{}, { stream_options: { include_usage: true } }]) {
				const reply = await readEvents(await post({ ...body, stream: true, ...options }, headers));
				expect(reply.done).toBe(true);
				expect(reply.chunks.length).toBeGreaterThan(1);
				expect(reply.chunks.flatMap((chunk) => schemaProblems("chat.chunk", chunk))).toEqual([]);
			}
		},
	);

	it.each([
		["of the request", { model: "cascade", messages: [] }, {}],
		["of the model", { model: "gpt-4o", ...FAKE }, {}],
		["of the key", { model: "cascade", ...FAKE }, { authorization: "Bearer x" }],
		["of the route", { model: "cascade", ...FAKE }, { "x-cascade-route": "moon" }],
		...["status-400", "context-length", "status-401", "status-429-7", "status-500", "html", "redirect", "hang"].map(
			(model) => [`of an origin: ${model}`, { model, ...FAKE }, ORIGIN] as const,
		),
	] as const)("an error is valid: %s", async (_what, body, headers) => {
		const response = await post(body, headers);
		expect(response.status).toBeGreaterThanOrEqual(400);
		expect(schemaProblems("error.response", await response.json())).toEqual([]);
	});

	it("an error in the middle of a stream is valid", async () => {
		const reply = await readEvents(await post({ model: "error-late", ...FAKE, stream: true }, ORIGIN));
		expect(schemaProblems("error.response", reply.chunks.at(-1))).toEqual([]);
	});

	it("the models are valid", async () => {
		const get = async (path: string) => {
			const response = await fetch(`${inject("stackUrl")}${path}`, {
				headers: { authorization: `Bearer ${DEMO_KEY}` },
			});
			return response.json();
		};
		expect(schemaProblems("models.list", await get("/v1/models"))).toEqual([]);
		expect(schemaProblems("models.model", await get("/v1/models/cascade"))).toEqual([]);
		expect(schemaProblems("error.response", await get("/v1/models/none"))).toEqual([]);
		expect(schemaProblems("error.response", await get("/v1/nowhere"))).toEqual([]);
	});
});
