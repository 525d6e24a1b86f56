import { describe, expect, it } from "vitest";
import { EDGE_COST_USD, ORIGIN_COST_USD } from "../support/cascades.ts";
import { readEvents } from "../support/read-events.ts";
import { appWithTimes } from "./app-with-times.ts";
import { ask, edgeEntry, send, type Reply } from "./ask.ts";
import { publishTenant } from "./tenant.ts";

const PARALLEL = { mode: "parallel" };
/** Answers after 200 ms, so that the origin has been asked by then; and an origin that never answers. */
const SLOW_EDGE = { model: "@fake/slow" };
const HANGING = { model: "hang" };

function callOf({ body }: Reply, stage: string) {
	return body.cascade.calls.find((call) => call.stage === stage);
}

describe("the origin of a parallel cascade", () => {
	it("is asked at once, while the edge has not answered yet", async () => {
		const { ask: askFor } = appWithTimes({ pendingAfterMs: 5_000 });
		const tenant = await publishTenant({ ...PARALLEL, edge: { model: "@fake/hang" }, origin: HANGING });
		const controller = new AbortController();
		const asking = askFor(tenant, { stream: false }, "auto", controller.signal);
		await expect.poll(() => tenant.workersAiCalls()).toHaveLength(1);
		await expect.poll(() => tenant.originCalls()).toHaveLength(1);
		controller.abort();
		await (await asking).text();
	});

	it("is not asked yet in one that is not parallel", async () => {
		const { ask: askFor } = appWithTimes({ pendingAfterMs: 5_000 });
		const tenant = await publishTenant({ edge: { model: "@fake/hang" }, origin: HANGING });
		const controller = new AbortController();
		const asking = askFor(tenant, { stream: false }, "auto", controller.signal);
		await expect.poll(() => tenant.workersAiCalls()).toHaveLength(1);
		controller.abort();
		await (await asking).text();
		expect(await tenant.originCalls()).toEqual([]);
	});

	it("is asked what it would be asked anyway", async () => {
		const { tenant } = await ask({ ...PARALLEL, edge: { model: "@fake/unsure" } }, { top_p: 0.5 });
		const [call] = await tenant.originCalls();
		expect(call?.body).toEqual({
			model: `plain~${tenant.id}`,
			messages: [{ role: "user", content: "Is this spam?" }],
			top_p: 0.5,
			stream: false,
		});
	});

	it("is asked alone where the client insists on it, and not at all where it insists on the edge", async () => {
		const changes = { ...PARALLEL };
		const toOrigin = await ask(changes, {}, { "x-cascade-route": "origin" });
		expect(await toOrigin.tenant.workersAiCalls()).toEqual([]);
		expect(await toOrigin.tenant.originCalls()).toHaveLength(1);
		const toEdge = await ask(changes, {}, { "x-cascade-route": "edge" });
		expect(await toEdge.tenant.originCalls()).toEqual([]);
		expect(toEdge.body.cascade.calls).toHaveLength(1);
	});

	it("is asked alone where a gate sends the request past the edge", async () => {
		const reply = await ask({ ...PARALLEL, gate: { maxPromptTokens: 1 } });
		expect(await reply.tenant.workersAiCalls()).toEqual([]);
		expect(await reply.tenant.originCalls()).toHaveLength(1);
		expect(edgeEntry(reply)).toMatchObject({ reason: "gated" });
	});
});

