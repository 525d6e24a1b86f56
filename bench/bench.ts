import { setTimeout as wait } from "node:timers/promises";
import { SAMPLED, startContender, type Surroundings } from "./contenders.ts";
import type { LoadTarget } from "./closed-loop.ts";
import { measure, type Measurement, type Turn } from "./measure.ts";
import type { ServerProcess } from "./processes.ts";
import { requestOf, type ContenderName, type Scenario } from "./scenarios.ts";
import { verifyFeatures, verifyScenario } from "./verify-scenario.ts";

/** What every measurement is made with. */
export interface Bench {
	readonly surroundings: Surroundings;
	readonly mock: ServerProcess;
	/** The contender's process, which is started when it is first asked for. */
	readonly serverOf: (name: ContenderName) => Promise<ServerProcess>;
	readonly stop: () => Promise<void>;
}

/** A bench whose contenders are not started yet. */
export function createBench(surroundings: Surroundings, mock: ServerProcess): Bench {
	const started = new Map<ContenderName, ServerProcess>();
	return {
		surroundings,
		mock,
		async serverOf(name) {
			if (name === "no gateway") return mock;
			const known = started.get(name);
			if (known !== undefined) return known;
			const server = await startContender(name, surroundings);
			started.set(name, server);
			if (name === "every feature on") await verifyFeatures(server, mock);
			return server;
		},
		async stop() {
			await Promise.all([mock, ...started.values()].map((server) => server.stop()));
		},
	};
}

/** Every turn of one scenario; the n-th is of the n-th round. */
export interface Series {
	readonly scenario: Scenario;
	readonly turns: readonly Measurement[];
}

/** What an earlier load has left under way is over by then, and calls are counted. */
const SETTLING_MS = 500;

/** Checks what each scenario gets and does, then has each under load for so long. */
export async function verifyAndWarmUp(
	bench: Bench,
	scenarios: readonly Scenario[],
	turn: Pick<Turn, "connections" | "milliseconds">,
): Promise<void> {
	await wait(SETTLING_MS);
	for (const scenario of scenarios) {
		const server = await bench.serverOf(scenario.contender);
		await verifyScenario(scenario, server, bench.mock);
	}
	for (const scenario of scenarios) {
		const server = await bench.serverOf(scenario.contender);
		const target = targetOf(server, scenario, bench.mock);
		await measure(server, bench.mock, target, { ...turn, timed: "no" });
		// The service that is traced compiles its own code, for which one request in twenty of that time is too few.
		const { sampledPort: port } = target;
		if (port !== undefined) await measure(server, bench.mock, { ...target, port }, { ...turn, timed: "no" });
	}
}

/** So many rounds. A round is one turn of each scenario, and whatever else the machine does falls on all alike. */
export async function measureRounds(
	bench: Bench,
	scenarios: readonly Scenario[],
	{ rounds, ...turn }: Turn & { readonly rounds: number },
): Promise<Series[]> {
	const series = scenarios.map((scenario) => ({ scenario, turns: [] as Measurement[] }));
	for (let round = 0; round < rounds; round++)
		for (const { scenario, turns } of rotated(series, round)) {
			const server = await bench.serverOf(scenario.contender);
			turns.push(await measure(server, bench.mock, targetOf(server, scenario, bench.mock), turn));
		}
	return series;
}

function targetOf(server: ServerProcess, scenario: Scenario, mock: ServerProcess): LoadTarget {
	const requests = [requestOf(scenario, mock.port)];
	return { port: server.port, sampledPort: server.ports.get(SAMPLED), requests };
}

/** Begins further on in each round, and every other round goes backwards, so that nothing always follows the same. */
export function rotated<Item>(items: readonly Item[], round: number): Item[] {
	const from = (round * 3) % items.length;
	const order = [...items.slice(from), ...items.slice(0, from)];
	return round % 2 === 0 ? order : order.toReversed();
}
