import { env } from "cloudflare:workers";
import { describe, expect, inject, it } from "vitest";
import { createFaultCounter } from "../../../src/adapters/fault-counter.ts";
import { metricShard, sharedOutage } from "../../../src/adapters/ledger-stubs.ts";
import { createKvKeyStore } from "../../../src/adapters/kv-key-store.ts";
import { createOutageExchange, NO_OUTAGE_EXCHANGE } from "../../../src/adapters/outage-exchange.ts";
import { createKvOriginStore, type OriginStore } from "../../../src/adapters/origin-store.ts";
import { createGuardedResolver } from "../../../src/adapters/stage-resolver.ts";
import { systemClock } from "../../../src/adapters/system-clock.ts";
import { createUpstreamGuards, type OutageExchange } from "../../../src/adapters/upstream-guard.ts";
import type { Clock } from "../../../src/cascade/ports.ts";
import { metricShardNames } from "../../../src/core/metrics/metric-report.ts";
import { createHedgeBudget } from "../../../src/core/resilience/hedge-budget.ts";
import { createAdmission } from "../../../src/http/admission.ts";
import { FAKE_ORIGIN_KEY } from "../../support/fake-origin-key.ts";
import { publishTenant, putRecord } from "../tenant.ts";
import { expectAnswer, expectError, faultWorld } from "./fault-world.ts";

/** The product with its guards, one isolate of it, whose clock a test can put forward. */
function isolateOf({
	outages = NO_OUTAGE_EXCHANGE as OutageExchange,
	mostWaiting = 200,
	mostOfTenant = 100,
	maxConcurrent = undefined as number | undefined,
} = {}) {
	let ahead = 0;
	const clock: Clock = { now: () => Date.now() + ahead, setTimer: systemClock.setTimer };
	const kv = env.CONFIG;
	const stored = createKvOriginStore({ kv, secret: () => env.ORIGIN_FAKE_KEY, allowLoopback: true, clock });
	const origins: OriginStore = {
		async find(name) {
			const found = await stored.find(name);
			return found.ok && found.value !== null ? { ok: true, value: { ...found.value, maxConcurrent } } : found;
		},
	};
	const guards = createUpstreamGuards({ now: clock.now, outages });
	const world = faultWorld({
		clock,
		ports: {
			resolveStage: createGuardedResolver({ ai: env.AI, origins, clock, guards, random: () => 0 }),
			hedges: createHedgeBudget(),
			admission: createAdmission(mostWaiting, mostOfTenant),
		},
	});
	return { ...world, guards, pass: (ms: number) => void (ahead += ms) };
}

const isUp = { stage: "origin", reason: "forced", content: "origin: Is this spam?" } as const;

