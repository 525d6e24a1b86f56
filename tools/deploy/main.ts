import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CONFIGURATION_FILES, readConfigurations } from "./configurations.ts";
import { differences, lacksNamespace } from "./differences.ts";

/**
 * `npm run deploy`: the control Worker, which the inference Worker binds, and then that one; nothing where the two do not fit
 * together. What is written after `--` goes to wrangler, both times.
 */
const { inference, control } = readConfigurations();
const problems = differences(inference, control);
if (lacksNamespace(inference, control))
	problems.push(
		"CONFIG has no id: npx wrangler kv namespace create CONFIG, and put the one it prints into both configurations",
	);
if (problems.length > 0) {
	process.stderr.write(
		`wrangler.toml and wrangler.control.toml do not fit:\n${problems.map((each) => `  ${each}\n`).join("")}`,
	);
	process.exit(1);
}
for (const configuration of [CONFIGURATION_FILES.control, CONFIGURATION_FILES.inference]) {
	const wrangler = fileURLToPath(new URL("../../node_modules/wrangler/bin/wrangler.js", import.meta.url));
	const more = process.argv.slice(2);
	const args = [wrangler, "deploy", "--config", configuration, "--env", "", ...more];
	const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
	if (status !== 0) process.exit(status ?? 1);
}
