import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { createReplays, replayRecordOf } from "../../src/adapters/replay-records.ts";
import { systemClock as clock } from "../../src/adapters/system-clock.ts";
import { appWithTimes } from "./app-with-times.ts";
import { publishTenant, type TestTenant } from "./tenant.ts";

const KEPT = { retainText: { hours: 1 } };
const KEY = { "idempotency-key": "k" };

/** Replays over the real records. */
const replaysOf = (faults: string[]) =>
	createReplays({
		recordOf: (name) => replayRecordOf(env.REPLAY_RECORD, name),
		clock,
		waitUntil: (work) => void work.catch(() => {}),
		logFault: (fault) => faults.push(fault),
		logReplay: () => {},
	});

/** The product's routes over these. */
function app(pendingAfterMs = 5_000) {
	const faults: string[] = [];
	const replays = replaysOf(faults);
	const { ask, observations } = appWithTimes({ pendingAfterMs }, { replays });
	const stream = (tenant: TestTenant, route = "origin") => ask(tenant, {}, route, null, KEY);
	return {
		stream,
		observations,
		faults,
		/** Streams again, once the key's request has ended in its record too. */
		again: (tenant: TestTenant, route?: string) =>
			vi.waitUntil(
				async () => {
					const response = await stream(tenant, route);
					return response.status === 409 ? false : response;
				},
				{ timeout: 10_000, interval: 20 },
			),
	};
}

const isReplay = ({ headers }: Response) => headers.get("x-cascade-replayed") === "true";
const withoutIds = ({ headers }: Response) =>
	[...headers].filter(([name]) => !/^x-(?:request-id|cascade-replayed.*)$/u.test(name));

describe("a stream with an idempotency key", () => {
	it.each(["plain", "drip", "tool-calls", "no-done"])("is replayed byte for byte: %s", async (model) => {
		const { stream, again, observations, faults } = app();
		const tenant = await publishTenant({ ...KEPT, origin: { model } });
		const first = await stream(tenant);
		const bytes = new Uint8Array(await first.arrayBuffer());
		const repeat = await again(tenant);
		expect(isReplay(repeat)).toBe(true);
		expect(withoutIds(repeat)).toEqual(withoutIds(first));
		expect(new Uint8Array(await repeat.arrayBuffer())).toEqual(bytes);
		expect(await tenant.originCalls()).toHaveLength(1);
		expect([observations.length, faults]).toEqual([1, []]);
	});

	it("whose headers went out before the decision is replayed with its comments", async () => {
		const { stream, again } = app(0);
		const tenant = await publishTenant({ ...KEPT, origin: { model: "drip" } });
		const first = await stream(tenant);
		expect(first.headers.get("x-cascade-stage")).toBe("pending");
		const text = await first.text();
		expect(text).toMatch(/^: keep-alive\n\n/u);
		const repeat = await again(tenant);
		expect([isReplay(repeat), await repeat.text()]).toEqual([true, text]);
		expect(repeat.headers.get("x-cascade-stage")).toBe("pending");
	});

	it("that is a held answer is replayed", async () => {
		const { stream, again } = app();
		const tenant = await publishTenant(KEPT);
		const text = await (await stream(tenant, "edge")).text();
		const repeat = await again(tenant, "edge");
		expect([isReplay(repeat), await repeat.text()]).toEqual([true, text]);
		expect(await tenant.workersAiCalls()).toHaveLength(1);
	});

	it("is with its client while it is still being made, and its key is not free meanwhile", async () => {
		const { stream } = app();
		const tenant = await publishTenant({ ...KEPT, origin: { model: "endless" } });
		const first = await stream(tenant);
		const reader = first.body?.getReader();
		expect((await reader?.read())?.done).toBe(false);
		const other = await stream(tenant);
		expect([other.status, other.headers.get("retry-after")]).toEqual([409, "1"]);
		await reader?.cancel();
	});

	it.each(["break-mid-stream", "error-late", "no-finish-reason"])("that broke off runs again: %s", async (model) => {
		const { stream, again } = app();
		const tenant = await publishTenant({ ...KEPT, origin: { model } });
		await (await stream(tenant)).text();
		const repeat = await again(tenant);
		await repeat.text();
		expect(isReplay(repeat)).toBe(false);
		expect(await tenant.originCalls()).toHaveLength(2);
	});

	it("that failed while it was pending runs again", async () => {
		const { stream, again } = app(0);
		const tenant = await publishTenant({ ...KEPT, origin: { model: "status-500" } });
		const first = await stream(tenant);
		expect(first.status).toBe(200);
		await first.text();
		const repeat = await again(tenant);
		await repeat.text();
		expect(isReplay(repeat)).toBe(false);
	});

	it("whose client left ends the call to the origin, as without a key, and runs again", async () => {
		const { stream, again, observations } = app();
		const tenant = await publishTenant({ ...KEPT, origin: { model: "endless" } });
		const reader = (await stream(tenant)).body?.getReader();
		await reader?.read();
		await reader?.cancel();
		expect(await tenant.originLeft()).toBe(true);
		await expect.poll(() => observations).toMatchObject([{ outcome: "client-left" }]);
		const repeat = await again(tenant);
		expect([repeat.status, isReplay(repeat)]).toEqual([200, false]);
		await repeat.body?.cancel();
	});
});

it("a plain request whose client left gives its key back too", async () => {
	const { ask } = appWithTimes({}, { replays: replaysOf([]) });
	const tenant = await publishTenant({ ...KEPT, origin: { model: "hang" } });
	const controller = new AbortController();
	const asking = ask(tenant, { stream: false }, "origin", controller.signal, KEY);
	await expect.poll(() => tenant.originCalls()).toHaveLength(1);
	controller.abort();
	await (await asking).text();
	const second = new AbortController();
	const again = async () => {
		ask(tenant, { stream: false }, "origin", second.signal, KEY).catch(() => {});
		return (await tenant.originCalls()).length;
	};
	await expect.poll(again, { timeout: 4_000 }).toBe(2);
	second.abort();
});