describe("an origin that fails", () => {
	it.each([false, true])("F90 once is asked once more, before a byte of its answer: stream %s", async (stream) => {
		const tenant = await publishTenant({ origin: { model: "fails-1" } });
		const { ask, observations } = isolateOf();
		await expectAnswer(await ask(tenant, { route: "origin", stream }), stream, isUp);
		expect(await tenant.originCalls()).toHaveLength(2);
		expect(observations[0]).toMatchObject({ outcome: "answered", retries: 1 });
		// Refused calls cost nothing: one call is on record.
		expect(observations[0]?.calls).toHaveLength(1);
	});

	it("F91 always gets a fifth more calls and three, and then, its breaker open, none but probes", async () => {
		const tenant = await publishTenant({ origin: { model: "status-500" }, onOriginFailure: "fail" });
		const { ask, observations, pass } = isolateOf();
		const requests = 60;
		for (let index = 0; index < requests; index++) await (await ask(tenant, { route: "origin" })).text();
		const calls = (await tenant.originCalls()).length;
		expect(calls).toBeLessThanOrEqual(requests * 1.2 + 3);
		expect(calls).toBeLessThan(15);
		expect(observations.filter(({ failure }) => failure === "circuit-open").length).toBeGreaterThan(45);
		await expectError(await ask(tenant, { route: "origin" }), {
			status: 503,
			code: "origin_unavailable",
			retryAfter: 5,
		});
		// One probe an interval, of which nobody makes a second call.
		pass(5_000);
		for (let index = 0; index < 5; index++) await (await ask(tenant, { route: "origin" })).text();
		expect(await tenant.originCalls()).toHaveLength(calls + 1);
	});

	it("F92 and is well again is used again by itself, after two probes that succeed", async () => {
		const tenant = await publishTenant({ origin: { model: "fails-10" } });
		const { ask, pass } = isolateOf();
		for (let index = 0; index < 10; index++) await (await ask(tenant, { route: "origin" })).text();
		expect((await ask(tenant, { route: "origin" })).status).toBe(503);
		pass(5_000);
		for (let index = 0; index < 3; index++) await expectAnswer(await ask(tenant, { route: "origin" }), false, isUp);
	});

	it("F93 is passed over at once while its breaker is open, for the edge's answer where the tenant wants that", async () => {
		const cascade = { edge: { threshold: 1 }, origin: { model: "status-500" }, onOriginFailure: "serve-edge-answer" };
		const tenant = await publishTenant(cascade);
		const { ask, observations } = isolateOf();
		for (let index = 0; index < 15; index++) {
			const response = await ask(tenant);
			expect(response.headers.get("x-cascade-reason")).toBe("origin-failed-served-edge");
			await response.text();
		}
		expect(observations.at(-1)).toMatchObject({ trail: [{}, { outcome: "failed", detail: "circuit-open" }] });
		expect(observations.at(-1)?.calls.map(({ stage }) => stage)).toEqual(["edge"]);
	});

	it("F94 for one isolate is known to the others by way of a shared object, after their first failure", async () => {
		const waiting: Promise<unknown>[] = [];
		const outagesOf = (reporter: string) =>
			createOutageExchange({
				outageOf: (upstream) => sharedOutage(env.UPSTREAM_OUTAGE, upstream),
				clock: systemClock,
				waitUntil: (work) => void waiting.push(work),
				logFault: () => {},
				reporter,
				random: () => 0,
			});
		const tenant = await publishTenant({ origin: { model: "status-500" } });
		const ask = async (isolate: ReturnType<typeof isolateOf>) => {
			await (await isolate.ask(tenant, { route: "origin" })).text();
			await Promise.all(waiting.splice(0));
		};
		const first = isolateOf({ outages: outagesOf("one") });
		await ask(first);
		const upstream = `${tenant.id}/origin:fake/${(await tenant.originCalls())[0]?.model}`;
		// The first tells at most every two seconds; what it has seen meanwhile is told here.
		await sharedOutage(env.UPSTREAM_OUTAGE, upstream).report({ reporter: "one", calls: 9, failures: 9 });
		const second = isolateOf({ outages: outagesOf("two") });
		await ask(second);
		const calls = (await tenant.originCalls()).length;
		await ask(second);
		expect(second.observations.at(-1)?.failure).toBe("circuit-open");
		expect(await tenant.originCalls()).toHaveLength(calls);
	});

	it("F95 slows nothing where the shared object cannot be reached", async () => {
		const faults: string[] = [];
		const exchange = createOutageExchange({
			outageOf: () => {
				throw new Error("no such object");
			},
			clock: systemClock,
			waitUntil: () => {},
			logFault: (fault) => void faults.push(fault),
			reporter: "one",
			random: () => 0,
		});
		const tenant = await publishTenant({ origin: { model: "status-500" } });
		const { ask } = isolateOf({ outages: exchange });
		expect((await ask(tenant, { route: "origin" })).status).toBe(502);
		expect(faults).toContain("outage-not-shared");
	});

	it("F96 has an answer from the second origin, where the tenant's policy has one", async () => {
		await putRecord("origin/second", { baseUrl: `${inject("fakeOriginUrl")}/v1`, secret: "ORIGIN_FAKE_KEY" });
		await putRecord("origin/refused", { baseUrl: "http://127.0.0.1:1/v1" });
		const origin = { origin: "refused", hedge: { origin: "second", afterMs: 1_000 } };
		const tenant = await publishTenant({ origin });
		const { ask, observations } = isolateOf();
		for (const stream of [false, true])
			await expectAnswer(await ask(tenant, { route: "origin", stream }), stream, isUp);
		expect(observations[0]?.trail.at(-1)).toMatchObject({ outcome: "accepted", detail: "second-origin" });
	});

	it("F97 and is slow is overtaken by the second origin, and stopped", async () => {
		await putRecord("origin/second", { baseUrl: `${inject("fakeOriginUrl")}/v1`, secret: "ORIGIN_FAKE_KEY" });
		const origin = { model: "silent-once", hedge: { origin: "second", afterMs: 100 } };
		const tenant = await publishTenant({ origin });
		const { ask, observations } = isolateOf();
		await expectAnswer(await ask(tenant, { route: "origin" }), false, isUp);
		expect(await tenant.originLeft()).toBe(true);
		expect(observations[0]?.calls.map(({ estimated = false }) => estimated)).toEqual([false, true]);
	});
});

