import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createInferenceWorld, type InferenceWorld } from "./inference-world.ts";
import { runFuzz } from "./run-fuzz.ts";

/**
 * `FUZZ_BODIES=200000 FUZZ_SEED=7 npx vitest run --project unit test/fuzz/inference-bodies.test.ts` makes more of them, others
 * with another seed.
 */
const BODIES = Number(process.env["FUZZ_BODIES"] ?? 9_000);
const SEED = Number(process.env["FUZZ_SEED"] ?? 20_261_125);

let world: InferenceWorld;
beforeEach(async () => {
	world = await createInferenceWorld();
	vi.stubGlobal("fetch", world.farSide.fetch);
});
afterEach(() => vi.unstubAllGlobals());

describe(`${BODIES} bodies made from the schemas and spoiled, by seed ${SEED}`, () => {
	it(
		"are answered or refused by name, each to its own tenant, and break nothing",
		async () => {
			const { problems, statuses } = await runFuzz(world, SEED, BODIES);
			console.log(`seed ${SEED}, ${BODIES} bodies: ${JSON.stringify(statuses)}`);
			expect(world.faults.slice(0, 5)).toEqual([]);
			expect(problems).toEqual([]);
			expect(world.misplaced).toEqual([]);
			expect(world.farSide.wrongCalls).toEqual([]);
			// A generator whose bodies are all refused would show nothing.
			for (const [path, counts] of Object.entries(statuses)) {
				expect(counts[200] ?? 0, `${path} answered`).toBeGreaterThan(BODIES / 200);
				expect(counts[400] ?? 0, `${path} refused`).toBeGreaterThan(BODIES / 200);
			}
		},
		Math.max(60_000, BODIES * 10),
	);
});
