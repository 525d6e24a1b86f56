import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { manyTenants } from "../bench-records.ts";
import { rotated, type Bench } from "../bench.ts";
import type { LoadTarget } from "../closed-loop.ts";
import { startDecisionPath, startKv } from "../contenders.ts";
import { measure, type Measurement, type Turn } from "../measure.ts";
import { MAIN_CONNECTIONS, type Plan } from "../plan.ts";
import type { ServerProcess } from "../processes.ts";
import { shown, table, type GroupReport } from "../report.ts";
import { binding } from "../runtime-config.ts";
import { requestOf, scenarioOf } from "../scenarios.ts";
import { bootstrapMedian, spreadOf } from "../statistics.ts";

/** CPU of one of many tenants' requests, as a multiple of a lone tenant's, that is still taken for flat. */
const MOST_GROWTH = 1.1;

/**
 * Where tenants are so many that a turn ends before each has asked often, a turn lasts as long as records are fresh (30 s), so that
 * their being read again is in it in proportion.
 */
const MOST_IN_A_TURN = 1_000;

interface Population {
	readonly name: string;
	/** By whom each next request is. */
	readonly tenants: readonly number[];
}

/** CPU a request by how many tenants one isolate serves. KV is a process of its own, beside client and mock. */
export async function measureTenants(bench: Bench, plan: Plan): Promise<GroupReport> {
	const { surroundings, mock } = bench;
	const { records, policy } = manyTenants(`http://127.0.0.1:${mock.port}/v1`, plan.tenants);
	const kv = await startKv([binding.json("RECORDS", records), binding.json("POLICY", policy)], surroundings);
	const server = await startDecisionPath(kv, surroundings);
	try {
		return await report(server, mock, plan);
	} finally {
		await Promise.all([server.stop(), kv.stop()]);
	}
}

/**
 * Has each tenant ask once without counting: what the turn before has driven out of the caches, and what has grown old in them
 * meanwhile, is no part of this one.
 */
async function askEach(server: ServerProcess, mock: ServerProcess, target: LoadTarget, turn: Turn): Promise<void> {
	const { cursor = { next: 0 } } = target;
	const from = cursor.next;
	do await measure(server, mock, target, turn);
	while (cursor.next - from < target.requests.length);
}

async function report(server: ServerProcess, mock: ServerProcess, plan: Plan): Promise<GroupReport> {
	const scenario = scenarioOf("accepted", "decision path");
	const requests = Array.from({ length: plan.tenants }, (_, tenant) => requestOf(scenario, mock.port, tenant));
	const measured = populations(plan.tenants).map(({ name, tenants }) => {
		const target: LoadTarget = {
			port: server.port,
			requests: tenants.map((tenant) => requests[tenant] as Buffer),
			cursor: { next: 0 },
		};
		return { name, target, turns: [] as Measurement[] };
	});
	const turn = { connections: MAIN_CONNECTIONS, milliseconds: plan.turnMs, timed: "no" } as const;
	for (const { target } of measured) await measure(server, mock, target, { ...turn, milliseconds: plan.warmUpMs / 4 });
	for (let round = 0; round < plan.tenantRounds; round++)
		for (const { target, turns } of rotated(measured, round)) {
			await askEach(server, mock, target, turn);
			const isMany = target.requests.length > MOST_IN_A_TURN;
			turns.push(await measure(server, mock, target, isMany ? { ...turn, milliseconds: plan.manyTenantsMs } : turn));
		}
	const [alone] = measured;
	const ratio = (turns: readonly Measurement[]) =>
		bootstrapMedian(
			turns.map(
				(each, round) =>
					each.cpuMicrosecondsPerRequest / (alone?.turns[round]?.cpuMicrosecondsPerRequest ?? Number.NaN),
			),
		);
	return {
		title: "Tenants of one isolate",
		text: table(
			["tenants", "CPU µs a request", "/ one tenant (95%)"],
			measured.map(({ name, turns }) => [
				name,
				shown(spreadOf(turns.map((each) => each.cpuMicrosecondsPerRequest)), 0),
				turns === alone?.turns ? "" : shown(ratio(turns), 2),
			]),
		),
		verdicts: measured.slice(1).map(({ name, turns }) => ({
			target: `CPU a request with ${name} / one tenant`,
			limit: { most: MOST_GROWTH },
			measured: ratio(turns),
			decimals: 2,
		})),
	};
}

/** One tenant; more, each as busy as the other, which is the worst for a cache; and most of them seldom seen. */
function populations(most: number): Population[] {
	const evenly = (count: number): Population => ({
		name: `${count.toLocaleString("en")} tenants in turn`,
		tenants: Array.from({ length: count }, (_, tenant) => tenant),
	});
	return [
		{ name: "1 tenant", tenants: [0] },
		evenly(100),
		evenly(1_000),
		{ name: `${most.toLocaleString("en")} tenants by Zipf's law`, tenants: zipf(most, most) },
		evenly(most),
	];
}

/** Draws of tenants of whom the n-th has a share in proportion to 1/n. */
function zipf(count: number, draws: number): number[] {
	const random = seededRandom(count);
	const sums: number[] = [];
	for (let tenant = 0; tenant < count; tenant++) sums.push((sums.at(-1) ?? 0) + 1 / (tenant + 1));
	const total = sums.at(-1) ?? 0;
	return Array.from({ length: draws }, () => {
		const drawn = random() * total;
		let [low, high] = [0, count - 1];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((sums[middle] ?? 0) > drawn) high = middle;
			else low = middle + 1;
		}
		return low;
	});
}
