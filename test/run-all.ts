import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * `npm test`: every check of the product, the quick ones first. Each static check counts as one test. The last line
 * is `N passed, N failed`, which is what continuous integration reads.
 */
const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
	["format", "oxfmt", "--check", "."],
	["lint and layer rules", "oxlint", "--deny-warnings", "."],
	["types without a runtime", "tsc", "-p", "tsconfig.pure.json"],
	["types of the Worker", "tsc", "-p", "tsconfig.json"],
	["types of Node programs", "tsc", "-p", "tsconfig.node.json"],
	["types of the dashboard", "tsc", "-p", "tsconfig.dashboard.json"],
	["dead code", "knip", "--no-progress"],
	["dependencies", "node", "test/dependencies/main.ts"],
	["advisories about dependencies", "node", "test/dependencies/audit.ts"],
];
/** How a check ends that could not be made, and is neither passed nor failed. */
const NOT_CHECKED = 3;

let passed = 0;
let failed = 0;
for (const [name, command, ...args] of CHECKS) {
	const startedAt = performance.now();
	const { status } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
	const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
	const verdict = status === 0 ? "ok" : status === NOT_CHECKED ? "NOT CHECKED" : "FAILED";
	console.log(`${verdict}  ${name} (${seconds} s)`);
	if (status === 0) passed += 1;
	else if (status !== NOT_CHECKED) failed += 1;
}

const directory = mkdtempSync(join(tmpdir(), "edge-cascade-"));
const report = join(directory, "tests.json");
const { status } = spawnSync(
	"vitest",
	["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
	{
		stdio: ["ignore", "inherit", "inherit"],
	},
);
const counts = readCounts();
rmSync(directory, { recursive: true, force: true });
passed += counts.passed;
// A runner that fails without a failed test, such as one that could not start a project, has failed all the same.
failed += counts.failed === 0 && status !== 0 ? 1 : counts.failed;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function readCounts(): { passed: number; failed: number } {
	try {
		const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8")) as Record<string, number>;
		return { passed: numPassedTests ?? 0, failed: numFailedTests ?? 0 };
	} catch {
		return { passed: 0, failed: 0 };
	}
}
