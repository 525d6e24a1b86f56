import type { CascadeOutcome } from "../../src/cascade/run-cascade.ts";
import { fakeEvidence, guaranteed, type FakeEvidenceOptions } from "./fake-evidence.ts";
import { run, type Example } from "./run-example.ts";

/** Runs a request, reads its stream as a client would, and does what its answer has left to do. */
export async function labelled(example: Partial<Example> & Pick<Example, "stages">, options: FakeEvidenceOptions = {}) {
	const known = fakeEvidence(options);
	const done = await run({ cascade: guaranteed(), evidence: known.evidence, ...example });
	await readStream(done.outcome);
	await done.clock.until(known.afterAnswer());
	return { ...known, ...done };
}

/** Reads on to the end, and settles; fewer reads where a client leaves before. */
export async function readStream(outcome: CascadeOutcome, mostReads = Number.POSITIVE_INFINITY) {
	if (outcome.kind !== "live") return;
	for (let reads = 0; reads < mostReads; reads++) if ((await outcome.live.rest.read()).done) break;
	outcome.settle({ inputTokens: 10, outputTokens: 2 });
	outcome.abort();
}
