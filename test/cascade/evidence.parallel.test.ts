import { describe, expect, it } from "vitest";
import { isOutage, type StageFailure } from "../../src/core/stage-failure.ts";
import { after, answering, failing, silent, sure, type Behaviour } from "./fakes.ts";
import { audited } from "./audited.ts";
import { chatStream, fakeEvidence, guaranteed, START, TAILS } from "./fake-evidence.ts";
import { labelled } from "./labelled.ts";
import { answerOf, begin, run } from "./run-example.ts";

describe("in a parallel cascade, an accepted answer", () => {
	const parallel = guaranteed({ mode: "parallel" });

	it("whose coin falls so leaves the last stage's call to run on as the audit", async () => {
		const known = fakeEvidence();
		const stages = { edge: after(300, sure(0.9)), origin: after(1_000, answering("small")) };
		const begun = begin({ cascade: parallel, stages, evidence: known.evidence });
		const outcome = await begun.clock.until(begun.outcome);
		expect(begun.clock.now() - START).toBe(300);
		expect(outcome).toMatchObject({ kind: "whole", facts: { stage: "edge" } });
		// The client leaves, which ends no audit.
		begun.leave();
		expect(begun.asked("origin")[0]?.signal.aborted).toBe(false);
		await begun.clock.until(known.afterAnswer());
		expect(begun.asked("origin")).toHaveLength(1);
		expect(known.events).toEqual(["drawn", "verdict"]);
		expect(known.verdicts).toMatchObject([{ wrong: false, costUsd: expect.closeTo(0.000_14, 12) }]);
		if (outcome.kind === "whole") expect(outcome.facts.calls.map(({ stage }) => stage)).toEqual(["edge"]);
		expect(begun.clock.running).toBe(0);
	});

	it("whose coin falls otherwise stops it at once, as without a guarantee", async () => {
		const stages = { edge: after(300, sure(0.9)), origin: silent };
		const { asked, facts, clock, events } = await audited({ cascade: parallel, stages }, { random: [TAILS] });
		const plain = await answerOf({ cascade: { mode: "parallel" }, stages });
		expect(asked("origin")[0]?.signal.aborted).toBe(true);
		expect(facts.calls).toEqual(plain.facts.calls);
		expect(facts.savedUsd).toBe(plain.facts.savedUsd);
		expect(events).toEqual(["not-drawn"]);
		expect(clock.running).toBe(0);
	});

	it("bills a call that was over before to the request, and not to the audit as well", async () => {
		const stages = { edge: after(300, sure(0.9)), origin: answering("large") };
		const { facts, verdicts } = await audited({ cascade: parallel, stages });
		expect(facts.calls.map(({ stage }) => stage).toSorted()).toEqual(["edge", "origin"]);
		expect(verdicts).toMatchObject([{ wrong: true, costUsd: 0 }]);
	});

	it("gives the call that runs on no more time than any audit", async () => {
		const { verdicts, asked, clock } = await audited({
			cascade: parallel,
			stages: { edge: sure(0.9), origin: silent },
		});
		expect(verdicts).toMatchObject([{ wrong: true, failed: true, ms: 25_000 }]);
		expect(asked("origin")[0]?.signal.aborted).toBe(true);
		expect(clock.running).toBe(0);
	});

	it.each([
		["small", "stop", false, false, expect.closeTo(0.000_14, 12)],
		["large", "stop", true, false, expect.closeTo(0.000_14, 12)],
		["small", null, true, true, null],
	])(
		"reads the stream that the last stage had begun to its end: %s, %s",
		async (text, reason, wrong, failed, costUsd) => {
			const { verdicts, facts, clock } = await audited({
				cascade: parallel,
				stages: { edge: after(10, sure(0.9)), origin: answering("") },
				streams: { origin: chatStream(text, reason) },
				request: { stream: true },
			});
			expect(verdicts).toMatchObject([{ wrong, failed, costUsd }]);
			expect(facts.calls.map(({ stage }) => stage)).toEqual(["edge"]);
			expect(clock.running).toBe(0);
		},
	);

	it("reads a stream that never ends no longer than an audit may take", async () => {
		const { verdicts, asked, clock } = await audited({
			cascade: parallel,
			stages: { edge: after(10, sure(0.9)), origin: answering("") },
			request: { stream: true },
		});
		expect(verdicts).toMatchObject([{ wrong: true, failed: true, costUsd: null, ms: 25_000 }]);
		expect(asked("origin")[0]?.signal.aborted).toBe(true);
		expect(clock.running).toBe(0);
	});

	it("is not slower for a draw that does not reach the queue", async () => {
		const stages = { edge: sure(0.9), origin: silent };
		const { asked, verdicts, clock } = await audited({ cascade: parallel, stages }, { isSent: false });
		expect(asked("origin")[0]?.signal.aborted).toBe(true);
		expect(verdicts).toEqual([]);
		expect(clock.running).toBe(0);
	});

	it("is escalated as without a guarantee where it is not sure, with the call on the request's record once", async () => {
		const stages = { edge: after(300, sure(0.5)), origin: after(1_000, answering("large")) };
		const { facts, clock, events } = await audited({ cascade: parallel, stages });
		expect(facts.calls.map(({ stage, ms }) => `${stage} ${ms}`)).toEqual(["edge 300", "origin 1000"]);
		expect(events).toEqual(["labelled"]);
		expect(clock.running).toBe(0);
	});

	it("ends both calls where the client leaves before", async () => {
		const known = fakeEvidence();
		const stages = { edge: silent, origin: silent };
		const begun = begin({ cascade: parallel, stages, evidence: known.evidence });
		await begun.clock.advance(10);
		begun.leave();
		const { outcome } = { outcome: await begun.clock.until(begun.outcome) };
		expect(outcome).toMatchObject({ kind: "failed", failure: { kind: "aborted" } });
		expect(begun.asked("origin")[0]?.signal.aborted).toBe(true);
		expect(known.events).toEqual([]);
		expect(begun.clock.running).toBe(0);
	});
});

