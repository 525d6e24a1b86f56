import { describe, expect, it } from "vitest";
import { guardStage } from "../../src/adapters/guarded-stage.ts";
import { NO_OUTAGE_EXCHANGE } from "../../src/adapters/outage-exchange.ts";
import { createUpstreamGuards, type OutageExchange } from "../../src/adapters/upstream-guard.ts";
import { startDeadline } from "../../src/cascade/deadline.ts";
import { runCascade } from "../../src/cascade/run-cascade.ts";
import type { StageCall } from "../../src/cascade/ports.ts";
import { ok, type Result } from "../../src/core/result.ts";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import { exampleCascade, exampleRequest, originStage } from "../core/examples.ts";
import { after, answering, FakeClock, failing, fakeStage, inTurn, silent, type Behaviour } from "../cascade/fakes.ts";

const ORIGIN = { adapter: "openai", origin: "gpu", model: "large" } as const;
const EDGE = { adapter: "workers-ai", model: "small" } as const;
const down: StageFailure = { kind: "upstream-error", status: 503, message: "" };
const well = answering("well");

/** One upstream, as an isolate asks it: with care. */
function world(
	behaviour: Behaviour,
	{
		upstream = ORIGIN as typeof ORIGIN | typeof EDGE,
		random = 0.5,
		maxConcurrent = undefined as number | undefined,
		outages = NO_OUTAGE_EXCHANGE as OutageExchange,
	} = {},
) {
	const clock = new FakeClock();
	const guards = createUpstreamGuards({ now: clock.now, outages });
	const stage = fakeStage(clock, behaviour);
	let retries = 0;
	const ask = async (timeoutMs = 30_000, way: "complete" | "stream" = "complete") => {
		const client = new AbortController();
		const deadline = startDeadline(clock, timeoutMs, client.signal);
		const guard = guards.of(upstream, maxConcurrent);
		const guarded = guardStage(stage, guard, upstream.adapter === "openai", { clock, random: () => random });
		const call: StageCall = {
			request: exampleRequest(),
			model: upstream.model,
			purpose: "answer",
			maxOutputTokens: 10,
			requestId: "request-1",
			signal: deadline.signal,
			timeoutMs,
			onOver: deadline.onEnd,
			retried: () => void (retries += 1),
		};
		const asked: Promise<Result<unknown, StageFailure>> = guarded[way](call);
		const result = (await deadline.race(asked)) ?? ({ ok: false, error: { kind: "timeout" } } as const);
		deadline.abort();
		return result.ok ? "well" : result.error.kind;
	};
	return {
		clock,
		guards,
		calls: () => stage.calls.length,
		retries: () => retries,
		ask: (timeoutMs?: number, way?: "complete" | "stream") => clock.until(ask(timeoutMs, way)),
		begin: ask,
	};
}

