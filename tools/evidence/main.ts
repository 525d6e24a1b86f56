import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { evidenceDocument } from "./document.ts";
import { EXPERIMENTS } from "./experiments.ts";
import { brokenCures, harmlessTraps, type Finding } from "./finding.ts";

/**
 * What live evidence promises, tested as a claim, beside what it guards against. Some minutes on one core; ends with status 1
 * where a promise is broken or a trap turns out to be none.
 */
const { values: options } = parseArgs({
	options: {
		/** Fewer trials, for a quick look: a share of them, such as 0.05. */
		share: { type: "string", default: "1" },
		/** A file for the report. */
		write: { type: "string" },
	},
});

const share = Number(options.share);
const began = performance.now();
const findings: Finding[] = [];
for (const { run, trials, least } of EXPERIMENTS) {
	const finding = run(Math.max(least, Math.round(trials * share)));
	findings.push(finding);
	progress(`${finding.title}: done after ${Math.round((performance.now() - began) / 1_000)} s`);
}

const report = evidenceDocument(findings, new Date());
if (options.write === undefined) process.stdout.write(report);
else await writeFile(options.write, report);
for (const { name } of brokenCures(findings)) progress(`broken: ${name}`);
for (const { name } of harmlessTraps(findings)) progress(`no trap: ${name}`);
if (brokenCures(findings).length + harmlessTraps(findings).length > 0) process.exitCode = 1;

function progress(text: string): void {
	process.stderr.write(`${text}\n`);
}
