import { describe, expect, it } from "vitest";
import { MOST_KEPT_BYTES } from "../../src/cascade/watch-stream.ts";
import { answering, sure } from "./fakes.ts";
import { CERTAIN, chatStream, fakeEvidence, guaranteed } from "./fake-evidence.ts";
import { labelled, readStream } from "./labelled.ts";
import { begin } from "./run-example.ts";

const unsure = sure(0.5);

describe("an escalated answer to a stream", () => {
	const stages = { edge: unsure, origin: answering("") };
	const request = { stream: true };

	it.each([
		["small", false],
		["large", true],
	])("is labelled by the bytes that passed, once they have: %s", async (text, wrong) => {
		const { entries } = await labelled({ stages, request, streams: { origin: chatStream(text) } });
		expect(entries).toMatchObject([{ served: "escalated", propensity: CERTAIN, draw: "labelled", wrong }]);
	});

	it("that broke off counts as wrong", async () => {
		const { entries } = await labelled({ stages, request, streams: { origin: chatStream("small", null) } });
		expect(entries).toMatchObject([{ draw: "labelled", wrong: true }]);
	});

	const saying = (text: string) =>
		labelled({ stages: { ...stages, edge: sure(0.5, text) }, request, streams: { origin: chatStream(text) } });

	it("that is longer than is kept counts as wrong", async () => {
		const { entries, verdicts } = await saying("s".repeat(MOST_KEPT_BYTES));
		expect(entries).toMatchObject([{ draw: "labelled", wrong: true }]);
		expect(verdicts).toEqual([]);
	});

	it("that is long is told as drawn before it is compared, which may take longer than the isolate is given", async () => {
		for (const length of [MOST_KEPT_BYTES - 1_000, 50_001]) {
			const { entries, verdicts, events } = await saying("s".repeat(length));
			expect(events).toEqual(["drawn", "verdict"]);
			expect(entries).toMatchObject([{ served: "escalated", propensity: CERTAIN, draw: "drawn", wrong: null }]);
			expect(verdicts).toMatchObject([{ wrong: false, failed: false }]);
		}
	});

	it("that is shorter is told with its label", async () => {
		const { entries, events } = await saying("s".repeat(50_000));
		expect(events).toEqual(["labelled"]);
		expect(entries).toMatchObject([{ draw: "labelled", wrong: false }]);
	});

	it.each([
		["before its end has the last stage asked once more", 1, { draw: "drawn", wrong: null }, 2],
		["once all had passed is labelled", 4, { draw: "labelled", wrong: false }, 1],
	])("whose client left %s", async (_when, reads, expected, calls) => {
		const known = fakeEvidence();
		const begun = begin({
			cascade: guaranteed(),
			stages,
			request,
			streams: { origin: chatStream("small") },
			evidence: known.evidence,
		});
		const outcome = await begun.clock.until(begun.outcome);
		begun.leave();
		await readStream(outcome, reads);
		await begun.clock.until(known.afterAnswer());
		expect(known.entries).toMatchObject([expected]);
		expect(begun.asked("origin")).toHaveLength(calls);
	});
});