describe("a call to an origin", () => {
	it.each(["complete", "stream"] as const)(
		"is made once more where it failed and may well succeed: %s",
		async (way) => {
			const { ask, calls, retries, clock } = world(inTurn(failing(down), well));
			expect(await ask(30_000, way)).toBe("well");
			expect({ calls: calls(), retries: retries() }).toEqual({ calls: 2, retries: 1 });
			// Full jitter: half of the first pause's bound.
			expect(clock.now() - 1_790_000_000_000).toBe(100);
			expect(clock.running).toBe(0);
		},
	);

	it("reports what it failed with, and no repetition, where its second call is refused a place", async () => {
		const behaviours = [failing(down), after(10_000, well)];
		const { begin, calls, retries, clock } = world((call, its) => (behaviours.shift() ?? well)(call, its), {
			maxConcurrent: 1,
		});
		const first = begin();
		await clock.advance(1);
		const second = begin();
		expect(await clock.until(first)).toBe("upstream-error");
		expect({ calls: calls(), retries: retries() }).toEqual({ calls: 2, retries: 0 });
		expect(await clock.until(second)).toBe("well");
	});

	it("is made twice at most", async () => {
		const { ask, calls } = world(failing(down));
		expect(await ask()).toBe("upstream-error");
		expect(calls()).toBe(2);
	});

	const never: readonly StageFailure[] = [
		{ kind: "overloaded", retryAfterSeconds: null },
		{ kind: "overloaded", retryAfterSeconds: 30 },
		{ kind: "bad-request", message: "", param: null, code: null },
		{ kind: "misconfigured", what: "credentials" },
		{ kind: "broken-off" },
		{ kind: "invalid-answer", detail: "empty" },
		{ kind: "too-large", limitBytes: 1 },
		{ kind: "upstream-error", status: 501, message: "" },
		{ kind: "upstream-error", status: 503, message: "", retryAfterSeconds: 1 },
		{ kind: "upstream-error", status: 408, message: "" },
		{ kind: "timeout", afterMs: 1 },
		{ kind: "aborted" },
	];
	it.each(never)("is not made again where that would be of no use, or do something twice: $kind", async (failure) => {
		const { ask, calls } = world(failing(failure));
		await ask();
		expect(calls()).toBe(1);
	});

	it("is not made again without enough time for it", async () => {
		const { ask, calls } = world(failing(down));
		await ask(599);
		expect(calls()).toBe(1);
		await ask(600);
		expect(calls()).toBe(3);
	});

	it("is not made again where its client has left meanwhile", async () => {
		const { calls, begin, clock } = world(after(200, failing(down)));
		const asked = begin(30_000);
		await clock.advance(200);
		expect(calls()).toBe(1);
		await clock.until(asked);
	});

	it("costs an origin that fails all of 1,000 calls a fifth more than those, three, and probes", async () => {
		const { ask, calls, clock } = world(failing(down));
		let refused = 0;
		for (let call = 0; call < 1_000; call++) {
			if ((await ask()) === "circuit-open") refused += 1;
			await clock.advance(20);
		}
		expect(calls()).toBeLessThanOrEqual(1_000 * 1.2 + 3);
		// The breaker has opened after ten calls, of which five were retries; then there were probes.
		expect(refused).toBeGreaterThan(980);
		expect(calls()).toBeLessThan(25);
	});

	it("is made again by itself once the origin is well", async () => {
		let isWell = false;
		const { ask, clock, guards } = world((call, its) => (isWell ? well : failing(down))(call, its));
		while (!guards.isDown(ORIGIN)) await ask();
		expect(await ask()).toBe("circuit-open");
		isWell = true;
		await clock.advance(5_000);
		expect(await ask()).toBe("well");
		expect(await ask()).toBe("well");
		expect(guards.isDown(ORIGIN)).toBe(false);
	});

	it("is refused where as many wait as the operator allows, and that is no failure of the origin", async () => {
		const { begin, ask, clock, guards } = world(after(1_000, well), { maxConcurrent: 2 });
		const waiting = [begin(), begin()];
		await clock.advance(1);
		for (let call = 0; call < 30; call++) expect(await begin()).toBe("overloaded");
		await clock.until(Promise.all(waiting));
		expect(guards.isDown(ORIGIN)).toBe(false);
		expect(await ask()).toBe("well");
	});

	it("gives its place back where the origin never answers and does not heed its signal", async () => {
		const { ask, begin, clock } = world(inTurn(silent, well), { maxConcurrent: 1 });
		const first = begin(10_000);
		await clock.advance(9_999);
		expect(await begin()).toBe("overloaded");
		expect(await clock.until(first)).toBe("timeout");
		expect(await ask()).toBe("well");
	});
});

