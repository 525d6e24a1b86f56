import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildWorkers } from "./build-workers.ts";
import { SCENARIOS, startContenders, type ContenderName } from "./contenders.ts";
import { measure, type Measurement } from "./measure.ts";
import { pinSelf, startMockUpstream, type ServerProcess } from "./processes.ts";
import { formatReport, MAIN_CONNECTIONS, type ScenarioResult } from "./report.ts";
import { verifyScenario } from "./verify-scenario.ts";

// What a request costs: ours, a minimal cascade and bare forwarding, turn by turn on the runtime itself. A turn is one
// scenario under load for a second or so; a round is one turn of each, and each round begins with another scenario,
// so that whatever else the machine does falls on all alike.

/** Besides the main number of connections, in some of the rounds: one at a time, and many. */
const OTHER_CONNECTIONS = [1, 64];

interface Plan {
	readonly rounds: number;
	readonly turnMs: number;
	readonly warmUpMs: number;
	readonly roundsOfOthers: number;
}
const FULL: Plan = { rounds: 7, turnMs: 1_300, warmUpMs: 5_000, roundsOfOthers: 2 };
/** To see that it runs, and roughly; its figures are not to be quoted. */
const QUICK: Plan = { rounds: 5, turnMs: 400, warmUpMs: 1_000, roundsOfOthers: 0 };

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const plan = values.quick ? QUICK : FULL;
const directory = await mkdtemp(join(tmpdir(), "edge-cascade-bench-"));
try {
	await run();
} finally {
	await rm(directory, { recursive: true });
}

async function run(): Promise<void> {
	const startedAt = performance.now();
	await buildWorkers(directory);
	const pinned = pinSelf();
	print(
		pinned
			? "The server has one core, client and mock another."
			: "NOT PINNED: server, client and mock share every core, so throughput is of no use.",
	);
	const mock = await startMockUpstream(pinned);
	const servers = await startContenders(directory, mock.port, pinned);
	const serverOf = (name: ContenderName): ServerProcess => {
		const server = servers.get(name);
		if (server === undefined) throw new Error(`The contender ${name} was not started.`);
		return server;
	};
	try {
		for (const scenario of SCENARIOS) await verifyScenario(scenario, serverOf(scenario.contender), mock);
		for (const { contender, request } of SCENARIOS) {
			await measure(serverOf(contender), mock, request, { connections: MAIN_CONNECTIONS, milliseconds: plan.warmUpMs });
		}
		const results = SCENARIOS.map((scenario) => ({ scenario, turns: new Map<number, Measurement[]>() }));
		const loads: string[] = [];
		for (let round = 0; round < plan.rounds; round++) {
			loads.push((loadavg()[0] ?? 0).toFixed(1));
			const connectionCounts = [MAIN_CONNECTIONS, ...(round < plan.roundsOfOthers ? OTHER_CONNECTIONS : [])];
			for (const connections of connectionCounts) {
				for (const { scenario, turns } of rotated(results, round)) {
					const turn = await measure(serverOf(scenario.contender), mock, scenario.request, {
						connections,
						milliseconds: plan.turnMs,
					});
					turns.set(connections, [...(turns.get(connections) ?? []), turn]);
				}
			}
		}
		print(
			`${plan.rounds} rounds, ${((performance.now() - startedAt) / 1000).toFixed(0)} s; load average at each round: ${loads.join(", ")}.\n`,
		);
		print(formatReport(results satisfies readonly ScenarioResult[]));
	} finally {
		await Promise.all([mock, ...servers.values()].map((server) => server.stop()));
	}
}

/** Begins further on in each round, and every other round goes backwards, so that no scenario always follows the same. */
function rotated<Item>(items: readonly Item[], round: number): Item[] {
	const from = (round * 3) % items.length;
	const order = [...items.slice(from), ...items.slice(0, from)];
	return round % 2 === 0 ? order : order.toReversed();
}

function print(text: string): void {
	process.stdout.write(`${text}\n`);
}
