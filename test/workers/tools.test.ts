import { describe, expect, it } from "vitest";
import { EDGE_COST_USD, ORIGIN_COST_USD } from "../support/cascades.ts";
import { readEvents } from "../support/read-events.ts";
import { ask, edgeEntry, MESSAGES, send, type Reply } from "./ask.ts";
import { publishTenant } from "./tenant.ts";

const LABEL_SCHEMA = {
	type: "object",
	properties: { label: { enum: ["spam", "ham"] }, sure: { type: "boolean" } },
	required: ["label"],
};
const TOOL = { type: "function", function: { name: "label", description: "Labels mail.", parameters: LABEL_SCHEMA } };
const TOOLS = { tools: [TOOL] };
const CHOICES = { model: "@fake/tool-call", confidence: { method: "value-token" }, threshold: 0.8 };
const agreement = { method: "agreement", samples: 3, temperature: 0.7 };
const NATIVE = { model: "@fake/native-tool-call", logprobs: false, tools: true, confidence: agreement, threshold: 1 };

/** A call and its result, as OpenAI's clients send them back. */
const CALL = { id: "call_1", type: "function", function: { name: "label", arguments: '{"label":"spam"}' } };
const HISTORY = [
	...MESSAGES,
	{ role: "assistant", content: null, tool_calls: [CALL] },
	{ role: "tool", tool_call_id: "call_1", content: "labelled" },
];

async function inputsOf(reply: Reply): Promise<Record<string, unknown>> {
	return (await reply.tenant.workersAiCalls())[0]?.body as Record<string, unknown>;
}

describe("a model that speaks OpenAI's dialect", () => {
	it.each([
		["a tool that must be called", { tool_choice: "required", parallel_tool_calls: false }],
		["a named tool", { tool_choice: { type: "function", function: { name: "label" } } }],
		["the choice of none or any", { tool_choice: "auto", parallel_tool_calls: true }],
	])("is sent the tools and the choice among them as they came: %s", async (_what, fields) => {
		const reply = await ask({ edge: CHOICES }, { ...TOOLS, ...fields });
		expect(await inputsOf(reply)).toMatchObject({ ...TOOLS, ...fields });
		expect(reply.body.cascade.stage).toBe("edge");
	});

	it("is sent earlier calls and what came of them in OpenAI's form", async () => {
		const reply = await ask({ edge: CHOICES }, { ...TOOLS, messages: HISTORY });
		expect((await inputsOf(reply))["messages"]).toEqual([
			...MESSAGES,
			{ role: "assistant", content: "", tool_calls: [CALL] },
			{ role: "tool", content: "labelled", tool_call_id: "call_1" },
		]);
	});
});

