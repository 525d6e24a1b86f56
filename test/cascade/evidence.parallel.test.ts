import { describe, expect, it } from "vitest";
import { after, answering, silent, sure } from "./fakes.ts";
import { audited } from "./audited.ts";
import { chatStream, fakeEvidence, guaranteed, START, TAILS } from "./fake-evidence.ts";
import { answerOf, begin } from "./run-example.ts";

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
