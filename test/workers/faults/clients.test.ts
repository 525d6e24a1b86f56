import { describe, expect, it } from "vitest";
import { FakeClock } from "../../cascade/fakes.ts";
import { publishTenant, type TestTenant } from "../tenant.ts";
import { faultWorld, REQUEST_TIMERS } from "./fault-world.ts";

const TIMEOUT_MS = 55_000;
const EDGE_MS = 22_000;

/** Reads until the first event is there. */
async function begin(response: Response): Promise<ReadableStreamDefaultReader<Uint8Array>> {
	const reader = (response.body as ReadableStream<Uint8Array>).getReader();
	expect((await reader.read()).done).toBe(false);
	return reader;
}

const UPSTREAMS = [
	[
		"an origin",
		"origin",
		(model: string) => ({ origin: { model } }),
		(tenant: TestTenant) => tenant.originLeft(),
		(tenant: TestTenant) => tenant.originCalls(),
	],
	[
		"Workers AI",
		"edge",
		(model: string) => ({ edge: { model: `@fake/${model}` } }),
		(tenant: TestTenant) => tenant.workersAiLeft(),
		(tenant: TestTenant) => tenant.workersAiCalls(),
	],
] as const;

describe.each(UPSTREAMS)("a client of a stream of %s", (_who, route, changesOf, hasLeft, callsOf) => {
	it.each(["endless", "stream-silent"])(
		"F121: that leaves after the first byte ends the call within a second, and nothing of its request is left: %s",
		async (model) => {
			const clock = new FakeClock();
			const { ask, observations } = faultWorld({ clock });
			const tenant = await publishTenant(changesOf(model));
			const reader = await begin(await ask(tenant, { stream: true, route }));
			reader.read().catch(() => {});
			await reader.cancel();
			expect(await hasLeft(tenant)).toBe(true);
			await expect.poll(() => observations).toMatchObject([{ outcome: "client-left", stage: route, costUsd: null }]);
			// What holds a request in memory is its timers and its upstream: there are none, and no more bytes come.
			expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
			const [before] = await callsOf(tenant);
			await scheduler.wait(60);
			const [after] = await callsOf(tenant);
			expect(after?.sentBytes).toBe(before?.sentBytes);
		},
	);

	it("F122: that reads slowly is waited for, and so is its upstream: what is held has a bound", async () => {
		const { ask } = faultWorld();
		const tenant = await publishTenant(changesOf("firehose"));
		const response = await ask(tenant, { stream: true, route });
		await scheduler.wait(150);
		const [call] = await callsOf(tenant);
		// The connections' own buffers; the upstream has 64 MiB to send.
		expect(call?.sentBytes).toBeGreaterThan(0);
		expect(call?.sentBytes).toBeLessThan(16 * 1024 * 1024);
		await response.body?.cancel();
		expect(await hasLeft(tenant)).toBe(true);
	});
});

