import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sampleQuantile } from "../src/core/confidence/logprob-confidence.ts";
import { benchRecords } from "./bench-records.ts";
import { buildWorkers } from "./build-workers.ts";
import { answeringBindings, kvService } from "./contenders.ts";
import { pinSelf, startMockUpstream, startRuntime, type ServerProcess } from "./processes.ts";
import { binding, runtimeConfig, serverService, workerService } from "./runtime-config.ts";
import { requestOf, scenarioOf } from "./scenarios.ts";
import { bootstrapMedian, type Spread } from "./statistics.ts";
import { timeRequests } from "./time-requests.ts";

// Whether auditing makes served answers slower. The same Worker four times, each a process of its own: without a guarantee,
// and under one with no answers audited, one in twenty, and all. A round is one turn of each on one connection, one request
// after the other, and each round begins with another Worker; what is compared are turns of the same round. After each answer there is a pause,
// longer than an audit takes here: an isolate has one thread, and without the pause, on upstreams that answer at once, every
// request would meet the work of the audit before it.

const VARIANTS = [
	{ name: "no guarantee", auditRate: null },
	{ name: "audits at 0%", auditRate: 0 },
	{ name: "audits at 5%", auditRate: 0.05 },
	{ name: "audits at 100%", auditRate: 1 },
] as const;
const WARM_UP = { count: 2_000, pauseMs: 0 };
const PAUSE_MS = 5;

const { values } = parseArgs({
	options: { rounds: { type: "string", default: "24" }, requests: { type: "string", default: "250" } },
});
const rounds = Number(values.rounds);
const turn = { count: Number(values.requests), pauseMs: PAUSE_MS };
const request = requestOf(scenarioOf("accepted", "decision path"), 0);
const directory = await mkdtemp(join(tmpdir(), "edge-cascade-audits-"));
try {
	await run();
} finally {
	await rm(directory, { recursive: true });
}

async function run(): Promise<void> {
	await buildWorkers(directory);
	const pinned = pinSelf();
	const mock = await startMockUpstream(pinned);
	const servers: ServerProcess[] = [];
	try {
		for (const [index, { auditRate }] of VARIANTS.entries())
			servers.push(await startVariant(index, auditRate, mock, pinned));
		const calls: number[] = [];
		for (const server of servers) {
			await timeRequests(server.port, request, WARM_UP);
			calls.push(await callsFor(server, mock));
		}
		const times = VARIANTS.map(() => [] as number[][]);
		for (let round = 0; round < rounds; round++)
			for (let place = 0; place < VARIANTS.length; place++) {
				const index = (round + place) % VARIANTS.length;
				const server = servers[index] as ServerProcess;
				times[index]?.push(await timeRequests(server.port, request, turn));
			}
		process.stdout.write(`${report(times, calls)}\n\nLoad average at the end: ${(loadavg()[0] ?? 0).toFixed(1)}.\n`);
	} finally {
		await Promise.all([mock, ...servers].map((server) => server.stop()));
	}
}

async function startVariant(
	index: number,
	auditRate: number | null,
	mock: ServerProcess,
	pinned: boolean,
): Promise<ServerProcess> {
	const originUrl = `http://127.0.0.1:${mock.port}/v1`;
	const config = {
		bundle: "cascade.js",
		bindings: [...answeringBindings, binding.queue("OBSERVATIONS", "queue")],
		services: [
			serverService("edge-model", mock.port),
			kvService(benchRecords(originUrl, auditRate)),
			workerService("queue", { bundle: "queue.js", bindings: [] }),
		],
	};
	const path = join(directory, `variant-${index}.capnp`);
	await writeFile(path, runtimeConfig(config));
	return startRuntime(path, pinned);
}

/** Calls to models that a request leads to, on average, its audit among them. */
async function callsFor(server: ServerProcess, mock: ServerProcess): Promise<number> {
	const count = async () => Number(await (await fetch(`http://127.0.0.1:${mock.port}/calls`)).text());
	// Audits follow their answers, so those of the warm-up are let finish.
	await new Promise((resolve) => setTimeout(resolve, 500));
	const before = await count();
	await timeRequests(server.port, request, turn);
	await new Promise((resolve) => setTimeout(resolve, 500));
	return ((await count()) - before) / turn.count;
}

function report(times: readonly (readonly (readonly number[])[])[], calls: readonly number[]): string {
	const at = (variant: number, quantile: number) =>
		(times[variant] ?? []).map((of) => 1_000 * (sampleQuantile(of, quantile) ?? Number.NaN));
	const rows = VARIANTS.map(({ name }, variant) => {
		const added = [0.5, 0.95].map((quantile) =>
			interval(bootstrapMedian(at(variant, quantile).map((value, round) => value - (at(1, quantile)[round] ?? 0)))),
		);
		const own = [0.5, 0.95, 0.99].map((quantile) => bootstrapMedian(at(variant, quantile)).median.toFixed(0));
		return `| ${[name, (calls[variant] ?? 0).toFixed(2), ...own, ...added].join(" | ")} |`;
	});
	return [
		"| Worker | calls a request | p50 µs | p95 µs | p99 µs | p50 − that at 0% (95%) | p95 − that at 0% (95%) |",
		"| --- | --- | --- | --- | --- | --- | --- |",
		...rows,
	].join("\n");
}

function interval({ median, low, high }: Spread): string {
	return `${median.toFixed(0)} (${low.toFixed(0)} to ${high.toFixed(0)})`;
}