describe("a native model that calls tools", () => {
	it("is sent the tools, and no choice: it would not know what to make of one", async () => {
		const inputs = await inputsOf(await ask({ edge: NATIVE }, { ...TOOLS, tool_choice: "auto" }));
		expect(inputs["tools"]).toEqual([TOOL]);
		expect(inputs).not.toHaveProperty("tool_choice");
		expect(inputs).not.toHaveProperty("parallel_tool_calls");
	});

	it("is sent earlier calls as JSON text, and what came of each with the name of its tool", async () => {
		const move = { id: "call_2", type: "function", function: { name: "move", arguments: '{"to":"junk"}' } };
		const messages = [
			...MESSAGES,
			{ role: "assistant", content: null, tool_calls: [CALL, move] },
			{ role: "tool", tool_call_id: "call_2", content: "moved" },
			{ role: "tool", tool_call_id: "call_1", content: "labelled" },
		];
		const inputs = await inputsOf(await ask({ edge: NATIVE }, { ...TOOLS, messages }));
		const calls = [
			{ name: "label", arguments: { label: "spam" } },
			{ name: "move", arguments: { to: "junk" } },
		];
		expect(inputs["messages"]).toEqual([
			...MESSAGES,
			{ role: "assistant", content: JSON.stringify(calls) },
			{ role: "tool", content: "moved", name: "move" },
			{ role: "tool", content: "labelled", name: "label" },
		]);
	});

	it("is sent what was said beside a call before the call", async () => {
		const messages = HISTORY.map((message) =>
			message.role === "assistant" ? { ...message, content: "I look." } : message,
		);
		const inputs = await inputsOf(await ask({ edge: NATIVE }, { ...TOOLS, messages }));
		const [, assistant] = inputs["messages"] as readonly { readonly content: string }[];
		expect(assistant?.content).toMatch(/^I look\.\n\[\{/u);
	});

	it.each([
		["a call is required", { tool_choice: "required" }, "tool_choice"],
		["one tool must be called", { tool_choice: { type: "function", function: { name: "label" } } }, "tool_choice"],
		["no more than one call is allowed", { parallel_tool_calls: false }, "parallel_tool_calls"],
		["a tool is no function", { tools: [TOOL, { type: "custom", custom: { name: "shell" } }] }, "tools[1].type"],
	])("is passed over where %s", async (_when, fields, detail) => {
		const reply = await ask({ edge: NATIVE }, { ...TOOLS, ...fields });
		expect(edgeEntry(reply)).toMatchObject({ outcome: "skipped", reason: "unsupported-by-edge", detail });
		expect(await reply.tenant.workersAiCalls()).toEqual([]);
		const [call] = await reply.tenant.originCalls();
		expect(call?.body).toMatchObject({ ...TOOLS, ...fields });
	});

	it("is not asked where the client insists on it for what it cannot do, and the client is told", async () => {
		const reply = await ask({ edge: NATIVE }, { ...TOOLS, tool_choice: "required" }, { "x-cascade-route": "edge" });
		expect(reply.status).toBe(400);
		expect(reply.body.error).toMatchObject({ code: "unsupported_parameter", param: "tool_choice" });
		expect(await reply.tenant.workersAiCalls()).toEqual([]);
	});
});

describe("where no tool may be called", () => {
	it.each([
		["in OpenAI's dialect", { model: "@fake/choices" }],
		["natively", { ...NATIVE, model: "@fake/native" }],
	])("the model is shown none, %s", async (_how, edge) => {
		const reply = await ask({ edge }, { ...TOOLS, tool_choice: "none", parallel_tool_calls: true });
		const inputs = await inputsOf(reply);
		for (const name of ["tools", "tool_choice", "parallel_tool_calls"]) expect(inputs).not.toHaveProperty(name);
		expect(reply.body.cascade.stage).toBe("edge");
	});

	it("a call all the same is not accepted", async () => {
		const reply = await ask({ edge: CHOICES }, { ...TOOLS, tool_choice: "none" });
		expect(edgeEntry(reply)).toMatchObject({ reason: "rejected-by-check", detail: "unwanted-tool-call" });
		expect(reply.body.choices[0]?.message.content).toBe("origin: Is this spam?");
	});
});

describe("a model without tools", () => {
	it.each([
		["as the table has it", { ...NATIVE, tools: undefined }],
		["by the policy's word", { ...CHOICES, tools: false }],
	])("is passed over where there are some, %s", async (_how, edge) => {
		const reply = await ask({ edge }, TOOLS);
		expect(edgeEntry(reply)).toMatchObject({ outcome: "skipped", reason: "unsupported-by-edge", detail: "tools" });
		expect(await reply.tenant.workersAiCalls()).toEqual([]);
	});

	it("is passed over where some were called before", async () => {
		const reply = await ask({ edge: { ...NATIVE, tools: undefined } }, { messages: HISTORY });
		expect(edgeEntry(reply)).toMatchObject({ reason: "unsupported-by-edge", detail: "messages[1]" });
		expect((await reply.tenant.originCalls())[0]?.body).toMatchObject({ messages: HISTORY });
	});
});

const SENT_CALL = { type: "function", function: { name: "label", arguments: '{"label":"spam"}' } };

describe("a tool call of Workers AI that is accepted", () => {
	it.each([
		["OpenAI's", CHOICES, "call_of_0"],
		["flat, its arguments an object", NATIVE, "call_0"],
		["native and nested", { ...NATIVE, model: "@fake/native-tool-call-nested" }, "chatcmpl-tool-9"],
	])("is sent on in OpenAI's form: %s", async (_what, edge, id) => {
		const { body } = await ask({ edge }, TOOLS);
		expect(body.cascade).toMatchObject({ stage: "edge", reason: "accepted" });
		expect(body.choices).toEqual([
			{
				index: 0,
				message: { role: "assistant", content: null, refusal: null, tool_calls: [{ id, ...SENT_CALL }] },
				logprobs: null,
				finish_reason: "tool_calls",
			},
		]);
	});

	it.each([
		["judged, and sent in one go", {}, CHOICES, "call_of_0"],
		["judged, from the native form", {}, NATIVE, "call_0"],
		["as it comes", { "x-cascade-route": "edge" }, CHOICES, "call_of_0"],
		["as it comes, from the native form", { "x-cascade-route": "edge" }, NATIVE, "call_0"],
	])("is a stream whose first delta of the call names it: %s", async (_how, headers, edge, id) => {
		const tenant = await publishTenant({ edge });
		const reply = await readEvents(await send(tenant, { ...TOOLS, stream: true }, headers));
		const choices = reply.chunks.flatMap((chunk) => chunk.choices);
		const deltas = choices.flatMap(({ delta }) => delta.tool_calls ?? []);
		expect(deltas[0]).toMatchObject({ index: 0, id, type: "function", function: { name: "label" } });
		expect(deltas.slice(1).every((delta) => delta.id === undefined)).toBe(true);
		expect(reply.toolArguments).toBe('{"label":"spam"}');
		expect(choices.filter(({ delta }) => delta.role !== undefined)).toHaveLength(1);
		expect(reply).toMatchObject({ status: 200, content: "", finishReasons: ["tool_calls"], done: true });
		expect(reply.facts).toMatchObject({ stage: "edge" });
	});

	it("of several may be in one answer", async () => {
		const { body } = await ask({ edge: { ...CHOICES, model: "@fake/tool-call-twice", confidence: agreement } }, TOOLS);
		expect(body.choices[0]?.message.tool_calls).toHaveLength(2);
		const native = await ask({ edge: { ...NATIVE, model: "@fake/native-tool-call-twice" } }, TOOLS);
		expect(native.body.choices[0]?.message.tool_calls).toMatchObject([{ id: "call_0" }, { id: "call_1" }]);
	});
});

describe("a tool call of Workers AI that does not fit what was asked", () => {
	it.each([
		["a tool that is not there", "tool-call-unknown", {}, "unknown-tool"],
		["arguments that the schema forbids", "tool-call-invalid", {}, "invalid-tool-arguments"],
		["arguments that are not JSON", "tool-call-not-json", {}, "invalid-tool-arguments"],
		["two where one is allowed", "tool-call-twice", { parallel_tool_calls: false }, "too-many-tool-calls"],
		["words where a call is required", "choices", { tool_choice: "required" }, "tool-missing"],
		["none where it says there is one", "tool-call-none", {}, "unfinished"],
		["a native one of a tool that is not there", "native-tool-call-unknown", {}, "unknown-tool"],
		["a native one without arguments", "native-tool-call-invalid", {}, "invalid-tool-arguments"],
	])("is passed over for the origin's answer: %s", async (_what, scenario, fields, detail) => {
		const edge = { ...(scenario.startsWith("native") ? NATIVE : CHOICES), model: `@fake/${scenario}` };
		const reply = await ask({ edge }, { ...TOOLS, ...fields });
		expect(edgeEntry(reply)).toMatchObject({
			outcome: "deferred",
			reason: "rejected-by-check",
			detail,
			confidence: null,
		});
		expect(reply.body.choices[0]).toMatchObject({
			message: { content: "origin: Is this spam?" },
			finish_reason: "stop",
		});
		expect(reply.body.choices[0]?.message).not.toHaveProperty("tool_calls");
		expect(reply.headers.get("x-cascade-reason")).toBe("rejected-by-check");
	});

	it("is paid for, and the origin's call of a tool is served", async () => {
		const edge = { ...CHOICES, model: "@fake/tool-call-unknown" };
		const { body } = await ask({ edge, origin: { model: "tool-calls" } }, TOOLS);
		expect(body.choices[0]).toMatchObject({
			message: { tool_calls: [{ id: "call_7", function: { name: "label_mail" } }] },
			finish_reason: "tool_calls",
		});
		// The origin's fake says the same of its tokens as every other.
		expect(body.cascade.costUsd).toBeCloseTo(EDGE_COST_USD + ORIGIN_COST_USD, 12);
	});

	it("is not kept for when the origin fails", async () => {
		const edge = { ...CHOICES, model: "@fake/tool-call-unknown" };
		const changes = { edge, origin: { model: "status-500" }, onOriginFailure: "serve-edge-answer" };
		expect((await ask(changes, TOOLS)).status).toBe(502);
	});
});

describe("how sure a model is of a tool call", () => {
	const minLogprob = { method: "min-logprob" };

	it.each([
		["its values alone", "tool-call", { method: "value-token" }, 0.9, "edge"],
		["its values alone, and they are doubtful", "tool-call-unsure", { method: "value-token" }, 0.55, "origin"],
		["every token, the frame's too", "tool-call", minLogprob, 0.6, "origin"],
	])("may be read from %s", async (_what, scenario, confidence, expected, stage) => {
		const { body } = await ask({ edge: { ...CHOICES, model: `@fake/${scenario}`, confidence } }, TOOLS);
		expect(body.cascade).toMatchObject({ stage, confidence: expect.closeTo(expected, 9) });
	});

	it("is not known from its values where the server leaves the tokens of calls out", async () => {
		const reply = await ask({ edge: { ...CHOICES, model: "@fake/tool-call-without-its-tokens" } }, TOOLS);
		expect(edgeEntry(reply)).toMatchObject({ reason: "confidence-unavailable", detail: "not-applicable" });
	});

	it.each([
		["the same calls", "native-tool-call", 1, "edge"],
		["the same arguments in another order", "native-tool-call-reordered", 1, "edge"],
	])("may be read from samples: %s", async (_what, scenario, confidence, stage) => {
		const { body } = await ask({ edge: { ...NATIVE, model: `@fake/${scenario}` } }, TOOLS);
		expect(body.cascade).toMatchObject({ stage, confidence });
		expect(body.cascade.calls.map(({ purpose }) => purpose).toSorted()).toEqual(["answer", "sample", "sample"]);
	});

	it.each([
		["other arguments", "native-tool-call-inconsistent"],
		["words in place of a call", "native-tool-call-or-words"],
	])("may be read from samples that differ: %s", async (_what, scenario) => {
		const confidence = { ...agreement, stopEarly: false };
		const { body } = await ask({ edge: { ...NATIVE, model: `@fake/${scenario}`, confidence } }, TOOLS);
		expect(body.cascade).toMatchObject({ stage: "origin", reason: "low-confidence" });
		expect(body.cascade.confidence).toBeCloseTo(1 / 3, 12);
	});

	it("is asked of samples with the same tools", async () => {
		const reply = await ask({ edge: NATIVE }, TOOLS);
		const calls = await reply.tenant.workersAiCalls();
		expect(calls).toHaveLength(3);
		for (const { body } of calls) expect(body).toMatchObject(TOOLS);
	});
});