describe("F123: a client that leaves before the first byte, where the runtime tells of it", () => {
	it.each([false, true])(
		"ends the call to the edge, and the origin is not asked after it (stream: %s)",
		async (stream) => {
			const clock = new FakeClock();
			const { ask, observations } = faultWorld({ clock });
			const tenant = await publishTenant({ edge: { model: "@fake/silent-before-headers" }, timeoutMs: TIMEOUT_MS });
			const controller = new AbortController();
			const asking = ask(tenant, { stream, signal: controller.signal });
			await expect.poll(() => tenant.workersAiCalls()).toHaveLength(1);
			controller.abort();
			await (await asking).body?.cancel();
			expect(await tenant.workersAiLeft()).toBe(true);
			expect(observations).toMatchObject([{ outcome: "client-left", failure: "aborted", durationMs: 0 }]);
			expect(await tenant.originCalls()).toEqual([]);
			expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
		},
	);

	it.each([false, true])("ends the call to the origin (stream: %s)", async (stream) => {
		const clock = new FakeClock();
		const { ask, observations } = faultWorld({ clock });
		const tenant = await publishTenant({
			edge: { model: "@fake/unsure" },
			origin: { model: "silent-before-headers" },
			onOriginFailure: "serve-edge-answer",
			timeoutMs: TIMEOUT_MS,
		});
		const controller = new AbortController();
		const asking = ask(tenant, { stream, signal: controller.signal });
		await expect.poll(() => tenant.originCalls()).toHaveLength(1);
		controller.abort();
		await (await asking).body?.cancel();
		expect(await tenant.originLeft()).toBe(true);
		expect(observations).toMatchObject([{ outcome: "client-left", failure: "aborted" }]);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});

	it("ends both calls of a parallel cascade", async () => {
		const clock = new FakeClock();
		const { ask, observations } = faultWorld({ clock });
		const tenant = await publishTenant({
			mode: "parallel",
			edge: { model: "@fake/silent-before-headers" },
			origin: { model: "silent-before-headers" },
			timeoutMs: TIMEOUT_MS,
		});
		const controller = new AbortController();
		const asking = ask(tenant, { signal: controller.signal });
		await expect
			.poll(async () => [...(await tenant.workersAiCalls()), ...(await tenant.originCalls())])
			.toHaveLength(2);
		controller.abort();
		await (await asking).body?.cancel();
		expect([await tenant.workersAiLeft(), await tenant.originLeft()]).toEqual([true, true]);
		expect(observations).toMatchObject([{ outcome: "client-left" }]);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});
});

describe("F124: a client that leaves before the first byte, where the runtime tells nobody", () => {
	it("wastes what the stages' deadlines allow: the edge its share, the origin the rest, and nothing after it", async () => {
		const clock = new FakeClock();
		const { ask, observations } = faultWorld({ clock });
		const tenant = await publishTenant({
			edge: { model: "@fake/silent-before-headers" },
			origin: { model: "silent-before-headers" },
			timeoutMs: TIMEOUT_MS,
		});
		const left = { edge: false, origin: false };
		const look = async () => {
			left.edge = (await tenant.workersAiCalls()).some((call) => call.left);
			left.origin = (await tenant.originCalls()).some((call) => call.left);
			return left;
		};
		// Nobody waits for this.
		const asking = ask(tenant);
		await expect.poll(() => tenant.workersAiCalls()).toHaveLength(1);
		await clock.advance(EDGE_MS - 1);
		expect(await look()).toEqual({ edge: false, origin: false });
		await clock.advance(1);
		await expect.poll(look).toEqual({ edge: true, origin: false });
		await expect.poll(() => tenant.originCalls()).toHaveLength(1);
		await clock.advance(TIMEOUT_MS - EDGE_MS - 1);
		expect(await look()).toEqual({ edge: true, origin: false });
		expect(observations).toEqual([]);
		await clock.advance(1);
		await expect.poll(look).toEqual({ edge: true, origin: true });
		await (await asking).body?.cancel();
		expect(observations).toMatchObject([{ outcome: "failed", failure: "timeout", durationMs: TIMEOUT_MS }]);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});
});

describe("F125: a client that leaves while its stream is pending", () => {
	it("ends the call to the edge, and the origin is not asked after it", async () => {
		const clock = new FakeClock();
		const { ask, observations } = faultWorld({ clock });
		const tenant = await publishTenant({ edge: { model: "@fake/silent-before-headers" }, timeoutMs: TIMEOUT_MS });
		const asking = ask(tenant, { stream: true });
		await expect.poll(() => tenant.workersAiCalls()).toHaveLength(1);
		await clock.advance(10_000);
		const reader = await begin(await asking);
		const next = reader.read().catch(() => {});
		await reader.cancel();
		await next;
		expect(await tenant.workersAiLeft()).toBe(true);
		await clock.advance(10_000);
		await expect.poll(() => observations).toMatchObject([{ outcome: "client-left", failure: "aborted" }]);
		expect(await tenant.originCalls()).toEqual([]);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});
});
