/** Code that is mutated, and the tests that must notice it. */
export interface MutationGroup {
	readonly name: string;
	readonly mutate: readonly string[];
	readonly tests: readonly string[];
}

/**
 * The decisions: everything of the core, and of the tuner what bounds risks, chooses thresholds and keeps evidence. The tests are
 * those of the same folders alone, so a mutant that only a test of another layer would notice counts as survived.
 */
export const MUTATION_GROUPS: readonly MutationGroup[] = [
	{ name: "core", mutate: ["src/core/**/*.ts"], tests: ["test/core/**/*.test.ts"] },
	{
		name: "tuning",
		mutate: ["src/tuning/bounds/*.ts", "src/tuning/selection/*.ts", "src/tuning/evidence/*.ts"],
		tests: ["test/tuning/bounds/*.test.ts", "test/tuning/selection/*.test.ts", "test/tuning/evidence/*.test.ts"],
	},
];
