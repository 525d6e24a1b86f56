import { describe, expect, it } from "vitest";
import { EDGE_COST_USD, ORIGIN_COST_USD, type CascadeChanges } from "../support/cascades.ts";
import { FAKE_USAGE } from "../support/openai-answers.ts";
import { readEvents, type StreamedReply } from "../support/read-events.ts";
import { appWithTimes } from "./app-with-times.ts";
import { ask, edgeEntry, send } from "./ask.ts";
import { publishTenant, type TestTenant } from "./tenant.ts";

/** Decides on two tokens; time enough for a loaded machine. */
const TWO_TOKENS = { tokens: 2, ms: 5_000 };
const USAGE = { stream_options: { include_usage: true } };

function prefixed(
	scenario: string,
	confidence: Readonly<Record<string, unknown>> = {},
	rest: Readonly<Record<string, unknown>> = {},
): CascadeChanges {
	return {
		edge: {
			model: `@fake/${scenario}`,
			confidence: { method: "mean-logprob", prefix: TWO_TOKENS, ...confidence },
			threshold: 0.8,
		},
		// The policy parser wants this of a cascade that does not wait for the whole answer.
		checks: { refusal: false },
		...rest,
	};
}

async function stream(
	changes: CascadeChanges,
	fields: Readonly<Record<string, unknown>> = {},
): Promise<StreamedReply & { readonly tenant: TestTenant }> {
	const tenant = await publishTenant(changes);
	return { ...(await readEvents(await send(tenant, { stream: true, ...fields }))), tenant };
}

interface LogprobsOfChoice {
	readonly logprobs?: {
		readonly content: readonly { readonly token: string; readonly top_logprobs: readonly unknown[] }[];
	} | null;
}

/** The log-probabilities of every token that the client was sent. */
function shownTokens({ chunks }: StreamedReply) {
	const choices = chunks.flatMap((chunk) => chunk.choices as readonly LogprobsOfChoice[]);
	return choices.flatMap(({ logprobs }) => logprobs?.content ?? []);
}

describe("a stream of the edge that is accepted on its first tokens", () => {
	it("goes on as it comes, in OpenAI's chunks, and the origin is not asked", async () => {
		const reply = await stream(prefixed("words"));
		expect(reply).toMatchObject({
			status: 200,
			content: "This is edge text",
			finishReasons: ["stop"],
			done: true,
			error: undefined,
		});
		const choices = reply.chunks.flatMap((chunk) => chunk.choices);
		expect(choices.filter(({ delta }) => delta.role !== undefined)).toHaveLength(1);
		expect(choices[0]?.delta.role).toBe("assistant");
		expect(new Set(reply.chunks.map(({ id, model }) => `${id} of ${model}`)).size).toBe(1);
		expect(reply.chunks[0]?.model).toBe("cascade");
		expect(await reply.tenant.originCalls()).toEqual([]);
		expect(await reply.tenant.workersAiCalls()).toHaveLength(1);
	});

	it("is asked for as a stream, with the log-probabilities that the method reads", async () => {
		const plain = await stream(prefixed("words"));
		expect((await plain.tenant.workersAiCalls())[0]?.body).toMatchObject({
			stream: true,
			logprobs: true,
			top_logprobs: 0,
			max_tokens: 4_096,
		});
		const margin = await stream(prefixed("words", { method: "token-margin" }), { logprobs: true, top_logprobs: 1 });
		expect((await margin.tenant.workersAiCalls())[0]?.body).toMatchObject({ logprobs: true, top_logprobs: 2 });
	});

	it("shows no log-probabilities to a client that did not ask for any", async () => {
		const reply = await stream(prefixed("words", { method: "token-margin" }));
		expect(reply.headers.get("x-cascade-stage")).toBe("edge");
		expect(shownTokens(reply)).toEqual([]);
		expect(JSON.stringify(reply.chunks)).not.toContain("top_logprobs");
	});

	it.each([
		[0, 0],
		[1, 1],
		[5, 5],
	])("shows a client that asked for %i alternatives no more than %i", async (asked, shown) => {
		const reply = await stream(prefixed("words", { method: "token-margin" }), { logprobs: true, top_logprobs: asked });
		const tokens = shownTokens(reply);
		expect(tokens.map(({ token }) => token)).toEqual(["This", " is", " edge", " text"]);
		for (const { top_logprobs: alternatives } of tokens) expect(alternatives).toHaveLength(shown);
	});

	it("says in its headers who answers and how sure it was, and nothing of a cost that is not known yet", async () => {
		const { headers } = await stream(prefixed("words"));
		expect(headers.get("content-type")).toMatch(/^text\/event-stream/u);
		expect(headers.get("x-cascade-stage")).toBe("edge");
		expect(headers.get("x-cascade-reason")).toBe("accepted");
		expect(headers.get("x-cascade-confidence")).toBe("0.9");
		expect(headers.get("x-cascade-threshold")).toBe("0.8");
		expect(headers.has("x-cascade-cost-usd")).toBe(false);
	});

	it("says on its last chunk what it cost and saved", async () => {
		const { facts, chunks } = await stream(prefixed("words"));
		expect(facts).toMatchObject({
			stage: "edge",
			reason: "accepted",
			confidence: expect.closeTo(0.9, 9),
			threshold: 0.8,
			costUsd: expect.closeTo(EDGE_COST_USD, 12),
			savedUsd: expect.closeTo(ORIGIN_COST_USD - EDGE_COST_USD, 12),
		});
		expect(facts?.calls).toMatchObject([{ stage: "edge", usage: { inputTokens: 10, outputTokens: 2 } }]);
		expect(facts?.calls[0]).not.toHaveProperty("estimated");
		expect(chunks.filter((chunk) => chunk.cascade !== undefined)).toHaveLength(1);
	});

	it("ends with its usage where the client asked for it, and nowhere else", async () => {
		const without = await stream(prefixed("words"));
		expect(without.chunks.some((chunk) => "usage" in chunk)).toBe(false);
		const { chunks } = await stream(prefixed("words"), USAGE);
		expect(chunks.at(-1)).toMatchObject({ choices: [], usage: FAKE_USAGE, cascade: { stage: "edge" } });
		expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
	});

	it("is decided after so many milliseconds on what there is", async () => {
		const { ask: askFor } = appWithTimes({ pendingAfterMs: 5_000, idleMs: 100 });
		const tenant = await publishTenant(prefixed("word-then-silence", { prefix: { tokens: 100, ms: 50 } }));
		const reply = await readEvents(await askFor(tenant, {}, "auto"));
		expect(reply.headers.get("x-cascade-stage")).toBe("edge");
		// It was committed to, so its silence is the client's to know.
		expect(reply).toMatchObject({ content: "This", done: true, error: { code: "upstream_timeout" } });
	});
});

