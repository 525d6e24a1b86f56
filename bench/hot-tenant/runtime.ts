import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";

/** What one object took, over all its calls. */
export interface ObjectMeter {
	readonly calls: number;
	readonly ms: number;
	readonly longestMs: number;
	readonly rowsWritten: number;
	readonly rowsRead: number;
	readonly databaseBytes: number;
}

/** The Worker of the simulation in the Workers runtime. */
export interface HotTenantRuntime {
	/** Runs a command of `bench/workers/hot-tenant.ts` at a moment of the simulation. */
	readonly ask: <Value>(command: string, now: number, input?: object) => Promise<Value>;
	/** By name of the object. */
	readonly meters: () => Promise<{
		readonly meters: Readonly<Record<string, ObjectMeter>>;
		readonly faults: Readonly<Record<string, number>>;
		readonly published: number;
	}>;
	/** User and system time of the runtime's process so far. */
	readonly cpuMs: () => Promise<number>;
	readonly stop: () => Promise<void>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What Linux counts a process's time in. */
const TICK_MS = 10;

/** Bundles the Worker into this directory as a deployment does, and runs it over databases of its own. */
export async function startHotTenant(directory: string): Promise<HotTenantRuntime> {
	const built = join(directory, "built");
	await promisify(execFile)(
		process.execPath,
		[
			join(ROOT, "node_modules/wrangler/bin/wrangler.js"),
			"deploy",
			"bench/workers/hot-tenant.ts",
			"--config",
			join(ROOT, "bench/workers/wrangler.toml"),
			"--dry-run",
			"--outdir",
			built,
		],
		{ cwd: ROOT, env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" } },
	);
	const script = (await readdir(built)).find((file) => file.endsWith(".js"));
	if (script === undefined) throw new Error("There is no bundle.");
	const before = await ownChildren();
	const runtime = new Miniflare(
		convertV4MiniflareOptions({
			host: "127.0.0.1",
			port: 0,
			cf: false,
			logRequests: false,
			workers: [
				{
					name: "hot-tenant",
					modulesRoot: built,
					modules: [{ type: "ESModule" as const, path: join(built, script) }],
					compatibilityDate: "2026-11-01",
					durableObjects: {
						TENANT_LEDGER: { className: "TenantLedger", useSQLite: true },
						EVIDENCE_LEDGER: { className: "EvidenceLedger", useSQLite: true },
					},
				},
			],
		}),
	);
	const url = await runtime.ready;
	const child = (await ownChildren()).find((id) => !before.includes(id));
	const ask = async <Value>(command: string, now: number, input: object = {}): Promise<Value> => {
		const response = await fetch(new URL(command, url), { method: "POST", body: JSON.stringify({ ...input, now }) });
		if (!response.ok) throw new Error(`${command}: ${response.status} ${await response.text()}`);
		return (await response.json()) as Value;
	};
	return {
		ask,
		meters: () => ask("meters", 0),
		async cpuMs() {
			if (child === undefined) return Number.NaN;
			const fields = (await readFile(`/proc/${child}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
			return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
		},
		stop: () => runtime.dispose(),
	};
}

async function ownChildren(): Promise<string[]> {
	const text = await readFile(`/proc/self/task/${process.pid}/children`, "utf8").catch(() => "");
	return text.split(" ").filter((id) => id !== "");
}
