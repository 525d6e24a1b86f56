import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { demoPolicy } from "../src/local/demo-records.ts";
import { LOCAL_OPERATOR_KEY } from "../src/local/seed-demo.ts";
import { buildLocalWorkers, startLocalStack } from "../src/local/stack.ts";
import { sampleQuantile } from "../src/core/confidence/logprob-confidence.ts";

// Whether a tenant's requests get slower as there are more tenants. Tenants are made by the admin API, each with its
// ledger, a policy and a key. At each population, tenants that the isolate has never seen are read for the first time
// (key and policy from KV), then again at once (from the isolate's cache), in turns.

const { values } = parseArgs({ options: { tenants: { type: "string", default: "10000" } } });
const most = Number(values.tenants);
const POPULATIONS = [100, 1_000, 10_000].filter((count) => count <= most);
/** Tenants read at each population, which they are part of; so the smallest is this many. */
const READERS = 100;
const LANES = 8;

const { cascades } = demoPolicy(undefined) as { cascades: Record<string, unknown> };
const policy = { version: 1, cascades: { cascade: cascades["cascade"] } };
const builtDirectory = await mkdtemp(join(tmpdir(), "edge-cascade-tenants-"));
try {
	await buildLocalWorkers(builtDirectory);
	const stack = await startLocalStack({ port: 0, originPort: 0, builtDirectory });
	try {
		await measure(stack.url);
	} finally {
		await stack.stop();
	}
} finally {
	await rm(builtDirectory, { recursive: true });
}

async function measure(url: string): Promise<void> {
	let made = 0;
	const make = async (count: number): Promise<string[]> => {
		const numbers = Array.from({ length: count }, () => made++);
		return inLanes(numbers, (number) => makeTenant(url, `tenant-${number}`));
	};
	print("| tenants | made, ms each | first read p50 / p95 ms | read again p50 / p95 ms |\n| --- | --- | --- | --- |");
	for (const population of POPULATIONS) {
		const startedAt = performance.now();
		const missing = Math.max(0, population - READERS - made);
		if (missing > 0) await make(missing);
		const keys = await make(READERS);
		const msEach = (performance.now() - startedAt) / (missing + READERS);
		const [first, again]: [number[], number[]] = [[], []];
		for (const key of keys) {
			first.push(await readModels(url, key));
			again.push(await readModels(url, key));
		}
		print(`| ${made} | ${msEach.toFixed(1)} | ${spread(first)} | ${spread(again)} |`);
	}
}

async function makeTenant(url: string, tenant: string): Promise<string> {
	const send = async (method: string, path: string, body: unknown, headers = {}) => {
		const response = await fetch(`${url}/admin/v1${path}`, {
			method,
			headers: { authorization: `Bearer ${LOCAL_OPERATOR_KEY}`, "content-type": "application/json", ...headers },
			body: JSON.stringify(body),
		});
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
		return (await response.json()) as { readonly key?: string };
	};
	await send("POST", "/tenants", { tenant });
	await send("PUT", `/tenants/${tenant}/policy`, policy, { "if-none-match": "*" });
	const { key } = await send("POST", `/tenants/${tenant}/keys`, { name: "bench", scopes: ["inference"] });
	return key ?? "";
}

/** Milliseconds of a request that reads key and policy and asks no model. */
async function readModels(url: string, key: string): Promise<number> {
	const startedAt = performance.now();
	const response = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
	await response.text();
	if (!response.ok) throw new Error(`GET /v1/models: ${response.status}`);
	return performance.now() - startedAt;
}

async function inLanes<Item, Value>(items: readonly Item[], work: (item: Item) => Promise<Value>): Promise<Value[]> {
	const results: Value[] = [];
	let next = 0;
	await Promise.all(
		Array.from({ length: LANES }, async () => {
			for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as Item);
		}),
	);
	return results;
}

function spread(values: readonly number[]): string {
	return `${sampleQuantile(values, 0.5).toFixed(1)} / ${sampleQuantile(values, 0.95).toFixed(1)}`;
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}
