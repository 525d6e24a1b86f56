import { describe, expect, inject, it } from "vitest";
import { FAKE_ORIGIN_KEY } from "../support/fake-origin-key.ts";
import { ORIGIN_COST_USD } from "../support/cascades.ts";
import { FAKE_USAGE } from "../support/openai-answers.ts";
import { ask, askOrigin, MESSAGES } from "./ask.ts";

describe("what the origin is asked", () => {
	it("is the client's body, with fields that we do not know and with the stage's own model", async () => {
		const fields = { top_k: 40, guided_choice: ["a", "b"], user: "u1", metadata: { a: "b" }, temperature: 0.2 };
		const { body, tenant } = await askOrigin("plain", fields);
		expect(body.model).toBe("cascade");
		const [call] = await tenant.originCalls();
		expect(call?.body).toEqual({ ...fields, messages: MESSAGES, model: `plain~${tenant.id}`, stream: false });
	});

	it("carries the operator's key, never the client's, and how long we shall wait", async () => {
		const { headers, tenant } = await ask(
			{ origin: { model: "plain" }, timeoutMs: 3_000 },
			{},
			{ "x-cascade-route": "origin", cookie: "a=b", "x-custom": "c" },
		);
		const [call] = await tenant.originCalls();
		expect(call?.headers["authorization"]).toBe(`Bearer ${FAKE_ORIGIN_KEY}`);
		expect(call?.headers["x-request-id"]).toBe(headers.get("x-request-id"));
		expect(Number(call?.headers["x-request-timeout-ms"])).toBeGreaterThan(2_000);
		expect(Number(call?.headers["x-request-timeout-ms"])).toBeLessThanOrEqual(3_000);
		expect(call?.headers).not.toHaveProperty("cookie");
		expect(call?.headers).not.toHaveProperty("x-custom");
		expect(JSON.stringify(call)).not.toContain(tenant.key);
	});

	it("has no log-probabilities in it that only the edge's confidence needs", async () => {
		const { tenant } = await ask({ edge: { model: "@fake/unsure" } });
		const [call] = await tenant.originCalls();
		expect(call?.body).not.toHaveProperty("logprobs");
	});
});

describe("what the origin answers", () => {
	it("is sent on with the client's name for the model and how it came to be", async () => {
		const { status, headers, body } = await askOrigin("plain");
		expect(status).toBe(200);
		expect(headers.get("content-type")).toBe("application/json");
		expect(body).toMatchObject({
			id: "chatcmpl-fake",
			object: "chat.completion",
			created: 1_790_000_000,
			model: "cascade",
			usage: FAKE_USAGE,
		});
		expect(body.choices).toEqual([
			{
				index: 0,
				message: { role: "assistant", content: "origin: Is this spam?", refusal: null },
				logprobs: null,
				finish_reason: "stop",
			},
		]);
		expect(body.cascade).toMatchObject({
			stage: "origin",
			reason: "forced",
			confidence: null,
			threshold: null,
			savedUsd: 0,
		});
		expect(body.cascade.costUsd).toBeCloseTo(ORIGIN_COST_USD, 12);
		expect(body.cascade.trail.map(({ stage, outcome, reason }) => [stage, outcome, reason])).toEqual([
			["edge", "skipped", "forced"],
			["origin", "accepted", "forced"],
		]);
	});

	it.each(["tool-calls", "arguments-as-objects"])(
		"may be %s, whose arguments reach the client as text",
		async (model) => {
			const { body } = await askOrigin(model, { tools: [{ type: "function", function: { name: "label_mail" } }] });
			const [choice] = body.choices;
			expect(choice?.finish_reason).toBe("tool_calls");
			expect(choice?.message.content).toBeNull();
			expect(choice?.message.tool_calls).toEqual([
				{
					id: expect.stringMatching(/^call_/u),
					type: "function",
					function: { name: "label_mail", arguments: '{"label":"spam"}' },
				},
			]);
		},
	);

	it("may be compressed", async () => {
		expect((await askOrigin("gzip")).body.choices[0]?.message.content).toBe("answer");
	});

	it("may be without usage, and then nobody knows its cost", async () => {
		const { body, headers } = await askOrigin("no-usage");
		expect(body.cascade).toMatchObject({ costUsd: null, savedUsd: null });
		expect(headers.has("x-cascade-cost-usd")).toBe(false);
		expect(headers.has("x-cascade-saved-usd")).toBe(false);
	});
});

describe("the time an origin has", () => {
	it.each([300, 1_000])("may be %i ms by its stage's policy, and an answer within it is served", async (timeoutMs) => {
		const { status, body } = await ask({ origin: { model: "plain", timeoutMs } }, {}, { "x-cascade-route": "origin" });
		expect(status, JSON.stringify(body)).toBe(200);
	});

	it("ends with the cascade's, and the origin sees that nobody waits any more", async () => {
		const { status, body, headers, tenant } = await askOrigin("hang", {}, { timeoutMs: 1_000 });
		expect(status).toBe(504);
		expect(body.error).toMatchObject({ code: "upstream_timeout", type: "server_error" });
		expect(headers.get("retry-after")).toBe("1");
		expect(await tenant.originLeft()).toBe(true);
	});
});

it("an origin's address never reaches the client", async () => {
	for (const model of ["plain", "context-length", "html"]) {
		const { body, headers } = await askOrigin(model);
		expect(JSON.stringify([body, [...headers]])).not.toContain(new URL(inject("fakeOriginUrl")).host);
	}
});
