import { describe, expect, it } from "vitest";
import { EXPERIMENTS } from "../../../tools/evidence/experiments.ts";
import { brokenCures, harmlessTraps } from "../../../tools/evidence/finding.ts";

// A few trials each; `npm run test:long` runs them all and writes docs/evidence-simulations.md.
describe("live evidence, simulated", () => {
	it.each(EXPERIMENTS.map(({ run, least }) => [run.name, run, least] as const))(
		"keeps its promises, and its traps are traps: %s",
		(_, run, least) => {
			const findings = [run(least)];
			expect(brokenCures(findings).map(({ name }) => name)).toEqual([]);
			expect(harmlessTraps(findings).map(({ name }) => name)).toEqual([]);
		},
		30_000,
	);
});
