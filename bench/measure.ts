import { setTimeout as wait } from "node:timers/promises";
import { sampleQuantile } from "../src/core/confidence/logprob-confidence.ts";
import { startLoad, type AnswerTimes, type LoadTarget } from "./closed-loop.ts";
import { callsOf } from "./mock-counts.ts";
import type { ServerProcess } from "./processes.ts";

/** What one turn of load showed. */
export interface Measurement {
	readonly requestsPerSecond: number;
	/** User and system time of the server's process. */
	readonly cpuMicrosecondsPerRequest: number;
	/** Calls to models that the mock had. */
	readonly callsPerRequest: number;
	/** Share of the turn in which the server's process ran. */
	readonly serverBusy: number;
	/** Of the client and the mock together, which share a core. */
	readonly loadBusy: number;
	/** From a request's first byte to its answer's last, in milliseconds; NaN where answers were not timed. */
	readonly p50Ms: number;
	readonly p99Ms: number;
	/** From a request's first byte to its stream's first content. */
	readonly firstContentMs: number;
}

/** How a turn is taken. */
export interface Turn {
	readonly connections: number;
	readonly milliseconds: number;
	/** Whether each answer is timed. It costs the load's core a little, and so is not done where throughput is what counts. */
	readonly timed: "no" | "answers" | "streams";
}

/** New connections get going before anything is counted. */
const LEAD_IN_MS = 150;

/** A turn on a machine that is busy with other work goes on until there are so many answers to divide by. */
const FEWEST_ANSWERS = 10;
const MOST_WAIT_MS = 30_000;

/** One turn of load on one server. */
export async function measure(
	server: ServerProcess,
	mock: ServerProcess,
	target: LoadTarget,
	{ connections, milliseconds, timed }: Turn,
): Promise<Measurement> {
	const times: AnswerTimes[] = [];
	let counting = false;
	const load = await startLoad(
		target,
		connections,
		timed === "no"
			? undefined
			: { isStream: timed === "streams", take: (answer) => void (counting && times.push(answer)) },
	);
	await wait(LEAD_IN_MS);
	const reading = async () => ({
		calls: await callsOf(mock),
		microseconds: performance.now() * 1000,
		completed: load.completed(),
		server: await server.cpuMicroseconds(),
		load: (await mock.cpuMicroseconds()) + ownCpu(),
	});
	const before = await reading();
	counting = true;
	await wait(milliseconds);
	for (let waited = 0; load.completed() - before.completed < FEWEST_ANSWERS; waited += LEAD_IN_MS) {
		load.check();
		if (waited > MOST_WAIT_MS) throw new Error(`Only ${load.completed() - before.completed} answers have come.`);
		await wait(LEAD_IN_MS);
	}
	const after = await reading();
	load.stop();
	const elapsed = after.microseconds - before.microseconds;
	const completed = after.completed - before.completed;
	const quantile = (share: number, field: keyof AnswerTimes) =>
		times.length === 0
			? Number.NaN
			: sampleQuantile(
					times.map((answer) => answer[field]),
					share,
				);
	return {
		requestsPerSecond: (completed / elapsed) * 1e6,
		cpuMicrosecondsPerRequest: (after.server - before.server) / completed,
		callsPerRequest: (after.calls - before.calls) / completed,
		serverBusy: (after.server - before.server) / elapsed,
		loadBusy: (after.load - before.load) / elapsed,
		p50Ms: quantile(0.5, "totalMs"),
		p99Ms: quantile(0.99, "totalMs"),
		firstContentMs: timed === "streams" ? quantile(0.5, "firstContentMs") : Number.NaN,
	};
}

function ownCpu(): number {
	const { user, system } = process.cpuUsage();
	return user + system;
}