describe("an answer of the edge that is accepted in a parallel cascade", () => {
	it("ends the origin's call", async () => {
		// The routes run in the test's own context here, so that no end of a request closes what was left open.
		const { ask: askFor } = appWithTimes();
		const tenant = await publishTenant({ ...PARALLEL, edge: SLOW_EDGE, origin: HANGING });
		const response = await askFor(tenant, { stream: false }, "auto");
		expect(await response.json()).toMatchObject({ choices: [{ message: { content: "spam" } }] });
		expect(await tenant.originCalls()).toHaveLength(1);
		expect(await tenant.originLeft()).toBe(true);
	});

	it("costs what the origin's call was worth as well, as an estimate, and so saves less than nothing", async () => {
		const reply = await ask({ ...PARALLEL, edge: SLOW_EDGE, origin: HANGING });
		const { body, headers } = reply;
		expect(callOf(reply, "edge")).toMatchObject({ costUsd: expect.closeTo(EDGE_COST_USD, 12) });
		expect(callOf(reply, "edge")).not.toHaveProperty("estimated");
		expect(callOf(reply, "origin")).toMatchObject({
			purpose: "answer",
			usage: null,
			estimated: true,
			costUsd: expect.closeTo(ORIGIN_COST_USD, 12),
		});
		expect(body.cascade).toMatchObject({
			stage: "edge",
			reason: "accepted",
			costUsd: expect.closeTo(EDGE_COST_USD + ORIGIN_COST_USD, 12),
			savedUsd: expect.closeTo(-EDGE_COST_USD, 12),
		});
		expect(headers.get("x-cascade-saved-usd")).toMatch(/^-0\.0000/u);
		// No stage after the accepted one was considered: what was wasted is a call, not a decision.
		expect(body.cascade.trail.map(({ stage }) => stage)).toEqual(["edge"]);
	});

	it("costs what the origin's answer did, where that was there before it", async () => {
		const reply = await ask({ ...PARALLEL, edge: SLOW_EDGE });
		expect(reply.body.choices[0]?.message.content).toBe("spam");
		expect(callOf(reply, "origin")).toMatchObject({
			usage: { inputTokens: 10, outputTokens: 2 },
			costUsd: expect.closeTo(ORIGIN_COST_USD, 12),
		});
		expect(callOf(reply, "origin")).not.toHaveProperty("estimated");
		expect(reply.body.cascade.savedUsd).toBeCloseTo(-EDGE_COST_USD, 12);
	});

	it("costs nothing of an origin that refused", async () => {
		const reply = await ask({ ...PARALLEL, edge: SLOW_EDGE, origin: { model: "status-503" } });
		expect(reply.body.cascade).toMatchObject({ stage: "edge", costUsd: expect.closeTo(EDGE_COST_USD, 12) });
		expect(callOf(reply, "origin")).toMatchObject({ costUsd: 0 });
	});

	it.each([
		["has not begun", HANGING],
		["has begun", { model: "endless" }],
	])("is sent as a stream, and ends an origin's stream that %s", async (_how, origin) => {
		const { ask: askFor } = appWithTimes({ pendingAfterMs: 5_000 });
		const tenant = await publishTenant({ ...PARALLEL, edge: SLOW_EDGE, origin });
		const reply = await readEvents(await askFor(tenant, {}, "auto"));
		expect(reply).toMatchObject({ content: "spam", finishReasons: ["stop"], done: true, error: undefined });
		expect(await tenant.originLeft()).toBe(true);
		expect(reply.facts?.calls).toMatchObject([{ stage: "edge" }, { stage: "origin", estimated: true }]);
		expect(reply.facts?.savedUsd).toBeCloseTo(-EDGE_COST_USD, 12);
	});

	it("may be a stream that is accepted on its first tokens", async () => {
		const prefix = { tokens: 2, ms: 5_000 };
		const tenant = await publishTenant({
			...PARALLEL,
			edge: { model: "@fake/words", confidence: { method: "mean-logprob", prefix } },
			origin: HANGING,
			checks: { refusal: false },
		});
		const reply = await readEvents(await send(tenant, { stream: true }));
		expect(reply).toMatchObject({ content: "This is edge text", finishReasons: ["stop"], done: true });
		expect(reply.facts?.calls).toMatchObject([
			{ stage: "edge", usage: { inputTokens: 10, outputTokens: 2 } },
			{ stage: "origin", estimated: true, costUsd: expect.closeTo(ORIGIN_COST_USD, 12) },
		]);
		expect(reply.facts?.savedUsd).toBeCloseTo(-EDGE_COST_USD, 12);
	});

	it("ends the origin's call as soon as it is accepted, though its own stream goes on", async () => {
		const { ask: askFor } = appWithTimes({ pendingAfterMs: 5_000 });
		const prefix = { tokens: 2, ms: 5_000 };
		const tenant = await publishTenant({
			...PARALLEL,
			edge: { model: "@fake/words-then-silence", confidence: { method: "mean-logprob", prefix } },
			origin: HANGING,
			checks: { refusal: false },
		});
		const response = await askFor(tenant, {}, "auto");
		expect(response.headers.get("x-cascade-stage")).toBe("edge");
		expect(await tenant.originLeft()).toBe(true);
		expect(await tenant.workersAiCalls()).toMatchObject([{ left: false }]);
		await response.body?.cancel();
	});
});

