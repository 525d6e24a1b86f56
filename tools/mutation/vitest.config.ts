import { defineConfig } from "vitest/config";
import { MUTATION_GROUPS } from "./groups.ts";

const group = MUTATION_GROUPS.find(({ name }) => name === process.env["MUTATION_GROUP"]);

export default defineConfig({
	test: {
		include: [...(group?.tests ?? [])],
		// Seconds each, and what they say of many runs a single vector says of one.
		exclude: [
			"**/simulations.test.ts",
			"**/violation-rates.test.ts",
			"**/fair-game.test.ts",
			"**/labels-needed.test.ts",
		],
		setupFiles: ["tools/mutation/few-runs.ts"],
		testTimeout: 20_000,
	},
});
