import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { openIsolateHeap } from "./isolate-heap.ts";
import type { LogLine } from "./worker-log.ts";

/** The product's Worker in the Workers runtime. */
export interface SoakedWorker {
	/** Nothing stands between this address and the Worker. */
	readonly url: string;
	readonly operatorKey: string;
	/** Resident memory of the runtime's process, in MB; NaN where the system has no /proc. */
	readonly residentMb: () => Promise<number>;
	/** The heap of the Worker's own isolate after a garbage collection; see `IsolateHeap`. */
	readonly liveHeapMb: () => Promise<number>;
	/** User and system time of that process so far, in seconds. */
	readonly cpuSeconds: () => Promise<number>;
	readonly stop: () => Promise<void>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OPERATOR_KEY = "cascade-soak-operator";
const OBJECTS = {
	TENANT_LEDGER: "TenantLedger",
	OPERATOR_REGISTRY: "OperatorRegistry",
	EVIDENCE_LEDGER: "EvidenceLedger",
	METRIC_SHARD: "MetricShard",
	UPSTREAM_OUTAGE: "UpstreamOutage",
	REPLAY_RECORD: "ReplayRecord",
} as const;

/**
 * Bundles production's own Worker into the directory and runs it with KV, queue and Durable Objects. Workers AI is the runtime's own
 * `Ai` class, whose requests go to the far side. `onLog` is told each line that the Worker logs.
 */
export async function startWorker(input: {
	readonly directory: string;
	readonly farSideUrl: string;
	readonly onLog: (line: LogLine) => void;
}): Promise<SoakedWorker> {
	const { directory, farSideUrl, onLog } = input;
	await promisify(execFile)(
		process.execPath,
		[join(ROOT, "node_modules/wrangler/bin/wrangler.js"), "deploy", "--dry-run", "--env", "", "--outdir", directory],
		{ cwd: ROOT, env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" } },
	);
	const script = (await readdir(directory)).find((file) => file.endsWith(".js"));
	if (script === undefined) throw new Error("There is no bundle.");
	const before = await ownChildren();
	const runtime = new Miniflare(
		convertV4MiniflareOptions({
			host: "127.0.0.1",
			port: 0,
			inspectorPort: 0,
			cf: false,
			logRequests: false,
			handleStructuredLogs({ message }) {
				const line = readLine(message);
				if (line === undefined) process.stderr.write(`${message}\n`);
				else onLog(line);
			},
			workers: [
				{
					name: "edge-cascade",
					modulesRoot: directory,
					modules: [{ type: "ESModule" as const, path: join(directory, script) }],
					compatibilityDate: "2026-11-01",
					compatibilityFlags: ["enable_request_signal"],
					kvNamespaces: { CONFIG: "config" },
					durableObjects: Object.fromEntries(
						Object.entries(OBJECTS).map(([name, className]) => [name, { className, useSQLite: true }]),
					),
					queueProducers: { OBSERVATIONS: { queueName: "observations" } },
					queueConsumers: { observations: { maxBatchSize: 100, maxBatchTimeout: 1, maxRetries: 10 } },
					ai: { binding: "AI", remoteProxyConnectionString: new URL(farSideUrl) as never },
					bindings: { ALLOW_LOOPBACK_ORIGINS: "true", OPERATOR_KEY_SHA256: sha256Hex(OPERATOR_KEY) },
					unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
				},
			],
		}),
	);
	await runtime.ready;
	const heap = await openIsolateHeap(await runtime.getInspectorURL(), "core:user:edge-cascade");
	const url = await runtime.unsafeGetDirectURL("edge-cascade");
	const runtimeId = (await ownChildren()).find((id) => !before.includes(id));
	const ofProcess = (file: string) => readFile(`/proc/${runtimeId}/${file}`, "utf8").catch(() => "");
	return {
		url: url.origin,
		operatorKey: OPERATOR_KEY,
		residentMb: async () => Number(/^VmRSS:\s*(\d+) kB/mu.exec(await ofProcess("status"))?.[1] ?? Number.NaN) / 1_024,
		async cpuSeconds() {
			const fields = (await ofProcess("stat")).split(") ")[1]?.split(" ") ?? [];
			// Linux counts in hundredths of a second.
			return (Number(fields[11]) + Number(fields[12])) / 100;
		},
		liveHeapMb: heap.liveMb,
		async stop() {
			heap.close();
			await runtime.dispose();
		},
	};
}

function readLine(message: string): LogLine | undefined {
	try {
		const line = JSON.parse(message) as LogLine;
		return typeof line.event === "string" ? line : undefined;
	} catch {
		return undefined;
	}
}

async function ownChildren(): Promise<string[]> {
	const text = await readFile(`/proc/self/task/${process.pid}/children`, "utf8").catch(() => "");
	return text.split(" ").filter((id) => id !== "");
}

function sha256Hex(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}