describe("a stream of the edge that is not accepted on its first tokens", () => {
	it("is stopped at once, while the origin has not answered yet", async () => {
		const { ask: askFor } = appWithTimes();
		const tenant = await publishTenant(prefixed("words-doubtful-then-silence", {}, { origin: { model: "hang" } }));
		const response = await askFor(tenant, {}, "auto");
		expect(response.headers.get("x-cascade-stage")).toBe("pending");
		expect(await tenant.workersAiLeft()).toBe(true);
		await expect.poll(() => tenant.originCalls()).toMatchObject([{ left: false }]);
		await response.body?.cancel();
	});

	it("is followed by the origin's, with nothing of it", async () => {
		const reply = await stream(prefixed("words-doubtful-then-silence"));
		expect(reply).toMatchObject({
			status: 200,
			content: "origin: Is this spam?",
			finishReasons: ["stop"],
			done: true,
			error: undefined,
		});
		expect(reply.chunks.flatMap(({ choices }) => choices).filter(({ delta }) => delta.role !== undefined)).toHaveLength(
			1,
		);
		expect(JSON.stringify(reply.chunks.map(({ choices }) => choices))).not.toMatch(/Perhaps|edge/u);
		expect(reply.headers.get("x-cascade-stage")).toBe("origin");
		expect(reply.headers.get("x-cascade-reason")).toBe("low-confidence");
	});

	it("is on record with the cost of what was seen of it, marked as an estimate", async () => {
		const { facts } = await stream(prefixed("words-doubtful-then-silence"));
		const [edge, origin] = facts?.calls ?? [];
		// "Is this spam?" is about eight tokens with its frame, and two tokens came before the stop.
		expect(edge).toMatchObject({ stage: "edge", usage: null, estimated: true, costUsd: expect.closeTo(10 / 1e6, 12) });
		expect(origin).toMatchObject({ stage: "origin", costUsd: expect.closeTo(ORIGIN_COST_USD, 12) });
		expect(origin).not.toHaveProperty("estimated");
		expect(facts).toMatchObject({
			stage: "origin",
			reason: "low-confidence",
			confidence: expect.closeTo(0.5, 9),
			costUsd: expect.closeTo(ORIGIN_COST_USD + 10 / 1e6, 12),
			savedUsd: expect.closeTo(-10 / 1e6, 12),
		});
	});

	it.each([
		["it was cut off within them", "word-cut-off", "deferred", "rejected-by-check", "truncated"],
		[
			"it ends within them and does not say why",
			"word-without-finish-reason",
			"deferred",
			"rejected-by-check",
			"unfinished",
		],
		["it calls a tool that nobody offered", "tool-call", "deferred", "rejected-by-check", "empty-answer"],
		["it breaks off within them", "word-then-break", "failed", "edge-failed", "broken-off"],
		["it fails before them", "error-3040", "failed", "edge-unavailable", "overloaded"],
		[
			"its chunks have no log-probabilities",
			"words-without-logprobs",
			"deferred",
			"confidence-unavailable",
			"no-logprobs",
		],
	])("gives way to the origin's where %s", async (_when, scenario, outcome, reason, detail) => {
		const reply = await stream(prefixed(scenario));
		expect(reply.facts?.trail[0]).toMatchObject({ stage: "edge", outcome, reason, detail });
		expect(reply).toMatchObject({ content: "origin: Is this spam?", finishReasons: ["stop"], done: true });
	});

	it.each([
		["tools", { tools: [{ type: "function", function: { name: "label" } }] }],
		["JSON", { response_format: { type: "json_object" } }],
	])("is not begun where the request asks for %s, which only a whole answer shows", async (_what, fields) => {
		const reply = await stream(prefixed("words"), fields);
		expect(reply.facts?.trail[0]).toMatchObject({
			outcome: "skipped",
			reason: "confidence-unavailable",
			detail: "prefix-not-applicable",
		});
		expect(await reply.tenant.workersAiCalls()).toEqual([]);
		expect(reply.content).toBe("origin: Is this spam?");
	});
});

