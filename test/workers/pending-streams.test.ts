import { describe, expect, it } from "vitest";
import { readEvents } from "../support/read-events.ts";
import { appWithTimes } from "./app-with-times.ts";
import { publishTenant } from "./tenant.ts";

describe("a stream whose decision takes long", () => {
	it("begins as pending, keeps the connection alive with comments, and then holds the origin's answer", async () => {
		const { ask, observations } = appWithTimes();
		const tenant = await publishTenant({ edge: { model: "@fake/unsure" }, origin: { model: "slow-start" } });
		const response = await ask(tenant, {}, "auto");
		expect(response.status).toBe(200);
		expect(response.headers.get("x-cascade-stage")).toBe("pending");
		expect(response.headers.get("x-request-id")).toMatch(/^req_/u);
		expect(response.headers.has("x-cascade-reason")).toBe(false);
		const reply = await readEvents(response);
		expect(reply.comments).toBeGreaterThanOrEqual(2);
		expect(reply).toMatchObject({ content: "origin: Is this spam?", finishReasons: ["stop"], done: true });
		expect(reply.facts).toMatchObject({
			stage: "origin",
			reason: "low-confidence",
			confidence: expect.closeTo(0.55, 9),
		});
		expect(observations).toMatchObject([{ outcome: "answered", stage: "origin", stream: true }]);
	});

	it("may turn out to be the edge's answer", async () => {
		const { ask, observations } = appWithTimes();
		const reply = await readEvents(await ask(await publishTenant({ edge: { model: "@fake/slow" } }), {}, "auto"));
		expect(reply.headers.get("x-cascade-stage")).toBe("pending");
		expect(reply).toMatchObject({ content: "spam", finishReasons: ["stop"], done: true });
		expect(reply.facts).toMatchObject({ stage: "edge", reason: "accepted" });
		expect(observations).toMatchObject([{ outcome: "answered", stage: "edge" }]);
	});

	it("ends with an error event where nothing comes of it", async () => {
		const { ask, observations } = appWithTimes();
		const tenant = await publishTenant({ origin: { model: "hang" }, timeoutMs: 1_000 });
		const reply = await readEvents(await ask(tenant));
		expect(reply.status).toBe(200);
		expect(reply.error).toMatchObject({ type: "server_error", code: "upstream_timeout", param: null });
		expect(reply).toMatchObject({ content: "", done: true });
		expect(observations).toMatchObject([{ outcome: "failed", failure: "timeout" }]);
		expect(await tenant.originLeft()).toBe(true);
	});

	it("has its error as a status where it fails in time", async () => {
		const { ask } = appWithTimes({ pendingAfterMs: 5_000 });
		const response = await ask(await publishTenant({ origin: { model: "hang" }, timeoutMs: 1_000 }));
		expect(response.status).toBe(504);
		await response.body?.cancel();
	});
});

describe("a stream that has begun", () => {
	it("ends with an error event where the origin falls silent", async () => {
		const { ask, observations } = appWithTimes({ pendingAfterMs: 5_000, idleMs: 100 });
		const tenant = await publishTenant({ origin: { model: "hang-mid-stream" } });
		const reply = await readEvents(await ask(tenant));
		expect(reply).toMatchObject({ status: 200, content: "half", finishReasons: [], done: true });
		expect(reply.error?.code).toBe("upstream_timeout");
		expect(observations).toMatchObject([{ outcome: "failed", stage: "origin", failure: "timeout" }]);
		expect(await tenant.originLeft()).toBe(true);
	});

	it("ends with an error event where Workers AI falls silent", async () => {
		const { ask } = appWithTimes({ pendingAfterMs: 5_000, idleMs: 100 });
		const tenant = await publishTenant({ edge: { model: "@fake/stream-stall" } });
		const reply = await readEvents(await ask(tenant, {}, "edge"));
		expect(reply).toMatchObject({ content: "sp", done: true, error: { code: "upstream_timeout" } });
		expect(await tenant.workersAiLeft()).toBe(true);
	});

	it("ends with an error event where it never would by itself", async () => {
		const { ask, observations } = appWithTimes({ pendingAfterMs: 5_000, totalMs: 250 });
		const tenant = await publishTenant({ origin: { model: "endless" } });
		const reply = await readEvents(await ask(tenant));
		expect(reply.content).toMatch(/^(word )+$/u);
		expect(reply).toMatchObject({ done: true, error: { code: "upstream_timeout" } });
		expect(observations).toHaveLength(1);
		expect(await tenant.originLeft()).toBe(true);
	});

	it("is not cut by the deadline of its first byte", async () => {
		const { ask } = appWithTimes({ pendingAfterMs: 5_000, totalMs: 1_300 });
		const tenant = await publishTenant({ origin: { model: "endless" }, timeoutMs: 1_000 });
		const startedAt = Date.now();
		await readEvents(await ask(tenant));
		expect(Date.now() - startedAt).toBeGreaterThan(1_200);
	});

	it("waits for a client that reads slowly, and so does the origin", async () => {
		const { ask } = appWithTimes({ pendingAfterMs: 5_000 });
		const tenant = await publishTenant({ origin: { model: "firehose" } });
		const response = await ask(tenant);
		await new Promise((resolve) => setTimeout(resolve, 400));
		const [call] = await tenant.originCalls();
		// What the connection's own buffers hold; nothing is read ahead for a client that does not read.
		expect(call?.sentBytes).toBeGreaterThan(0);
		expect(call?.sentBytes).toBeLessThan(16 * 1024 * 1024);
		await response.body?.cancel();
		expect(await tenant.originLeft()).toBe(true);
	});
});