describe("load", () => {
	it("F98 beyond what an origin may be asked at once is refused for that origin, and the edge's answer is there", async () => {
		const cascade = { edge: { threshold: 1 }, onOriginFailure: "serve-edge-answer" };
		const [strict, lenient] = await Promise.all([
			publishTenant({ origin: { model: "late" } }),
			publishTenant({ ...cascade, origin: { model: "late" } }),
		]);
		const { ask } = isolateOf({ maxConcurrent: 2 });
		const replies = await Promise.all(Array.from({ length: 10 }, () => ask(strict, { route: "origin" })));
		expect(replies.filter(({ status }) => status === 200)).toHaveLength(2);
		const refused = replies.filter(({ status }) => status !== 200);
		for (const reply of refused) await expectError(reply, { status: 429, code: "rate_limit_exceeded", retryAfter: 1 });
		expect(await strict.originCalls()).toHaveLength(2);
		const served = await Promise.all(Array.from({ length: 10 }, () => ask(lenient)));
		expect(served.map(({ status }) => status)).toEqual(Array(10).fill(200));
		expect(served.filter(({ headers }) => headers.get("x-cascade-stage") === "edge")).toHaveLength(8);
	});

	it("F135 of one tenant beyond its half of an isolate is refused, and another tenant's is answered", async () => {
		const [busy, other] = await Promise.all([publishTenant({ origin: { model: "late" } }), publishTenant()]);
		const { ask } = isolateOf({ mostWaiting: 4, mostOfTenant: 2 });
		const replies = await Promise.all([...Array.from({ length: 3 }, () => ask(busy, { route: "origin" })), ask(other)]);
		expect(replies.filter(({ status }) => status === 200)).toHaveLength(3);
		expect(replies[3]?.status).toBe(200);
		const refused = replies.find(({ status }) => status !== 200);
		await expectError(refused as Response, { status: 503, code: "overloaded", retryAfter: 1 });
	});

	it("F99 beyond what an isolate can hold is refused before anything is read, and what is admitted is answered", async () => {
		const tenant = await publishTenant({ origin: { model: "late" } });
		const { ask } = isolateOf({ mostWaiting: 3 });
		const replies = await Promise.all(Array.from({ length: 8 }, () => ask(tenant, { route: "origin" })));
		expect(replies.filter(({ status }) => status === 200)).toHaveLength(3);
		for (const reply of replies.filter(({ status }) => status !== 200))
			await expectError(reply, { status: 503, code: "overloaded", retryAfter: 1 });
		// They have been answered, so there is room again.
		expect((await ask(tenant, { route: "origin" })).status).toBe(200);
	});
});

describe("Workers AI", () => {
	it("F100 is not asked for a quarter of an hour once its daily allocation is spent; the origin answers", async () => {
		const tenant = await publishTenant({ edge: { model: "@fake/error-3036" } });
		const { ask, observations, pass } = isolateOf();
		for (let index = 0; index < 3; index++)
			await expectAnswer(await ask(tenant), false, {
				stage: "origin",
				reason: "edge-unavailable",
				content: "origin: Is this spam?",
			});
		expect(await tenant.workersAiCalls()).toHaveLength(1);
		expect(observations.at(-1)?.trail[0]).toMatchObject({ outcome: "failed", detail: "daily-allocation" });
		pass(900_000);
		await (await ask(tenant)).text();
		expect(await tenant.workersAiCalls()).toHaveLength(2);
	});

	it("F101 without capacity is passed over after ten calls, and asked again by a probe", async () => {
		const tenant = await publishTenant({ edge: { model: "@fake/error-3040" } });
		const { ask, pass } = isolateOf();
		for (let index = 0; index < 14; index++)
			await expectAnswer(await ask(tenant), false, {
				stage: "origin",
				reason: "edge-unavailable",
				content: "origin: Is this spam?",
			});
		expect(await tenant.workersAiCalls()).toHaveLength(10);
		pass(5_000);
		await (await ask(tenant)).text();
		expect(await tenant.workersAiCalls()).toHaveLength(11);
	});
});

describe("a fault of the Worker's own", () => {
	it("F102 is visible in the metrics, by its name", async () => {
		const waiting: Promise<unknown>[] = [];
		const clock: Clock = { now: Date.now, setTimer: (_, callback) => systemClock.setTimer(1, callback) };
		const logFault = createFaultCounter({
			shardOf: (name) => metricShard(env.METRIC_SHARD, name),
			logFault: () => {},
			clock,
			waitUntil: (work) => void waiting.push(work),
			isolate: crypto.randomUUID(),
		});
		const kv = { get: () => Promise.reject(new Error("KV is down")) } as unknown as KVNamespace;
		const keys = createKvKeyStore({ kv, clock, logFault, knownKeys: [FAKE_ORIGIN_KEY] });
		expect(await keys.find(FAKE_ORIGIN_KEY)).toMatchObject({ ok: false });
		await Promise.all(waiting);
		const totals = await Promise.all(metricShardNames().map((name) => metricShard(env.METRIC_SHARD, name).totals()));
		const shown = totals.map(({ counters }) => counters['edge_cascade_faults_total{fault="kv-unreadable"}'] ?? 0);
		expect(shown.reduce((sum, count) => sum + count, 0)).toBe(1);
	});
});
