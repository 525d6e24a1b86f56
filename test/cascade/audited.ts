import { fakeEvidence, guaranteed, type FakeEvidenceOptions } from "./fake-evidence.ts";
import { answerOf, type Example } from "./run-example.ts";

/** Runs a request, and then what its answer has left to do. */
export async function audited(example: Partial<Example> & Pick<Example, "stages">, options: FakeEvidenceOptions = {}) {
	const known = fakeEvidence(options);
	const done = await answerOf({ cascade: guaranteed(), evidence: known.evidence, ...example });
	const before = { asked: done.asked("origin").length, events: [...known.events] };
	await done.clock.until(known.afterAnswer());
	return { ...known, ...done, before };
}
