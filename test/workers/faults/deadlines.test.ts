import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { WorkersAiBinding } from "../../../src/adapters/workers-ai-stage.ts";
import { FakeClock } from "../../cascade/fakes.ts";
import { EDGE_COST_USD } from "../../support/cascades.ts";
import { publishTenant } from "../tenant.ts";
import { expectAnswer, expectError, faultWorld, REQUEST_TIMERS } from "./fault-world.ts";

/** Of the cascade, and the share of it that a stage before the last has. */
const TIMEOUT_MS = 55_000;
const EDGE_MS = 22_000;

const TIMEOUT = { status: 504, code: "upstream_timeout", retryAfter: 1 } as const;

/** A binding that neither answers nor hears that nobody waits. */
const deaf: WorkersAiBinding = { run: () => new Promise<never>(() => {}) };

const EDGE_FAULTS = [
	["F04", "sends no headers", "silent-before-headers", env.AI],
	["F05", "sends headers and no body", "silent-after-headers", env.AI],
	["F05", "stops in its body", "silent-mid-body", env.AI],
	["F06", "drips for ever", "drip-for-ever", env.AI],
	["F04", "never hears that nobody waits", "choices", deaf],
] as const;

describe.each(EDGE_FAULTS)("%s: Workers AI that %s", (_row, _what, model, ai) => {
	const begin = async (fields: Readonly<Record<string, unknown>>) => {
		const clock = new FakeClock();
		const world = faultWorld({ clock, ai });
		const tenant = await publishTenant({ edge: { model: `@fake/${model}` }, timeoutMs: TIMEOUT_MS });
		const asking = world.ask(tenant, fields);
		await expect.poll(() => clock.running).toBeGreaterThan(0);
		if (ai === env.AI) await expect.poll(() => tenant.workersAiCalls()).toHaveLength(1);
		return { ...world, clock, tenant, asking };
	};

	it("is left at the end of its share, and the origin answers", async () => {
		const { clock, tenant, asking, observations } = await begin({});
		await clock.advance(EDGE_MS - 1);
		expect(await tenant.originCalls()).toEqual([]);
		await clock.advance(1);
		await expectAnswer(await asking, false, {
			stage: "origin",
			reason: "edge-timeout",
			content: "origin: Is this spam?",
		});
		const [call] = await tenant.originCalls();
		expect(call?.headers["x-request-timeout-ms"]).toBe(String(TIMEOUT_MS - EDGE_MS));
		// It may have generated an answer all the same.
		expect(observations).toMatchObject([{ outcome: "answered", costUsd: null, durationMs: EDGE_MS }]);
		expect(observations[0]?.trail[0]).toMatchObject({ reason: "edge-timeout", detail: "timeout" });
		if (ai === env.AI) expect(await tenant.workersAiLeft()).toBe(true);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});

	it("is a 504 at the request's own deadline where the client insisted on it", async () => {
		const { clock, tenant, asking, observations } = await begin({ route: "edge" });
		await clock.advance(TIMEOUT_MS - 1);
		expect(observations).toEqual([]);
		await clock.advance(1);
		await expectError(await asking, TIMEOUT);
		expect(observations).toMatchObject([
			{ outcome: "failed", failure: "timeout", costUsd: null, durationMs: TIMEOUT_MS },
		]);
		if (ai === env.AI) expect(await tenant.workersAiLeft()).toBe(true);
		expect(await tenant.originCalls()).toEqual([]);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});
});

const ORIGIN_FAULTS = [
	["F36", "sends no headers", "silent-before-headers"],
	["F37", "sends headers and no body", "silent-after-headers"],
	["F37", "stops in its body", "silent-mid-body"],
	["F38", "drips for ever", "drip-for-ever"],
] as const;

describe.each(ORIGIN_FAULTS)("%s: an origin that %s", (_row, _what, model) => {
	const begin = async (onOriginFailure: string) => {
		const clock = new FakeClock();
		const world = faultWorld({ clock });
		const tenant = await publishTenant({
			edge: { model: "@fake/unsure" },
			origin: { model },
			onOriginFailure,
			timeoutMs: TIMEOUT_MS,
		});
		const asking = world.ask(tenant);
		await expect.poll(() => tenant.originCalls()).toHaveLength(1);
		await clock.advance(TIMEOUT_MS - 1);
		expect(world.observations).toEqual([]);
		await clock.advance(1);
		return { ...world, clock, tenant, response: await asking };
	};

	it("is a 504 at the request's deadline, where the policy says 'fail'", async () => {
		const { response, observations, tenant, clock } = await begin("fail");
		await expectError(response, TIMEOUT);
		expect(observations).toMatchObject([
			{ outcome: "failed", failure: "timeout", reason: "origin-failed", costUsd: null, durationMs: TIMEOUT_MS },
		]);
		expect(await tenant.originLeft()).toBe(true);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});

	it("is hidden by the small answer, where the policy says 'serve-edge-answer'", async () => {
		const { response, observations, tenant, clock } = await begin("serve-edge-answer");
		await expectAnswer(response, false, { stage: "edge", reason: "origin-failed-served-edge", content: "spam" });
		expect(observations).toMatchObject([{ outcome: "answered", costUsd: null }]);
		expect(observations[0]?.calls).toMatchObject([
			{ stage: "edge", costUsd: EDGE_COST_USD },
			{ stage: "origin", costUsd: null },
		]);
		expect(await tenant.originLeft()).toBe(true);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});
});

describe("F58: a request whose edge takes all of its time", () => {
	it("leaves the origin half a second, which it is told, and no more", async () => {
		const clock = new FakeClock();
		const { ask } = faultWorld({ clock });
		const tenant = await publishTenant({
			edge: { model: "@fake/silent-before-headers", timeoutMs: 120_000 },
			origin: { model: "silent-before-headers" },
			timeoutMs: TIMEOUT_MS,
		});
		const asking = ask(tenant);
		await expect.poll(() => tenant.workersAiCalls()).toHaveLength(1);
		await clock.advance(TIMEOUT_MS - 500);
		await expect.poll(() => tenant.originCalls()).toHaveLength(1);
		expect((await tenant.originCalls())[0]?.headers["x-request-timeout-ms"]).toBe("500");
		await clock.advance(500);
		await expectError(await asking, TIMEOUT);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});
});
