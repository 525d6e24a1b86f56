import { describe, expect, it } from "vitest";
import { createUpstreamHealth, DOWN_MS } from "../../src/adapters/upstream-health.ts";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import { edgeStage, originStage } from "../core/examples.ts";

const UNREACHABLE: StageFailure = { kind: "unreachable" };

function world() {
	const state = { now: 1_000 };
	const health = createUpstreamHealth({ now: () => state.now });
	return {
		pass: (ms: number) => void (state.now += ms),
		isDown: (stage = originStage, tenant = "acme") => health.isDown(tenant, stage),
		note: (failure: StageFailure | null, stage = originStage, tenant = "acme") => health.note(tenant, stage, failure),
	};
}

describe("a last stage", () => {
	it("is taken to be down for ten seconds after it has failed, and not before", () => {
		const { isDown, note, pass } = world();
		expect(isDown()).toBe(false);
		note(UNREACHABLE);
		pass(DOWN_MS - 1);
		expect(isDown()).toBe(true);
		pass(1);
		expect(isDown()).toBe(false);
	});

	it("is up again as soon as it answers", () => {
		const { isDown, note } = world();
		note(UNREACHABLE);
		note(null);
		expect(isDown()).toBe(false);
	});

	it("is left alone for twice as long after each probe that fails, five minutes at most", () => {
		const { isDown, note, pass } = world();
		const pauses: number[] = [];
		for (let probe = 0; probe < 8; probe++) {
			note(UNREACHABLE);
			let seconds = 0;
			for (; isDown(); seconds++) pass(1_000);
			pauses.push(seconds);
		}
		expect(pauses).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
		note(null);
		note(UNREACHABLE);
		pass(DOWN_MS);
		expect(isDown()).toBe(false);
	});

	it("is not left alone for longer because many calls fail at once", () => {
		const { isDown, note, pass } = world();
		for (let call = 0; call < 100; call++) note(UNREACHABLE);
		pass(DOWN_MS);
		expect(isDown()).toBe(false);
	});

	it("stays down while others go on to find it so", () => {
		const { isDown, note, pass } = world();
		for (let call = 0; call < 5; call++) {
			note(UNREACHABLE);
			pass(DOWN_MS - 1);
			expect(isDown()).toBe(true);
		}
	});

	it.each<[StageFailure, boolean]>([
		[{ kind: "timeout", afterMs: 1 }, true],
		[{ kind: "overloaded", retryAfterSeconds: 1 }, true],
		[{ kind: "upstream-error", status: 502, message: "" }, true],
		[{ kind: "daily-allocation" }, true],
		[{ kind: "misconfigured", what: "credentials" }, true],
		[{ kind: "aborted" }, false],
		[{ kind: "budget-exhausted" }, true],
		[{ kind: "bad-request", message: "", param: null, code: null }, false],
		[{ kind: "invalid-answer", detail: "" }, false],
		[{ kind: "broken-off" }, false],
	])("is down, or not, after %j", (failure, expected) => {
		const { isDown, note } = world();
		note(failure);
		expect(isDown()).toBe(expected);
	});

	it("is down for the tenant and model that found it so, and for no other", () => {
		const { isDown, note } = world();
		note(UNREACHABLE);
		expect(isDown(originStage, "other")).toBe(false);
		expect(isDown({ ...originStage, model: "other" })).toBe(false);
		expect(isDown({ ...originStage, origin: "other" })).toBe(false);
		expect(isDown(edgeStage)).toBe(false);
		expect(isDown({ ...originStage, name: "other-name", timeoutMs: 1 })).toBe(true);
	});
});
