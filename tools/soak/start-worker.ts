import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eachSharedLedger } from "../../src/local/ledgers.ts";
import { CONFIGURATION_FILES } from "../deploy/configurations.ts";
import { startRuntime, type ProcessFigures, type RuntimeProcess } from "./runtime-process.ts";
import { storedIn, type Stored } from "./stored.ts";
import type { LogLine } from "./worker-log.ts";

/** Both of the product's Workers in the Workers runtime, as they run on Cloudflare: what answers, and what stores, are different machines'. */
export interface SoakedWorker {
	/** Nothing stands between this address and the inference Worker. */
	readonly url: string;
	readonly operatorKey: string;
	/** The inference Worker: answers requests, and hands their records to the queue. */
	readonly answering: ProcessFigures;
	/** The control Worker: holds all Durable Objects, each with its SQLite database, KV and the queue, and takes what comes from the queue. */
	readonly storing: ProcessFigures;
	/** What that process has on disk. */
	readonly stored: () => Promise<Stored>;
	readonly stop: () => Promise<void>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OPERATOR_KEY = "cascade-soak-operator";
const CONTROL = "edge-cascade-control";
const QUEUE = "observations";

/**
 * Bundles both of production's Workers into the directory and runs each in a process of its own: the inference Worker has its Durable
 * Objects, KV and queue in the other. In one process, nobody could tell memory that it keeps from memory that storage takes, of which
 * there is more with every record. Workers AI is the runtime's own `Ai` class, whose requests go to the far side. `onLog` is told each
 * line that either logs.
 */
export async function startWorker(input: {
	readonly directory: string;
	readonly farSideUrl: string;
	readonly onLog: (line: LogLine) => void;
}): Promise<SoakedWorker> {
	const { directory, farSideUrl, onLog } = input;
	const bundles = {
		inference: await bundle(CONFIGURATION_FILES.inference, join(directory, "inference")),
		control: await bundle(CONFIGURATION_FILES.control, join(directory, "control")),
	};
	const shared = { registry: join(directory, "registry"), resources: join(directory, "resources") };
	const started: RuntimeProcess[] = [];
	const stop = async () => void (await Promise.all(started.map((each) => each.stop())));
	try {
		// The one that stores comes first, since what both use is held by the first.
		const storing = await startRuntime({
			worker: {
				...bundles.control,
				name: CONTROL,
				compatibilityDate: "2026-11-01",
				kvNamespaces: { CONFIG: "config" },
				bindings: { OPERATOR_KEY_SHA256: sha256Hex(OPERATOR_KEY) },
				durableObjects: {
					...eachSharedLedger((className) => ({ className, useSQLite: true })),
					OPERATOR_REGISTRY: { className: "OperatorRegistry", useSQLite: true },
				},
				queueConsumers: { [QUEUE]: { maxBatchSize: 100, maxBatchTimeout: 1, maxRetries: 10 } },
			},
			shared,
			onLog,
		});
		started.push(storing);
		const answering = await startRuntime({
			worker: {
				...bundles.inference,
				name: "edge-cascade",
				compatibilityDate: "2026-11-01",
				compatibilityFlags: ["enable_request_signal"],
				kvNamespaces: { CONFIG: "config" },
				bindings: { ALLOW_LOOPBACK_ORIGINS: "true" },
				serviceBindings: { CONTROL: { name: CONTROL, entrypoint: "ControlPlane" } },
				durableObjects: eachSharedLedger((className) => ({ className, scriptName: CONTROL, useSQLite: true })),
				queueProducers: { OBSERVATIONS: { queueName: QUEUE } },
				ai: { binding: "AI", remoteProxyConnectionString: new URL(farSideUrl) as never },
			},
			shared,
			onLog,
		});
		started.push(answering);
		return {
			url: answering.url,
			operatorKey: OPERATOR_KEY,
			answering,
			storing,
			stored: () => storedIn(directory),
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

/** A Worker as it would be deployed. */
async function bundle(configuration: string, bundled: string) {
	await promisify(execFile)(
		process.execPath,
		[
			join(ROOT, "node_modules/wrangler/bin/wrangler.js"),
			"deploy",
			"--dry-run",
			"--config",
			configuration,
			"--env",
			"",
			"--outdir",
			bundled,
		],
		{ cwd: ROOT, env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" } },
	);
	const script = (await readdir(bundled)).find((file) => file.endsWith(".js"));
	if (script === undefined) throw new Error("There is no bundle.");
	return { modulesRoot: bundled, modules: [{ type: "ESModule" as const, path: join(bundled, script) }] };
}

function sha256Hex(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}
