import { execFile } from "node:child_process";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Every Worker that is run, by the name of its bundle. */
const ENTRIES = {
	forward: "bench/workers/forward.ts",
	hono: "bench/workers/hono-parse.ts",
	minimal: "bench/workers/minimal-cascade.ts",
	contract: "bench/workers/contract-cascade.ts",
	empty: "bench/workers/empty.ts",
	records: "bench/workers/kv-records.ts",
	queue: "bench/workers/queue.ts",
	tail: "bench/workers/tail.ts",
	cascade: "src/worker.ts",
	control: "src/control-worker.ts",
} as const;

/** Bundles every Worker as a deployment does; each becomes `<name>.js` in the directory. `options`: more of wrangler's own. */
export async function buildWorkers(directory: string, options: readonly string[] = []): Promise<void> {
	await Promise.all(Object.entries(ENTRIES).map(([name, entry]) => bundle(directory, name, entry, options)));
}

async function bundle(
	directory: string,
	name: string,
	entry: string,
	options: readonly string[] = [],
): Promise<string> {
	const outdir = join(directory, name);
	const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
	await promisify(execFile)(
		process.execPath,
		[wrangler, "deploy", entry, "--config", configOf(entry), "--dry-run", "--env", "", "--outdir", outdir, ...options],
		{
			cwd: ROOT,
			env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" },
		},
	);
	const script = (await readdir(outdir)).find((file) => file.endsWith(".js"));
	if (script === undefined) throw new Error(`There is no bundle of ${entry}.`);
	const path = join(directory, `${name}.js`);
	await rename(join(outdir, script), path);
	return path;
}

/** Ours are bundled as production's are; the others have none of their bindings. */
function configOf(entry: string): string {
	if (entry === ENTRIES.control) return join(ROOT, "wrangler.control.toml");
	return join(ROOT, entry.startsWith("bench/") ? "bench/workers/wrangler.toml" : "wrangler.toml");
}
