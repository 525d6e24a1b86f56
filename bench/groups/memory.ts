import { setTimeout as wait } from "node:timers/promises";
import { openIsolateHeap } from "../../tools/soak/isolate-heap.ts";
import { memoryTrend, type MemorySample } from "../../tools/soak/memory.ts";
import type { Bench } from "../bench.ts";
import { startLoad } from "../closed-loop.ts";
import { SAMPLED, startContender } from "../contenders.ts";
import { MAIN_CONNECTIONS, type Plan } from "../plan.ts";
import { INSPECTOR } from "../processes.ts";
import { shown, table, type GroupReport, type Verdict } from "../report.ts";
import { requestOf, scenariosOf } from "../scenarios.ts";

/** Of each kind of memory, evenly over the requests. */
const SAMPLES = 24;
const LOOK_EVERY_MS = 20;
/** The last quarter's median over the second's. */
const MOST_GROWTH = 1.1;

/** Accepted and escalated requests and streams in turn. */
const REQUESTS = (["accepted", "escalated", "escalated stream", "stream"] as const).flatMap((kind) =>
	scenariosOf(kind, ["every feature on"]),
);

/** Whether memory grows with requests: of the process, and of the isolate after a full collection. */
export async function measureMemory({ surroundings, mock }: Bench, plan: Plan): Promise<GroupReport> {
	const server = await startContender("every feature on", surroundings, [INSPECTOR]);
	try {
		const heap = await openIsolateHeap(new URL(`ws://127.0.0.1:${server.ports.get(INSPECTOR)}`), "main");
		const resident: MemorySample[] = [];
		const live: MemorySample[] = [];
		const startedAt = performance.now();
		const load = await startLoad(
			{
				port: server.port,
				sampledPort: server.ports.get(SAMPLED),
				requests: REQUESTS.map((scenario) => requestOf(scenario, mock.port)),
			},
			MAIN_CONNECTIONS,
		);
		for (let sample = 1; sample <= SAMPLES; sample++) {
			while (load.completed() < (sample * plan.memoryRequests) / SAMPLES) {
				await wait(LOOK_EVERY_MS);
				load.check();
			}
			const minute = (performance.now() - startedAt) / 60_000;
			resident.push({ minute, mb: await server.residentMb() });
			live.push({ minute, mb: await heap.liveMb() });
		}
		const minutes = (performance.now() - startedAt) / 60_000;
		const requests = load.completed();
		load.stop();
		heap.close();
		const [process, isolate] = [trendOf("process", resident), trendOf("isolate", live)];
		const perRequests = (100_000 * minutes) / requests;
		return {
			title: "Memory",
			text: [
				`${requests.toLocaleString("en")} requests of every kind to "every feature on", ${MAIN_CONNECTIONS} at a time; ${SAMPLES} samples.`,
				table(
					["MB", "median of each quarter", "last over second", "slope after the first, MB per 100,000 requests (95%)"],
					[
						row("process, resident", process, perRequests),
						row("isolate, after a full collection", isolate, perRequests),
					],
				),
			].join("\n\n"),
			verdicts: [verdict("process", process), verdict("isolate's heap", isolate)],
		};
	} finally {
		await server.stop();
	}
}

type Trend = NonNullable<ReturnType<typeof memoryTrend>>;

function trendOf(what: string, samples: readonly MemorySample[]): Trend {
	const trend = memoryTrend(samples);
	if (trend === null) throw new Error(`There are too few samples of the memory of the ${what}.`);
	return trend;
}

function row(name: string, { quarters, growth, slope }: Trend, perRequests: number): string[] {
	const [median, low, high] = [slope.estimate, slope.lower, slope.upper].map((mb) => mb * perRequests) as [
		number,
		number,
		number,
	];
	return [
		name,
		quarters.map((mb) => mb.toFixed(1)).join(", "),
		(1 + growth).toFixed(2),
		shown({ median, low, high }, 2),
	];
}

/** One run has one ratio, so that its bound is itself; the slope has an interval. */
function verdict(name: string, { growth }: Trend): Verdict {
	const ratio = 1 + growth;
	return {
		target: `memory of the ${name}, last quarter / second`,
		limit: { most: MOST_GROWTH },
		measured: { median: ratio, low: ratio, high: ratio },
		decimals: 2,
	};
}
