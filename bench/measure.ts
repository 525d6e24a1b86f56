import { setTimeout as wait } from "node:timers/promises";
import { startLoad } from "./closed-loop.ts";
import type { ServerProcess } from "./processes.ts";

/** What one turn of load showed. */
export interface Measurement {
	readonly requestsPerSecond: number;
	/** User and system time of the server's process. */
	readonly cpuMicrosecondsPerRequest: number;
	/** Share of the turn in which the server's process ran. */
	readonly serverBusy: number;
	/** Of the client and the mock together, which share a core. */
	readonly loadBusy: number;
}

/** New connections get going before anything is counted. */
const LEAD_IN_MS = 150;

/** One turn of load on one server. */
export async function measure(
	server: ServerProcess,
	mock: ServerProcess,
	request: Buffer,
	turn: { readonly connections: number; readonly milliseconds: number },
): Promise<Measurement> {
	const load = await startLoad(server.port, request, turn.connections);
	await wait(LEAD_IN_MS);
	const reading = async () => ({
		microseconds: performance.now() * 1000,
		completed: load.completed(),
		server: await server.cpuMicroseconds(),
		load: (await mock.cpuMicroseconds()) + ownCpu(),
	});
	const before = await reading();
	await wait(turn.milliseconds);
	const after = await reading();
	load.stop();
	const elapsed = after.microseconds - before.microseconds;
	const completed = after.completed - before.completed;
	return {
		requestsPerSecond: (completed / elapsed) * 1e6,
		cpuMicrosecondsPerRequest: (after.server - before.server) / completed,
		serverBusy: (after.server - before.server) / elapsed,
		loadBusy: (after.load - before.load) / elapsed,
	};
}

function ownCpu(): number {
	const { user, system } = process.cpuUsage();
	return user + system;
}
