import { describe, expect, it } from "vitest";
import { appWithTimes } from "./app-with-times.ts";
import { send } from "./ask.ts";
import { publishTenant } from "./tenant.ts";

/** Reads until the first event is there. */
async function begin(response: Response): Promise<ReadableStreamDefaultReader<Uint8Array>> {
	const body = response.body;
	if (body === null) throw new Error("the reply has no body");
	const reader = body.getReader();
	const first = await reader.read();
	if (first.done) throw new Error("the stream ended before its first event");
	return reader;
}

describe("a client that leaves", () => {
	it("in the middle of a stream ends the call to the origin", async () => {
		const { ask, observations } = appWithTimes({ pendingAfterMs: 5_000 });
		const tenant = await publishTenant({ origin: { model: "endless" } });
		const reader = await begin(await ask(tenant));
		await reader.cancel();
		expect(await tenant.originLeft()).toBe(true);
		await expect.poll(() => observations).toMatchObject([{ outcome: "client-left", stage: "origin" }]);
	});

	it("in the middle of a stream that has fallen silent ends the call to the origin", async () => {
		const { ask, observations } = appWithTimes({ pendingAfterMs: 5_000 });
		const tenant = await publishTenant({ origin: { model: "hang-mid-stream" } });
		const reader = await begin(await ask(tenant));
		// The next read is already waiting for an event that does not come.
		reader.read().catch(() => {});
		await reader.cancel();
		expect(await tenant.originLeft()).toBe(true);
		await expect.poll(() => observations).toMatchObject([{ outcome: "client-left" }]);
	});

	it("in the middle of a stream of Workers AI ends that call", async () => {
		const { ask, observations } = appWithTimes({ pendingAfterMs: 5_000 });
		const tenant = await publishTenant({ edge: { model: "@fake/stream-stall" } });
		const reader = await begin(await ask(tenant, {}, "edge"));
		await reader.cancel();
		expect(await tenant.workersAiLeft()).toBe(true);
		await expect.poll(() => observations).toMatchObject([{ outcome: "client-left", stage: "edge" }]);
	});

	it.each([
		["waiting for its next comment", true],
		["slow to take the last one", false],
	])(
		"while a stream is pending, %s, ends every call, and the origin is not asked after it",
		async (_how, isReading) => {
			const { ask, observations } = appWithTimes();
			const tenant = await publishTenant({ edge: { model: "@fake/hang", timeoutMs: 3_000 } });
			const response = await ask(tenant, {}, "auto");
			expect(response.headers.get("x-cascade-stage")).toBe("pending");
			const reader = await begin(response);
			if (isReading) reader.read().catch(() => {});
			await reader.cancel();
			expect(await tenant.workersAiLeft()).toBe(true);
			await expect.poll(() => observations).toMatchObject([{ outcome: "client-left", failure: "aborted" }]);
			expect(await tenant.originCalls()).toEqual([]);
		},
	);

	it("by its request's signal ends the calls of a plain request, and the origin is not asked after it", async () => {
		const { ask, observations } = appWithTimes();
		const tenant = await publishTenant({ edge: { model: "@fake/hang", timeoutMs: 3_000 } });
		const controller = new AbortController();
		const asking = ask(tenant, { stream: false }, "auto", controller.signal);
		await expect.poll(() => tenant.workersAiCalls()).toHaveLength(1);
		controller.abort();
		expect(await tenant.workersAiLeft()).toBe(true);
		await (await asking).text();
		expect(observations).toMatchObject([{ outcome: "client-left", failure: "aborted" }]);
		expect(await tenant.originCalls()).toEqual([]);
	});

	it("of the Worker as production composes it ends the call to the origin", async () => {
		const tenant = await publishTenant({ origin: { model: "endless" } });
		const reader = await begin(await send(tenant, { stream: true }, { "x-cascade-route": "origin" }));
		await reader.cancel();
		expect(await tenant.originLeft()).toBe(true);
	});
});
