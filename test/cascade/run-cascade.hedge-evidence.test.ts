import { describe, expect, it } from "vitest";
import { createUpstreamHealth } from "../../src/adapters/upstream-health.ts";
import { createHedgeBudget } from "../../src/core/resilience/hedge-budget.ts";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import type { StagePolicy } from "../../src/core/tenant-policy.ts";
import { edgeStage, originStage } from "../core/examples.ts";
import { AUDITION, chatStream, fakeEvidence, guaranteed, lease } from "./fake-evidence.ts";
import { after, answering, FakeClock, failing, inTurn, silent, sure } from "./fakes.ts";
import { begin, run } from "./run-example.ts";

const usage = { inputTokens: 10, outputTokens: 4 };
const last: StagePolicy = { ...originStage, hedge: { origin: "other", afterMs: 2_000 } };
const down: StageFailure = { kind: "upstream-error", status: 503, message: "" };
const cascade = guaranteed();
const hedged = { ...cascade, stages: [cascade.stages?.[0] ?? edgeStage, last] };

/** Evidence of a cascade with a second origin, whose isolate knows which stages are down. */
function evidenceOf(input: Parameters<typeof fakeEvidence>[0], clock: FakeClock) {
	const known = fakeEvidence(input);
	const health = createUpstreamHealth(clock);
	const { evidence } = known;
	return {
		known,
		health,
		evidence: {
			...evidence,
			asked: (stage: StagePolicy, failure: StageFailure | null) => health.note("acme", stage, failure),
			isDown: (stage: StagePolicy) => health.isDown("acme", stage),
		},
	};
}

const callsToOrigin = (calls: readonly { readonly stage: string }[]) =>
	calls.filter(({ stage }) => stage === "origin").length;

describe("a second origin of a parallel cascade", () => {
	it("is on record once where both origins are stopped by the edge", async () => {
		const { outcome } = await run({
			cascade: { mode: "parallel", stages: [edgeStage, last] },
			hedges: createHedgeBudget(),
			stages: { edge: after(3_000, sure(0.99)), origin: inTurn(silent, after(500, answering("second", { usage }))) },
		});
		if (outcome.kind !== "whole") throw new Error("no whole answer");
		expect(outcome.facts.stage).toBe("edge");
		expect(callsToOrigin(outcome.facts.calls)).toBe(2);
	});

	it("is on record under a guarantee too, once its stream has ended", async () => {
		const { outcome } = await run({
			cascade: { ...hedged, mode: "parallel" },
			hedges: createHedgeBudget(),
			evidence: fakeEvidence({ lease: lease(AUDITION) }).evidence,
			request: { stream: true },
			streams: { origin: chatStream("second") },
			stages: {
				edge: after(10, sure(0.1)),
				origin: inTurn(after(9_000, answering("")), after(500, answering(""))),
			},
		});
		if (outcome.kind !== "live") throw new Error("no stream");
		expect(callsToOrigin(outcome.settle(usage).calls)).toBe(2);
	});
});

describe("a second origin under a guarantee", () => {
	it("does not say that the first is well, whose failure is on record", async () => {
		const clock = new FakeClock();
		const { evidence, health } = evidenceOf({ lease: lease(AUDITION) }, clock);
		await run({
			cascade: hedged,
			hedges: createHedgeBudget(),
			evidence,
			stages: { edge: sure(0.1), origin: inTurn(failing(down), answering("second", { usage })) },
		});
		expect(health.isDown("acme", last)).toBe(true);
	});

	it("answers audits too, so that an outage of the first is no wrong answer of the edge", async () => {
		const clock = new FakeClock();
		const { evidence, known } = evidenceOf({}, clock);
		const running = begin({
			cascade: hedged,
			hedges: createHedgeBudget(),
			evidence,
			stages: { edge: sure(0.9), origin: inTurn(failing(down), answering("small", { usage })) },
		});
		await running.clock.until(running.outcome);
		await running.clock.until(known.afterAnswer());
		expect(known.verdicts.map(({ wrong, failed }) => ({ wrong, failed }))).toEqual([{ wrong: false, failed: false }]);
	});
});
