import { defineConfig } from "vitest/config";
import { MUTATION_GROUPS } from "./groups.ts";

const group = MUTATION_GROUPS.find(({ name }) => name === process.env["MUTATION_GROUP"]);

export default defineConfig({
	test: {
		include: [...(group?.tests ?? [])],
		setupFiles: ["tools/mutation/few-runs.ts"],
		testTimeout: 20_000,
	},
});
