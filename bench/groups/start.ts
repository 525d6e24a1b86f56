import { benchRecords } from "../bench-records.ts";
import { rotated, type Bench } from "../bench.ts";
import { startConfigured, startDecisionPath, startKv } from "../contenders.ts";
import { exchange, getRequest } from "../http-exchange.ts";
import type { Plan } from "../plan.ts";
import type { ServerProcess } from "../processes.ts";
import { shown, table, type GroupReport } from "../report.ts";
import { binding } from "../runtime-config.ts";
import { requestOf, scenarioOf } from "../scenarios.ts";
import { bootstrapMedian, spreadOf } from "../statistics.ts";

const MOST_MS = 20;

interface Variant {
	readonly name: string;
	/** `kv`: what stands for KV, which listens already. */
	readonly start: (bench: Bench, kv: ServerProcess) => Promise<ServerProcess>;
	readonly request: (bench: Bench) => Buffer;
}

/** The inference Worker. Its KV is not started with it, as it is not in production, nor is the control Worker. */
const startOurs: Variant["start"] = ({ surroundings }, kv) => startDecisionPath(kv, surroundings);

const VARIANTS: readonly Variant[] = [
	{
		name: "empty Worker",
		start: ({ surroundings }) =>
			startConfigured("empty", { bundle: "empty.js", bindings: [], services: [] }, surroundings),
		request: () => getRequest("/healthz"),
	},
	{ name: "ours, health check", start: startOurs, request: () => getRequest("/healthz") },
	{
		name: "ours, accepted request",
		start: startOurs,
		request: ({ mock }) => requestOf(scenarioOf("accepted", "decision path"), mock.port),
	},
];

/** From the start of the runtime's process to the first answer. */
export async function measureStarts(bench: Bench, plan: Plan): Promise<GroupReport> {
	const times = VARIANTS.map((variant) => ({ variant, ms: [] as number[] }));
	const records = benchRecords(`http://127.0.0.1:${bench.mock.port}/v1`);
	const kv = await startKv([binding.json("RECORDS", records)], bench.surroundings);
	try {
		// Once without counting: what stands for KV and the models has then run.
		for (const { variant } of times) await timeStart(bench, kv, variant);
		for (let round = 0; round < plan.starts; round++)
			for (const { variant, ms } of rotated(times, round)) ms.push(await timeStart(bench, kv, variant));
	} finally {
		await kv.stop();
	}
	const [empty] = times;
	const added = (ms: readonly number[]) =>
		bootstrapMedian(ms.map((value, round) => value - (empty?.ms[round] ?? Number.NaN)));
	return {
		title: "Start-up",
		text: table(
			["first answer of a fresh process", "ms", "more than an empty Worker's, ms (95%)"],
			times.map(({ variant, ms }) => [
				variant.name,
				shown(spreadOf(ms), 1),
				variant === empty?.variant ? "" : shown(added(ms), 1),
			]),
		),
		verdicts: times.slice(1).map(({ variant, ms }) => ({
			target: `start to first answer: ${variant.name}, less an empty Worker's`,
			limit: { most: MOST_MS },
			measured: added(ms),
			decimals: 1,
			unit: " ms",
		})),
	};
}

async function timeStart(bench: Bench, kv: ServerProcess, { start, request }: Variant): Promise<number> {
	const bytes = request(bench);
	const startedAt = performance.now();
	const server = await start(bench, kv);
	try {
		const { head } = await exchange(server.port, bytes);
		const ms = performance.now() - startedAt;
		if (!head.startsWith("HTTP/1.1 200")) throw new Error(`A fresh process answered ${head}`);
		return ms;
	} finally {
		await server.stop();
	}
}