describe("an answer of the edge that is not accepted in a parallel cascade", () => {
	it.each([
		["is not sure enough", "@fake/unsure", "low-confidence"],
		["fails", "@fake/error-3040", "edge-unavailable"],
		["fails a check", "@fake/cut-off", "rejected-by-check"],
	])("leaves the origin's, which was asked once, where it %s", async (_how, model, reason) => {
		const reply = await ask({ ...PARALLEL, edge: { model } });
		expect(reply.body.choices[0]?.message.content).toBe("origin: Is this spam?");
		expect(reply.body.cascade).toMatchObject({ stage: "origin", reason });
		expect(await reply.tenant.originCalls()).toHaveLength(1);
		expect(await reply.tenant.workersAiCalls()).toHaveLength(1);
		expect(reply.body.cascade.calls.filter(({ stage }) => stage === "origin")).toHaveLength(1);
		expect(callOf(reply, "origin")).not.toHaveProperty("estimated");
	});

	it("costs the same as in one that is not parallel", async () => {
		const [parallel, sequential] = [
			await ask({ ...PARALLEL, edge: { model: "@fake/unsure" } }),
			await ask({ edge: { model: "@fake/unsure" } }),
		];
		for (const { body } of [parallel, sequential]) {
			expect(body.cascade.costUsd).toBeCloseTo(EDGE_COST_USD + ORIGIN_COST_USD, 12);
			expect(body.cascade.savedUsd).toBeCloseTo(-EDGE_COST_USD, 12);
			expect(body.cascade.trail.map(({ stage, outcome }) => [stage, outcome])).toEqual([
				["edge", "deferred"],
				["origin", "accepted"],
			]);
		}
	});

	it("leaves the origin's stream, whole from its beginning, though it began before the decision", async () => {
		const { ask: askFor, observations } = appWithTimes({ pendingAfterMs: 5_000 });
		const tenant = await publishTenant({
			...PARALLEL,
			edge: { ...SLOW_EDGE, threshold: 0.95 },
		});
		const reply = await readEvents(await askFor(tenant, {}, "auto"));
		expect(reply).toMatchObject({ content: "origin: Is this spam?", finishReasons: ["stop"], done: true });
		expect(await tenant.originCalls()).toHaveLength(1);
		expect(reply.facts).toMatchObject({ stage: "origin", reason: "low-confidence" });
		expect(reply.facts?.savedUsd).toBeCloseTo(-EDGE_COST_USD, 12);
		expect(observations).toMatchObject([{ outcome: "answered", stage: "origin" }]);
	});

	it("is served where the origin had failed by then, and the policy says so", async () => {
		const changes = {
			...PARALLEL,
			edge: { ...SLOW_EDGE, threshold: 0.95 },
			origin: { model: "status-503" },
			onOriginFailure: "serve-edge-answer",
		};
		const { body, tenant } = await ask(changes);
		expect(body.cascade).toMatchObject({ stage: "edge", reason: "origin-failed-served-edge" });
		expect(body.choices[0]?.message.content).toBe("spam");
		// Once, and once more since it had failed.
		expect(await tenant.originCalls()).toHaveLength(2);
	});
});

describe("a client that leaves a parallel cascade", () => {
	it.each([
		["before either has answered", HANGING],
		["when the origin's stream has begun", { model: "hang-mid-stream" }],
	])("ends both calls: a stream, %s", async (_when, origin) => {
		const { ask: askFor, observations } = appWithTimes();
		const tenant = await publishTenant({ ...PARALLEL, edge: { model: "@fake/hang", timeoutMs: 4_000 }, origin });
		const response = await askFor(tenant, {}, "auto");
		expect(response.headers.get("x-cascade-stage")).toBe("pending");
		await expect.poll(() => tenant.originCalls()).toHaveLength(1);
		await response.body?.cancel();
		expect(await tenant.workersAiLeft()).toBe(true);
		expect(await tenant.originLeft()).toBe(true);
		await expect.poll(() => observations).toMatchObject([{ outcome: "client-left" }]);
	});

	it("ends both calls: a plain request", async () => {
		const { ask: askFor, observations } = appWithTimes();
		const tenant = await publishTenant({
			...PARALLEL,
			edge: { model: "@fake/hang", timeoutMs: 4_000 },
			origin: HANGING,
		});
		const controller = new AbortController();
		const asking = askFor(tenant, { stream: false }, "auto", controller.signal);
		await expect.poll(() => tenant.workersAiCalls()).toHaveLength(1);
		await expect.poll(() => tenant.originCalls()).toHaveLength(1);
		controller.abort();
		expect(await tenant.workersAiLeft()).toBe(true);
		expect(await tenant.originLeft()).toBe(true);
		await (await asking).text();
		expect(observations).toMatchObject([{ outcome: "client-left", failure: "aborted" }]);
	});
});
