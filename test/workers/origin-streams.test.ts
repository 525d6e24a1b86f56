import { describe, expect, it } from "vitest";
import { ORIGIN_COST_USD } from "../support/cascades.ts";
import { FAKE_USAGE } from "../support/openai-answers.ts";
import { readEvents } from "../support/read-events.ts";
import { askOrigin, send } from "./ask.ts";
import { publishTenant } from "./tenant.ts";

const ORIGIN = { "x-cascade-route": "origin" };

async function stream(model: string, fields: Readonly<Record<string, unknown>> = {}) {
	const tenant = await publishTenant({ origin: { model } });
	return { ...(await readEvents(await send(tenant, { stream: true, ...fields }, ORIGIN))), tenant };
}

describe("a stream of the origin", () => {
	it.each([
		["as OpenAI writes it", "plain", "origin: Is this spam?"],
		["with CRLF for line ends", "crlf", "answer"],
		["without a space after data:", "no-space", "answer"],
		["without a role", "no-role", "answer"],
		["without an end marker", "no-done", "answer"],
		["without a last line break", "no-last-line-break", "answer"],
		["with two finish reasons", "two-finish-reasons", "answer"],
		["with usage on every chunk", "usage-with-content", "answer"],
		["without usage", "no-usage", "answer"],
		["with the content filter's results first", "filter-results-first", "answer"],
		["with named events", "named-events", "answer"],
		["in drops that split characters", "drip", "naïve 日本語 👍🏽 answer"],
	])("%s reaches the client as one whole answer", async (_how, model, content) => {
		const reply = await stream(model);
		expect(reply.status).toBe(200);
		expect(reply.headers.get("content-type")).toMatch(/^text\/event-stream/u);
		expect(reply.headers.get("x-cascade-stage")).toBe("origin");
		// The cost of a stream is known at its end.
		expect(reply.headers.has("x-cascade-cost-usd")).toBe(false);
		expect(reply).toMatchObject({ content, finishReasons: ["stop"], done: true, comments: 0, error: undefined });
		expect(reply.chunks.find(({ choices }) => choices.length > 0)?.choices[0]?.delta.role).toBe("assistant");
		expect(reply.facts).toMatchObject({ stage: "origin", reason: "forced" });
		expect(new Set(reply.chunks.map(({ id, model: name, created }) => `${id} ${name} ${created}`)).size).toBe(1);
		expect(reply.chunks.filter(({ cascade }) => cascade !== undefined)).toHaveLength(1);
	});

	it("is asked for its usage, which the client sees only if it asked too", async () => {
		const unasked = await stream("plain");
		const [call] = await unasked.tenant.originCalls();
		expect(call?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
		expect(unasked.chunks.every((chunk) => !("usage" in chunk) && chunk.choices.length > 0)).toBe(true);
		expect(unasked.facts?.costUsd).toBeCloseTo(ORIGIN_COST_USD, 12);

		const asked = await stream("plain", { stream_options: { include_usage: true } });
		expect(asked.chunks.at(-1)).toMatchObject({ choices: [], usage: FAKE_USAGE, cascade: { stage: "origin" } });
		expect(asked.chunks.slice(0, -1).every(({ usage }) => usage == null)).toBe(true);
	});

	it.each([
		["usage-with-content", FAKE_USAGE],
		["no-usage", null],
	])("ends with one usage chunk for a client that asked: %s", async (model, usage) => {
		const reply = await stream(model, { stream_options: { include_usage: true } });
		const withoutChoices = reply.chunks.filter(({ choices }) => choices.length === 0);
		expect(withoutChoices).toEqual([reply.chunks.at(-1)]);
		expect(reply.chunks.at(-1)?.usage).toEqual(usage);
		expect(reply.chunks.slice(0, -1).every((chunk) => chunk.usage == null)).toBe(true);
	});

	it.each(["two-choices", "two-choices-in-turn"])(
		"may hold several choices, each with one role and one finish reason: %s",
		async (model) => {
			const reply = await stream(model, { n: 2 });
			const choices = reply.chunks.flatMap((chunk) => chunk.choices);
			for (const index of [0, 1]) {
				const own = choices.filter((choice) => choice.index === index);
				expect(own.map(({ delta }) => delta.content ?? "").join("")).toBe(`answer ${index}`);
				expect(own.flatMap(({ delta }) => delta.role ?? [])).toEqual(["assistant"]);
				expect(own.flatMap(({ finish_reason: reason }) => reason ?? [])).toEqual(["stop"]);
			}
			expect(reply).toMatchObject({ done: true, facts: { stage: "origin" } });
		},
	);

	it("may hold comments, which are not passed on", async () => {
		expect(await stream("with-comments")).toMatchObject({ content: "answer", comments: 0 });
	});

	it("has an unknown cost where the origin sent no usage", async () => {
		expect((await stream("no-usage")).facts).toMatchObject({ costUsd: null, savedUsd: null });
	});

	it.each(["tool-calls", "arguments-as-objects"])("may be %s: named once, with arguments as text", async (model) => {
		const reply = await stream(model);
		expect(reply).toMatchObject({ finishReasons: ["tool_calls"], toolArguments: '{"label":"spam"}', done: true });
		const calls = reply.chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []));
		expect(calls[0]).toMatchObject({
			index: 0,
			id: expect.stringMatching(/^call_/u),
			type: "function",
			function: { name: "label_mail" },
		});
		expect(calls.filter((call) => call.id !== undefined)).toHaveLength(1);
		for (const call of calls) expect(["string", "undefined"]).toContain(typeof call.function?.arguments);
	});
});

