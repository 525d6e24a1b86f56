import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Miniflare, Response, type Request } from "miniflare";
import { ASSET_DIRECTORY } from "../dashboard/build/build-dashboard.ts";
import { DEMO_KEY, demoKeyRecord, type OwnServer } from "./demo-records.ts";
import { eachSharedLedger } from "./ledgers.ts";
import { LOCAL_OPERATOR_KEY, seedDemo } from "./seed-demo.ts";

/** Both running local Workers and the local origin. */
export interface LocalStack {
	/** Of the inference Worker, without `/v1`; it passes on what is the control Worker's. */
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
	/** Shows the Workers' log lines. */
	readonly showLog?: boolean;
	/** Tokens a second of the local origin's models, and of the edge's; as fast as possible when absent. */
	readonly tokensPerSecond?: number;
	readonly edgeTokensPerSecond?: number;
	/** A directory built before, to start faster. */
	readonly builtDirectory?: string;
	/** For the Workers of the demonstration alone, which must have been built: how many times as fast as the world's their clock runs. */
	readonly clockSpeed?: number;
	/** Is told of each event on the inference Worker's traces, as the runtime tells a streaming tail Worker. */
	readonly onTailEvent?: (event: unknown) => void;
	/** Answers all that both Workers ask of the network, in its place. */
	readonly network?: (request: Request) => Promise<Response>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COMPATIBILITY_DATE = "2026-11-01";
const INFERENCE = "edge-cascade-local";
const CONTROL = "edge-cascade-local-control";
/** As `[assets]` in wrangler.control.toml. */
const ASSETS = {
	directory: ASSET_DIRECTORY,
	binding: "ASSETS",
	run_worker_first: true,
	routerConfig: { has_user_worker: true },
	assetConfig: { html_handling: "auto-trailing-slash", not_found_handling: "none" } as const,
};

/**
 * Builds the Workers with wrangler, as a deployment does, and runs them in the Workers runtime: the inference Worker with the `AI`
 * stand-in, the control Worker with the ledgers behind it, both with real KV, and the local origin on its own port. `wrangler dev`
 * would run the same, at some ten times the CPU a request and without the origin's own port.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
	const built = options.builtDirectory ?? (await buildLocalWorkers(join(ROOT, ".wrangler", "local")));
	const origin = await modulesOf(join(built, "origin"));
	const worker = await modulesOf(join(built, "worker"));
	const control = await modulesOf(join(built, "control"));
	const edgeSpeed =
		options.edgeTokensPerSecond === undefined ? {} : { EDGE_TOKENS_PER_SECOND: options.edgeTokensPerSecond };
	const clock = options.clockSpeed === undefined ? {} : { CLOCK_SPEED: options.clockSpeed, CLOCK_BEGAN_AT: Date.now() };
	const network = options.network === undefined ? {} : { outboundService: options.network };
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
					name: INFERENCE,
					...worker,
					...network,
					compatibilityDate: COMPATIBILITY_DATE,
					compatibilityFlags: ["enable_request_signal", "enable_abortsignal_rpc"],
					kvNamespaces: { CONFIG: "config" },
					durableObjects: eachSharedLedger((className) => ({ className, scriptName: CONTROL, useSQLite: true })),
					queueProducers: { OBSERVATIONS: { queueName: "observations" } },
					// For whoever sets `limits.rateTier`; `trial` is soon used up, to see what a client is told.
					ratelimits: {
						RATE_TIER_STANDARD: { namespace_id: "1001", simple: { limit: 6_000, period: 60 } },
						RATE_TIER_TRIAL: { namespace_id: "1002", simple: { limit: 5, period: 10 } },
					},
					...(options.onTailEvent === undefined ? {} : { streamingTails: [TAIL_NAME] }),
					serviceBindings: {
						AI: { name: INFERENCE, entrypoint: "LocalAI" },
						CONTROL: { name: CONTROL, entrypoint: "ControlPlane" },
					},
					bindings: {
						ALLOW_LOOPBACK_ORIGINS: "true",
						ORIGIN_LOCAL_KEY: LOCAL_ORIGIN_KEY,
						...edgeSpeed,
						...clock,
					},
				},
				{
					name: CONTROL,
					...control,
					...network,
					compatibilityDate: COMPATIBILITY_DATE,
					kvNamespaces: { CONFIG: "config" },
					durableObjects: {
						...eachSharedLedger((className) => ({ className, useSQLite: true })),
						OPERATOR_REGISTRY: { className: "OperatorRegistry", useSQLite: true },
					},
					queueConsumers: { observations: { maxBatchSize: 100, maxBatchTimeout: 1, maxRetries: 10 } },
					assets: ASSETS,
					bindings: { OPERATOR_KEY_SHA256: sha256Hex(LOCAL_OPERATOR_KEY), ...clock },
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
		const kv = await runtime.getKVNamespace("CONFIG", INFERENCE);
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

/** Entry points of both Workers, from the repository's root. */
export interface LocalEntries {
	readonly worker: string;
	readonly control: string;
}

/**
 * Bundles both Workers, the local origin and the dashboard; the Workers and the origin go into `directory`. About three seconds.
 * `entries` take the place of the laptop's own.
 */
export async function buildLocalWorkers(directory: string, entries?: LocalEntries): Promise<string> {
	await mkdir(directory, { recursive: true });
	// Beside its configuration wrangler keeps temporary files, which a watcher of the sources must not see.
	const originConfig = join(directory, "origin.wrangler.toml");
	const main = JSON.stringify(join(ROOT, "src/local/local-origin.ts"));
	const config = await readFile(join(ROOT, "src/local/origin.wrangler.toml"), "utf8");
	await writeFile(
		originConfig,
		config.replace(/^main = .*$/mu, () => `main = ${main}`),
	);
	const build = (config: string, name: keyof LocalEntries, ...options: readonly string[]) => {
		const entry = entries === undefined ? [] : [join(ROOT, entries[name])];
		return bundle(["--config", join(ROOT, config), "--outdir", join(directory, name), ...options, ...entry]);
	};
	await Promise.all([
		build("wrangler.toml", "worker", "--env", "local"),
		build("wrangler.control.toml", "control"),
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
