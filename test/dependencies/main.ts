import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkInstalled, checkLockfile, type Lockfile, type Manifest } from "./check-lockfile.ts";

/** The check `dependencies` of `npm test`: the lockfiles of the product, its tools, the site and the bench, without any network. */
const problems = [".", "tools", "site", "bench/portkey"].flatMap((directory) => {
	const lockfile = readJson<Lockfile>(join(directory, "package-lock.json"));
	const installed = join(directory, "node_modules/.package-lock.json");
	return [
		...checkLockfile(lockfile, readJson<Manifest>(join(directory, "package.json"))),
		...(existsSync(installed) ? checkInstalled(readJson<Lockfile>(installed), lockfile) : []),
	].map((problem) => `${directory}: ${problem}`);
});
for (const problem of problems) console.warn(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

function readJson<Value>(path: string): Value {
	return JSON.parse(readFileSync(path, "utf8")) as Value;
}
