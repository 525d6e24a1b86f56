import { describe, expect, it } from "vitest";
import type { AuditedText } from "../../src/core/evidence/audited-text.ts";
import {
	AUDITION,
	fakeEvidence,
	guaranteed,
	HEADS,
	lease,
	START,
	TAILS,
	type FakeEvidenceOptions,
} from "./fake-evidence.ts";
import { answering, failing, sure } from "./fakes.ts";
import { answerOf, type Example } from "./run-example.ts";

/** Runs a request and all that follows its answer, with a taker of texts that chooses or does not. */
async function run(
	example: Partial<Example> & Pick<Example, "stages">,
	options: FakeEvidenceOptions = {},
	isChosen = true,
) {
	const known = fakeEvidence(options);
	const texts: Omit<AuditedText, "expiresAt">[] = [];
	/** What had been asked of the last stage, and told, when the choice was made. */
	const chosenAt: { readonly verdicts: number; readonly entries: readonly string[] }[] = [];
	const evidence: typeof known.evidence = {
		...known.evidence,
		chooseText() {
			chosenAt.push({ verdicts: known.verdicts.length, entries: known.entries.map(({ draw }) => draw) });
			return isChosen ? (text) => void texts.push(text) : null;
		},
	};
	const done = await answerOf({ cascade: guaranteed(), evidence, ...example });
	await done.clock.until(known.afterAnswer());
	return { ...known, texts, chosenAt };
}

describe("the text of a labelled row", () => {
	it("is what was compared, of an accepted answer that the coin drew", async () => {
		const stages = { edge: sure(0.9, "Paris"), origin: answering("Lyon") };
		const { texts, chosenAt } = await run({ stages }, { random: [HEADS] });
		expect(texts).toEqual([
			{
				requestId: expect.any(String) as string,
				at: START,
				policyRevision: 7,
				epoch: 3,
				phase: 2,
				confidence: expect.closeTo(0.9, 6) as number,
				served: "accepted",
				verdict: "wrong",
				text: { messages: expect.any(Array) as [], edge: "Paris", reference: "Lyon" },
			},
		]);
		// Chosen before anything of the audit was told.
		expect(chosenAt).toEqual([{ verdicts: 0, entries: [] }]);
	});

	it("is there without a reference where the last stage gave none: leaving it out would choose", async () => {
		const stages = { edge: sure(0.9, "Paris"), origin: failing({ kind: "unreachable" }) };
		const { texts } = await run({ stages }, { random: [HEADS] });
		expect(texts).toMatchObject([{ verdict: "failed", text: { edge: "Paris", reference: null } }]);
	});

	it("is there of an escalated answer, so that an audition can be reviewed", async () => {
		const stages = { edge: sure(0.9, "Paris"), origin: answering("paris.") };
		const { texts, chosenAt } = await run({ stages }, { lease: lease(AUDITION), item: 3 });
		expect(texts).toMatchObject([{ served: "escalated", item: 3, verdict: "right", text: { reference: "paris." } }]);
		expect(chosenAt).toEqual([{ verdicts: 0, entries: [] }]);
	});

	it("is not there where it was not chosen, nor of what is not labelled", async () => {
		const stages = { edge: sure(0.9, "Paris"), origin: answering("Lyon") };
		expect((await run({ stages }, { random: [HEADS] }, false)).texts).toEqual([]);
		expect(await run({ stages }, { random: [TAILS] })).toMatchObject({ texts: [], chosenAt: [] });
		// Its draw could not be told, so the row is none that is labelled.
		expect((await run({ stages }, { random: [HEADS], isSent: false })).texts).toEqual([]);
	});
});