describe("a stream that fails before its first event", () => {
	it.each([
		["an error event", "error-first", 502, "upstream_error"],
		["an error event that blames the request", "request-error-first", 400, "400"],
		["nothing", "empty-stream", 502, "upstream_invalid"],
		["a whole answer that nobody asked for", "plain-for-stream", 502, "upstream_invalid"],
	])("with %s is a proper status", async (_what, model, status) => {
		const reply = await askOrigin(model, { stream: true });
		expect(reply.status).toBe(status);
		expect(reply.body.error).toMatchObject({
			message: expect.any(String),
			type: expect.any(String),
			code: expect.any(String),
		});
	});

	it("with headers and then silence is a 504, and the origin sees that nobody waits any more", async () => {
		const reply = await askOrigin("hang-after-headers", { stream: true }, { timeoutMs: 1_000 });
		expect(reply.status).toBe(504);
		expect(await reply.tenant.originLeft()).toBe(true);
	});

	it("can still become the edge's answer", async () => {
		const tenant = await publishTenant({
			edge: { model: "@fake/unsure" },
			origin: { model: "error-first" },
			onOriginFailure: "serve-edge-answer",
		});
		const reply = await readEvents(await send(tenant, { stream: true }));
		expect(reply).toMatchObject({ content: "spam", finishReasons: ["stop"], done: true });
		expect(reply.facts).toMatchObject({ stage: "edge", reason: "origin-failed-served-edge" });
		expect(reply.headers.get("x-cascade-reason")).toBe("origin-failed-served-edge");
	});
});

describe("a stream that fails after its first event", () => {
	it.each([
		["an error event", "error-late", "upstream_error"],
		["an event that is not JSON", "not-json-late", "upstream_invalid"],
		["no finish reason", "no-finish-reason", "upstream_invalid"],
		["SGLang's error event", "flat-error-late", "upstream_error"],
		["TGI's error event", "text-error-late", "upstream_error"],
		["an event that never ends", "huge-event", "upstream_too_large"],
		["a broken connection", "break-mid-stream", "upstream_broken_off"],
		["half an event", "break-mid-event", "upstream_invalid"],
	])("with %s ends with an error event and the end marker, and with no second answer", async (_what, model, code) => {
		const tenant = await publishTenant({
			edge: { model: "@fake/unsure" },
			origin: { model },
			onOriginFailure: "serve-edge-answer",
		});
		const reply = await readEvents(await send(tenant, { stream: true }));
		expect(reply.status).toBe(200);
		expect(reply.error).toEqual({ message: expect.stringMatching(/\w/u), type: "server_error", param: null, code });
		expect(reply.done).toBe(true);
		expect(reply.finishReasons).toEqual([]);
		expect(reply.content).not.toContain("spam");
	});

	it("with only one of two choices finished says so", async () => {
		const reply = await stream("two-choices-one-unfinished", { n: 2 });
		expect(reply.error).toMatchObject({ code: "upstream_invalid" });
		expect(reply.done).toBe(true);
	});
});