describe("a stream of the edge that was committed to", () => {
	it("ends with an error where it breaks off, and the origin is not asked to go on", async () => {
		const { ask: askFor, observations } = appWithTimes({ pendingAfterMs: 5_000 });
		const tenant = await publishTenant(prefixed("words-then-break"));
		const reply = await readEvents(await askFor(tenant, {}, "auto"));
		expect(reply).toMatchObject({ status: 200, content: "This is edge text", finishReasons: [], done: true });
		expect(reply.error).toMatchObject({ type: "server_error", code: "upstream_broken_off" });
		expect(await tenant.originCalls()).toEqual([]);
		await expect
			.poll(() => observations)
			.toMatchObject([{ outcome: "failed", stage: "edge", failure: "broken-off", costUsd: null }]);
	});

	it("may take longer than the edge has for its beginning", async () => {
		const changes = prefixed("words-then-a-late-end");
		const reply = await stream({ ...changes, edge: { ...changes.edge, timeoutMs: 400 } });
		expect(reply).toMatchObject({
			content: "This is edge text",
			finishReasons: ["stop"],
			done: true,
			error: undefined,
		});
	});

	it("is closed where its client leaves", async () => {
		const { ask: askFor, observations } = appWithTimes({ pendingAfterMs: 5_000 });
		const tenant = await publishTenant(prefixed("words-then-silence"));
		const response = await askFor(tenant, {}, "auto");
		const reader = response.body?.getReader();
		await reader?.read();
		await reader?.cancel();
		expect(await tenant.workersAiLeft()).toBe(true);
		await expect.poll(() => observations).toMatchObject([{ outcome: "client-left", stage: "edge" }]);
		expect(await tenant.originCalls()).toEqual([]);
	});
});

describe("a client that leaves while the first tokens are held", () => {
	it("ends the edge's call, and the origin is not asked after it", async () => {
		const { ask: askFor, observations } = appWithTimes();
		const tenant = await publishTenant(prefixed("word-then-silence"));
		const response = await askFor(tenant, {}, "auto");
		expect(response.headers.get("x-cascade-stage")).toBe("pending");
		await response.body?.cancel();
		expect(await tenant.workersAiLeft()).toBe(true);
		await expect.poll(() => observations).toMatchObject([{ outcome: "client-left", failure: "aborted" }]);
		expect(await tenant.originCalls()).toEqual([]);
	});
});

describe("a plain request under the same policy", () => {
	it.each([
		["sure at first and doubtful later", "words-doubtful-later", 0.9, "edge"],
		["doubtful at first and sure later", "words-doubtful", 0.5, "origin"],
	])("is decided on the same tokens, of an answer that is %s", async (_how, scenario, confidence, stage) => {
		const plain = await ask(prefixed(scenario));
		const streamed = await stream(prefixed(scenario));
		for (const facts of [plain.body.cascade, streamed.facts])
			expect(facts).toMatchObject({ stage, confidence: expect.closeTo(confidence, 9) });
		const content = stage === "edge" ? "This isPerhaps edge" : "origin: Is this spam?";
		expect(plain.body.choices[0]?.message.content).toBe(content);
		expect(streamed.content).toBe(content);
		expect((await plain.tenant.workersAiCalls())[0]?.body).not.toHaveProperty("stream");
	});

	it("is decided on all tokens without a prefix", async () => {
		const { body } = await ask(prefixed("words-doubtful-later", { prefix: undefined }));
		expect(body.cascade).toMatchObject({ stage: "origin", confidence: expect.closeTo(Math.sqrt(0.45), 9) });
	});

	it("is held to what only a whole answer shows", async () => {
		const reply = await ask(prefixed("words"), { response_format: { type: "json_object" } });
		expect(edgeEntry(reply)).toMatchObject({ reason: "rejected-by-check", detail: "invalid-json" });
	});
});