describe("what becomes of the call beside the first", () => {
	const parallel = guaranteed({ mode: "parallel", timeoutMs: 55_000 });
	const edge = after(300, sure(0.9));
	const outage = { kind: "upstream-error", status: 503, message: "" } as const;

	it.each<[string, Behaviour, (string | null)[]]>([
		["that answers before", after(100, answering("small")), [null]],
		["that answers later", after(1_000, answering("small")), [null]],
		["that fails before", after(100, failing(outage)), ["upstream-error"]],
		["that fails later", after(1_000, failing(outage)), ["upstream-error"]],
		["that is silent for as long as an audit may take", silent, ["timeout"]],
	])("is known of the last stage's health where it is the audit: %s", async (_when, origin, told) => {
		const known = await audited({ cascade: parallel, stages: { edge, origin } });
		expect(known.told).toEqual(told);
	});

	it.each<[string, Behaviour, (string | null)[]]>([
		["where it was over before", after(100, failing(outage)), ["upstream-error"]],
		["not where it was stopped, which says nothing", silent, []],
		["not where what it would have said was no longer waited for", after(1_000, failing(outage)), []],
	])("is known where the coin falls otherwise: %s", async (_when, origin, told) => {
		const known = await audited({ cascade: parallel, stages: { edge, origin } }, { random: [TAILS] });
		expect(known.told).toEqual(told);
		expect(known.events).toEqual(["not-drawn"]);
	});

	it.each<[string, Behaviour, (string | null)[]]>([
		["that answers", after(1_000, answering("large")), [null]],
		["that fails", after(1_000, failing(outage)), ["upstream-error"]],
	])("is known once where the request is escalated to it: %s", async (_what, origin, told) => {
		const stages = { edge: after(300, sure(0.5)), origin };
		const known = await labelled({ cascade: parallel, stages });
		expect(known.told).toEqual(told);
	});

	it("has no coin tossed where it has shown in time that the last stage is down", async () => {
		const clockless = fakeEvidence();
		let isDown = false;
		const evidence = {
			...clockless.evidence,
			asked: (_stage: unknown, failure: StageFailure | null) =>
				void (isDown = failure !== null && isOutage(failure.kind)),
			isDown: () => isDown,
		};
		const stages = { edge, origin: after(100, failing(outage)) };
		await run({ cascade: parallel, stages, evidence });
		expect(clockless.entries).toMatchObject([{ served: "accepted", draw: "unobserved" }]);
		expect(clockless.tosses()).toBe(0);
	});

	it("is no failure where the client leaves, or where its draw cannot be sent", async () => {
		const known = fakeEvidence();
		const begun = begin({ cascade: parallel, stages: { edge: silent, origin: silent }, evidence: known.evidence });
		await begun.clock.advance(10);
		begun.leave();
		await begun.clock.until(begun.outcome);
		expect(known.told.filter((kind) => kind !== "aborted")).toEqual([]);
		const unsent = await audited({ cascade: parallel, stages: { edge, origin: silent } }, { isSent: false });
		expect(unsent.told).toEqual([]);
	});

	it("is a time-out where a stream of it does not end", async () => {
		const { told } = await audited({
			cascade: parallel,
			stages: { edge, origin: answering("") },
			request: { stream: true },
		});
		expect(told).toEqual([null, "timeout"]);
	});
});
