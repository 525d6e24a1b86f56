import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Miniflare, Response, type Request } from "miniflare";
import { ASSET_DIRECTORY } from "../dashboard/build/build-dashboard.ts";
import { DEMO_KEY, demoKeyRecord, type OwnServer } from "./demo-records.ts";
import { LOCAL_OPERATOR_KEY, seedDemo } from "./seed-demo.ts";

/** A running local Worker and local origin. */
export interface LocalStack {
	/** Of the Worker, without `/v1`. */
	readonly url: string;
	/** Of the local origin, without `/v1`. */
	readonly originUrl: string;
	/** Publishes records to KV, in place of those there. */
	readonly publish: (records: readonly { readonly key: string; readonly value: string }[]) => Promise<void>;
	readonly stop: () => Promise<void>;
}

export interface LocalStackOptions {
	/** 0 picks a free one. */
	readonly port: number;
	readonly originPort: number;
	/** The demo tenant's policy, in place of the demo's own. */
	readonly policy?: Record<string, unknown>;
	/** Addresses of the origins that it names beside the demo's own, by name; they are sent the local origin's key. */
	readonly origins?: Readonly<Record<string, string>>;
	readonly ownServer?: OwnServer | undefined;
	/**
	 * Serves the dashboard at `/dashboard/`. The runtime's router of files takes some 0.2 ms of each request here, so where
	 * requests are measured there is none.
	 */
	readonly dashboard?: boolean;
	/** Shows the Worker's log lines. */
	readonly showLog?: boolean;
	/** Tokens a second of the local origin's models, and of the edge's; as fast as possible when absent. */
	readonly tokensPerSecond?: number;
	readonly edgeTokensPerSecond?: number;
	/** A directory built before, to start faster. */
	readonly builtDirectory?: string;
	/** For the Worker of the demonstration alone, which must have been built: how many times as fast as the world's its clock runs. */
	readonly clockSpeed?: number;
	/** Is told of each event on the Worker's traces, as the runtime tells a streaming tail Worker. */
	readonly onTailEvent?: (event: unknown) => void;
	/** Answers all that the Worker asks of the network, in its place. */
	readonly network?: (request: Request) => Promise<Response>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COMPATIBILITY_DATE = "2026-11-01";
/** As `[assets]` in wrangler.toml: the dashboard is files, and all else is the Worker's. */
const DASHBOARD_FILES = {
	directory: ASSET_DIRECTORY,
	binding: "ASSETS",
	run_worker_first: ["/*", "!/dashboard", "!/dashboard/*"],
	routerConfig: { has_user_worker: true },
	assetConfig: { html_handling: "auto-trailing-slash", not_found_handling: "none" } as const,
};

/**
 * Builds both Workers with wrangler, as a deployment does, and runs them in the Workers runtime: the Worker with real
 * KV and the `AI` stand-in, the local origin on its own port. `wrangler dev` would run the same, at some ten times the
 * CPU a request and without the origin's own port.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
	const built = options.builtDirectory ?? (await buildLocalWorkers(join(ROOT, ".wrangler", "local")));
	const origin = await modulesOf(join(built, "origin"));
	const worker = await modulesOf(join(built, "worker"));
	const edgeSpeed =
		options.edgeTokensPerSecond === undefined ? {} : { EDGE_TOKENS_PER_SECOND: options.edgeTokensPerSecond };
	const runtime = new Miniflare(
		convertV4MiniflareOptions({
			host: "127.0.0.1",
			port: options.port,
			cf: false,
			logRequests: false,
			handleStructuredLogs: ({ level, message }) => {
				if (options.showLog === true || level === "error") process.stderr.write(`${message}\n`);
			},
			workers: [
				{
					name: "edge-cascade-local",
					...worker,
					compatibilityDate: COMPATIBILITY_DATE,
					compatibilityFlags: ["enable_request_signal", "enable_abortsignal_rpc"],
					kvNamespaces: { CONFIG: "config" },
					durableObjects: {
						TENANT_LEDGER: { className: "TenantLedger", useSQLite: true },
						OPERATOR_REGISTRY: { className: "OperatorRegistry", useSQLite: true },
						EVIDENCE_LEDGER: { className: "EvidenceLedger", useSQLite: true },
						METRIC_SHARD: { className: "MetricShard", useSQLite: true },
						UPSTREAM_OUTAGE: { className: "UpstreamOutage", useSQLite: true },
						REPLAY_RECORD: { className: "ReplayRecord", useSQLite: true },
					},
					queueProducers: { OBSERVATIONS: { queueName: "observations" } },
					queueConsumers: { observations: { maxBatchSize: 100, maxBatchTimeout: 1, maxRetries: 10 } },
					// For whoever sets `limits.rateTier`; `trial` is soon used up, to see what a client is told.
					ratelimits: {
						RATE_TIER_STANDARD: { namespace_id: "1001", simple: { limit: 6_000, period: 60 } },
						RATE_TIER_TRIAL: { namespace_id: "1002", simple: { limit: 5, period: 10 } },
					},
					...(options.onTailEvent === undefined ? {} : { streamingTails: [TAIL_NAME] }),
					...(options.network === undefined ? {} : { outboundService: options.network }),
					...(options.dashboard === true ? { assets: DASHBOARD_FILES } : {}),
					serviceBindings: { AI: { name: "edge-cascade-local", entrypoint: "LocalAI" } },
					bindings: {
						ALLOW_LOOPBACK_ORIGINS: "true",
						ORIGIN_LOCAL_KEY: LOCAL_ORIGIN_KEY,
						OPERATOR_KEY_SHA256: sha256Hex(LOCAL_OPERATOR_KEY),
						...edgeSpeed,
						...(options.clockSpeed === undefined ? {} : { CLOCK_SPEED: options.clockSpeed }),
					},
				},
				{
					name: "edge-cascade-local-origin",
					...origin,
					compatibilityDate: COMPATIBILITY_DATE,
					bindings: {
						LOCAL_ORIGIN_KEY,
						...edgeSpeed,
						...(options.tokensPerSecond === undefined ? {} : { TOKENS_PER_SECOND: options.tokensPerSecond }),
					},
					unsafeDirectSockets: [{ host: "127.0.0.1", port: options.originPort }],
				},
				...(options.onTailEvent === undefined ? [] : [tailWorker(options.onTailEvent)]),
			],
		}),
	);
	try {
		const url = await runtime.ready;
		const originUrl = await runtime.unsafeGetDirectURL("edge-cascade-local-origin");
		const kv = await runtime.getKVNamespace("CONFIG", "edge-cascade-local");
		const publish: LocalStack["publish"] = async (records) => {
			for (const { key, value } of records) await kv.put(key, value);
		};
		await publish([demoKeyRecord(sha256Hex(DEMO_KEY))]);
		await seedDemo({
			url: url.origin,
			originUrl: new URL("v1", originUrl).href,
			ownServer: options.ownServer,
			...(options.policy === undefined ? {} : { policy: options.policy }),
			...(options.origins === undefined ? {} : { origins: options.origins }),
		});
		return { url: url.origin, originUrl: originUrl.origin, publish, stop: () => runtime.dispose() };
	} catch (error) {
		await runtime.dispose();
		throw error;
	}
}

const TAIL_NAME = "edge-cascade-local-tail";

/** Passes the events on as they are. */
function tailWorker(onTailEvent: (event: unknown) => void) {
	return {
		name: TAIL_NAME,
		compatibilityDate: COMPATIBILITY_DATE,
		modules: true,
		script: `export default {
			async tailStream(onset, env) {
				const plain = (_, value) => (typeof value === "bigint" ? Number(value) : value);
				const tell = (event) => env.EVENTS.fetch("http://events", { method: "POST", body: JSON.stringify(event, plain) });
				await tell(onset);
				return tell;
			},
		}`,
		serviceBindings: {
			async EVENTS(request: Request) {
				onTailEvent(await request.json());
				return new Response(null, { status: 204 });
			},
		},
	} as const;
}

/** Opens the local origin on this machine; it guards nothing. */
export const LOCAL_ORIGIN_KEY = "local-origin-key";

/**
 * Bundles the local Worker and the local origin into `directory`; about three seconds. `worker` is the entry point of another
 * Worker in its place, from the repository's root.
 */
export async function buildLocalWorkers(directory: string, worker?: string): Promise<string> {
	await mkdir(directory, { recursive: true });
	// Beside its configuration wrangler keeps temporary files, which a watcher of the sources must not see.
	const originConfig = join(directory, "origin.wrangler.toml");
	const main = JSON.stringify(join(ROOT, "src/local/local-origin.ts"));
	const config = await readFile(join(ROOT, "src/local/origin.wrangler.toml"), "utf8");
	await writeFile(
		originConfig,
		config.replace(/^main = .*$/mu, () => `main = ${main}`),
	);
	const entry = worker === undefined ? [] : [join(ROOT, worker)];
	await Promise.all([
		bundle([
			"--env",
			"local",
			"--config",
			join(ROOT, "wrangler.toml"),
			"--outdir",
			join(directory, "worker"),
			...entry,
		]),
		bundle(["--config", originConfig, "--outdir", join(directory, "origin")]),
	]);
	return directory;
}

function sha256Hex(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}

async function bundle(args: readonly string[]): Promise<void> {
	const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
	await promisify(execFile)(process.execPath, [wrangler, "deploy", "--dry-run", ...args], {
		cwd: ROOT,
		env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" },
	});
}

/** A bundle's script and the weight files beside it, as the runtime takes them. */
async function modulesOf(directory: string) {
	const files = await readdir(directory);
	const script = files.find((file) => file.endsWith(".js"));
	if (script === undefined) throw new Error(`There is no bundle in ${directory}.`);
	const data = files.filter((file) => file.endsWith(".bin"));
	return {
		modulesRoot: directory,
		modules: [
			{ type: "ESModule" as const, path: join(directory, script) },
			...data.map((file) => ({ type: "Data" as const, path: join(directory, file) })),
		],
	};
}
