import { spawnSync } from "node:child_process";
import { readAudit } from "./read-audit.ts";

/**
 * `npm run audit`: known weaknesses of what is shipped. Ends with 0 where there are none, 1 where there are, and 3 where the
 * registry does not tell: a mirror need not have advisories, and silence is no good news.
 */
const { stdout } = spawnSync("npm", ["audit", "--omit=dev", "--json", "--fetch-retries=0", "--fetch-timeout=20000"], {
	encoding: "utf8",
});
const outcome = readAudit(stdout ?? "");
if (outcome.kind === "none") console.log("No advisory of severity high or critical is about what is shipped.");
if (outcome.kind === "found") console.warn(`Advisories: ${outcome.packages.join(", ")}. See npm audit --omit=dev.`);
if (outcome.kind === "not-checked")
	console.warn(`NOT CHECKED: the registry tells no advisories (${outcome.why}). Run npm run audit where it does.`);
process.exitCode = { none: 0, found: 1, "not-checked": 3 }[outcome.kind];
