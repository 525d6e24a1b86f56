import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { MUTATION_GROUPS } from "./groups.ts";
import { mutationReport, readMutants, type GroupResult } from "./report.ts";

/** Mutates the product's decisions and reports how many mutants its tests notice; ends with 1 below 80% of a group. */
const LEAST_SCORE = 0.8;
const DIRECTORY = join(".wrangler", "mutation");

const { values: options } = parseArgs({
	options: {
		/** Mutate one line in so many. */
		sample: { type: "string", default: "1" },
		group: { type: "string" },
		concurrency: { type: "string", default: "2" },
		write: { type: "string" },
	},
});

mkdirSync(DIRECTORY, { recursive: true });
const results = MUTATION_GROUPS.filter(({ name }) => options.group === undefined || name === options.group).map(
	(group): GroupResult => {
		const report = join(DIRECTORY, `${group.name}.json`);
		const config = join(DIRECTORY, `${group.name}.config.json`);
		writeFileSync(config, JSON.stringify(configOf(group.mutate, report)));
		const stryker = "tools/mutation/node_modules/@stryker-mutator/core/bin/stryker.js";
		const { status } = spawnSync(process.execPath, [stryker, "run", config], {
			stdio: "inherit",
			env: { ...process.env, MUTATION_GROUP: group.name, MUTATION_ONE_IN: options.sample },
		});
		if (status !== 0) throw new Error(`the mutation tool ended with ${status}`);
		return { name: group.name, mutants: readMutants(JSON.parse(readFileSync(report, "utf8"))) };
	},
);
const text = mutationReport(results, options.sample);
process.stdout.write(`${text}\n`);
if (options.write !== undefined) writeFileSync(options.write, text);
const isBelow = results.some(({ mutants }) => mutants.noticed < LEAST_SCORE * mutants.all);
process.exitCode = isBelow ? 1 : 0;

function configOf(mutate: readonly string[], fileName: string): object {
	return {
		testRunner: "vitest",
		plugins: ["@stryker-mutator/vitest-runner", `${process.cwd()}/tools/mutation/sample.mjs`],
		ignorers: ["sample"],
		vitest: { configFile: "tools/mutation/vitest.config.ts" },
		coverageAnalysis: "perTest",
		mutate,
		reporters: ["json", "progress-append-only"],
		jsonReporter: { fileName },
		concurrency: Number(options.concurrency),
		// Module constants are read once, so that a mutant of one would need a process of its own.
		ignoreStatic: true,
		timeoutMS: 2_500,
		// The compiler of today has no programming interface that the tool could rewrite its configuration by.
		tsconfigFile: "none.json",
		ignorePatterns: [
			"bench",
			"docs",
			"examples",
			"site",
			"test/workers",
			"test/end-to-end",
			"test/browser",
			"src/local",
		],
		tempDirName: join(DIRECTORY, "sandbox"),
	};
}
