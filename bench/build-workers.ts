import { execFile } from "node:child_process";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Every Worker that is run, by the name of its bundle. */
const ENTRIES = {
	forward: "bench/workers/forward.ts",
	minimal: "bench/workers/minimal-cascade.ts",
	records: "bench/workers/kv-records.ts",
	queue: "bench/workers/queue.ts",
	cascade: "src/worker.ts",
} as const;

/** Bundles every Worker as a deployment does; each becomes `<name>.js` in the directory. */
export async function buildWorkers(directory: string): Promise<void> {
	await Promise.all(
		Object.entries(ENTRIES).map(async ([name, entry]) => {
			const outdir = join(directory, name);
			const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
			await promisify(execFile)(
				process.execPath,
				[wrangler, "deploy", entry, "--config", configOf(entry), "--dry-run", "--env", "", "--outdir", outdir],
				{
					cwd: ROOT,
					env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" },
				},
			);
			const script = (await readdir(outdir)).find((file) => file.endsWith(".js"));
			if (script === undefined) throw new Error(`There is no bundle of ${entry}.`);
			await rename(join(outdir, script), join(directory, `${name}.js`));
		}),
	);
}

/** Ours is bundled as production's is; the others have none of its bindings. */
function configOf(entry: string): string {
	return join(ROOT, entry.startsWith("bench/") ? "bench/workers/wrangler.toml" : "wrangler.toml");
}