describe("an upstream is taken to be down", () => {
	const times = async (
		count: number,
		failure: StageFailure,
		upstream: typeof ORIGIN | typeof EDGE,
		timeoutMs = 30_000,
	) => {
		const { ask, guards } = world(failing(failure), { upstream });
		for (let call = 0; call < count; call++) await ask(timeoutMs);
		return guards.isDown(upstream);
	};

	it("after ten calls of which it has failed half, of whatever tenant", async () => {
		expect(await times(10, { kind: "broken-off" }, ORIGIN)).toBe(true);
		expect(await times(9, { kind: "broken-off" }, ORIGIN)).toBe(false);
		expect(await times(10, { kind: "invalid-answer", detail: "HTML" }, ORIGIN)).toBe(true);
	});

	it("not by its refusals, of requests, of our key, or for their rate", async () => {
		const refusals: readonly StageFailure[] = [
			{ kind: "bad-request", message: "", param: null, code: null },
			{ kind: "misconfigured", what: "credentials" },
			{ kind: "overloaded", retryAfterSeconds: 1 },
			{ kind: "too-large", limitBytes: 1 },
		];
		for (const refusal of refusals) expect(await times(40, refusal, ORIGIN)).toBe(false);
	});

	it("by time that ran out, unless the caller was in a hurry", async () => {
		const slow = world(silent);
		for (let call = 0; call < 10; call++) expect(await slow.ask(1_000)).toBe("timeout");
		expect(slow.guards.isDown(ORIGIN)).toBe(true);
		const hasty = world(silent);
		for (let call = 0; call < 40; call++) expect(await hasty.ask(999)).toBe("timeout");
		expect(hasty.guards.isDown(ORIGIN)).toBe(false);
	});

	it.each([0, 40])("by a last stage that hangs, although finding it took %s ms of its time", async (findMs) => {
		const clock = new FakeClock();
		const guards = createUpstreamGuards({ now: clock.now, outages: NO_OUTAGE_EXCHANGE });
		const stage = fakeStage(clock, silent);
		const runs = Array.from({ length: 10 }, () =>
			runCascade(
				{
					request: exampleRequest(),
					requestId: "request-1",
					maxOutputTokens: 10,
					signal: new AbortController().signal,
					clock,
					async resolveStage(policy) {
						if (findMs > 0) await clock.sleep(findMs);
						return ok(guardStage(stage, guards.of(policy), true, { clock, random: () => 0.5 }));
					},
				},
				exampleCascade({ stages: [originStage], timeoutMs: 10_000 }),
				"auto",
			),
		);
		await clock.until(Promise.all(runs));
		expect(guards.isDown(originStage)).toBe(true);
	});

	it("no longer by half once it answers, if only that it is asked too often", async () => {
		let isUp = false;
		const busy = failing({ kind: "overloaded", retryAfterSeconds: 1 });
		const { ask, begin, clock } = world((call, its) => (isUp ? busy : failing(down))(call, its));
		for (let call = 0; call < 10; call++) await ask();
		isUp = true;
		await clock.advance(5_000);
		for (let call = 0; call < 2; call++) expect(await ask()).toBe("overloaded");
		expect(await Promise.all([begin(), begin()])).toEqual(["overloaded", "overloaded"]);
	});

	it("and others on the same origin, or other models, are not", async () => {
		const { ask, guards } = world(failing(down));
		for (let call = 0; call < 10; call++) await ask();
		expect(guards.isDown(ORIGIN)).toBe(true);
		expect(guards.isDown({ ...ORIGIN, model: "other" })).toBe(false);
		expect(guards.isDown({ ...ORIGIN, origin: "other" })).toBe(false);
		expect(guards.isDown(EDGE)).toBe(false);
	});
});

describe("Workers AI", () => {
	it("is not asked twice: the next stage is there to answer", async () => {
		const { ask, calls } = world(failing(down), { upstream: EDGE });
		await ask();
		expect(calls()).toBe(1);
	});

	it("is asked again at midnight UTC, also by a call that began before it and heard after it that the day's allocation was spent", async () => {
		const late = after(200, failing({ kind: "daily-allocation" }));
		const { begin, ask, calls, clock } = world(inTurn(late, well), { upstream: EDGE });
		const midnight = (Math.floor(clock.now() / 86_400_000) + 1) * 86_400_000;
		await clock.advance(midnight - clock.now() - 100);
		expect(await clock.until(begin())).toBe("daily-allocation");
		expect(await ask()).toBe("well");
		expect(calls()).toBe(2);
	});

	it("is taken to be down where it has no capacity", async () => {
		const { ask, guards } = world(failing({ kind: "overloaded", retryAfterSeconds: null }), { upstream: EDGE });
		for (let call = 0; call < 10; call++) await ask();
		expect(guards.isDown(EDGE)).toBe(true);
		expect(await ask()).toBe("circuit-open");
	});

	it("is not asked for a quarter of an hour once its daily allocation is spent, whatever the model and the tenant", async () => {
		const { ask, calls, clock, guards } = world(inTurn(failing({ kind: "daily-allocation" }), well), {
			upstream: EDGE,
		});
		expect(await ask()).toBe("daily-allocation");
		expect(await ask()).toBe("daily-allocation");
		expect("refused" in guards.of({ ...EDGE, model: "other" }, undefined, "beta").enter(1_000)).toBe(true);
		expect("refused" in guards.of(ORIGIN).enter(1_000)).toBe(false);
		expect(calls()).toBe(1);
		await clock.advance(899_999);
		expect(await ask()).toBe("daily-allocation");
		await clock.advance(1);
		expect(await ask()).toBe("well");
	});
});
