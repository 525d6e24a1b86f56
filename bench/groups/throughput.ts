import { measureRounds, verifyAndWarmUp, type Bench, type Series } from "../bench.ts";
import { pairedRatio, seriesOf, spreadOfField } from "../compare.ts";
import { MAIN_CONNECTIONS, type Plan } from "../plan.ts";
import { shown, table, type GroupReport, type Verdict } from "../report.ts";
import { scenariosOf, type ContenderName, type Scenario } from "../scenarios.ts";
import { spreadOf } from "../statistics.ts";

const OTHER_CONNECTIONS = [1, 64];

const CASCADES: readonly ContenderName[] = [
	"minimal cascade",
	"minimal cascade, again",
	"minimal cascade with the contract",
	"decision path",
	"every feature on",
	"Portkey on Node",
];

const SCENARIOS: readonly Scenario[] = [
	...scenariosOf("accepted", ["bare forwarding", "Hono + parse", ...CASCADES]),
	...scenariosOf("escalated", CASCADES),
];

/** Above this share of its core, client and mock may be what limits throughput. */
const MOST_LOAD_BUSY = 0.6;

/** CPU a request, and throughput. */
export async function measureThroughput(bench: Bench, plan: Plan): Promise<GroupReport> {
	await verifyAndWarmUp(bench, SCENARIOS, { connections: MAIN_CONNECTIONS, milliseconds: plan.warmUpMs });
	const { rounds } = plan;
	const turns = { rounds, timed: "no" } as const;
	const main = await measureRounds(bench, SCENARIOS, {
		...turns,
		connections: MAIN_CONNECTIONS,
		milliseconds: plan.turnMs,
	});
	const others: Series[][] = [];
	for (const connections of OTHER_CONNECTIONS)
		others.push(await measureRounds(bench, SCENARIOS, { ...turns, connections, milliseconds: plan.otherTurnMs }));
	return {
		title: "CPU a request and throughput",
		text: [measuredTable(main, others), ratioTable(main), busyLine(main)].join("\n\n"),
		verdicts: verdictsOn(main),
	};
}

function measuredTable(main: readonly Series[], others: readonly (readonly Series[])[]): string {
	const rate = (series: Series | undefined) =>
		series === undefined ? "" : shown(spreadOfField(series, "requestsPerSecond"), 0);
	const rows = main.map((series, index) => [
		series.scenario.kind,
		series.scenario.contender,
		spreadOfField(series, "callsPerRequest").median.toFixed(2),
		shown(spreadOfField(series, "cpuMicrosecondsPerRequest"), 0),
		...[others[0]?.[index], series, others[1]?.[index]].map(rate),
	]);
	const [one, many] = OTHER_CONNECTIONS;
	const at = [one, MAIN_CONNECTIONS, many].map((count) => `requests/s, ${count} connection${count === 1 ? "" : "s"}`);
	return table(["request", "", "calls", "CPU µs a request", ...at], rows);
}

function ratioTable(main: readonly Series[]): string {
	const pairs: readonly (readonly [ContenderName, ContenderName])[] = [
		["minimal cascade, again", "minimal cascade"],
		["minimal cascade with the contract", "minimal cascade"],
		["decision path", "minimal cascade with the contract"],
		["decision path", "minimal cascade"],
		["every feature on", "minimal cascade"],
		["every feature on", "Portkey on Node"],
	];
	const rows = (["accepted", "escalated"] as const).flatMap((kind) =>
		pairs.map(([name, other]) => {
			const [of, over] = [seriesOf(main, kind, name), seriesOf(main, kind, other)];
			const ratio = (field: "cpuMicrosecondsPerRequest" | "requestsPerSecond") =>
				shown(pairedRatio(of, over, field), 2);
			return [kind, `${name} / ${other}`, ratio("cpuMicrosecondsPerRequest"), ratio("requestsPerSecond")];
		}),
	);
	return table(["request", "paired by round (95%)", "CPU a request", "throughput"], rows);
}

function verdictsOn(main: readonly Series[]): Verdict[] {
	const ratio = (
		kind: "accepted" | "escalated",
		of: ContenderName,
		over: ContenderName,
		field: "cpuMicrosecondsPerRequest" | "requestsPerSecond",
		limit: Verdict["limit"],
	): Verdict => ({
		target: `${field === "requestsPerSecond" ? "throughput" : "CPU a request"}, ${kind}: ${of} / ${over}`,
		limit,
		measured: pairedRatio(seriesOf(main, kind, of), seriesOf(main, kind, over), field),
		decimals: 2,
	});
	const cpu = "cpuMicrosecondsPerRequest";
	return [
		ratio("accepted", "decision path", "minimal cascade", cpu, { most: 1.15 }),
		ratio("escalated", "decision path", "minimal cascade", cpu, { most: 1.1 }),
		ratio("escalated", "decision path", "minimal cascade", cpu, { below: 1 }),
		ratio("accepted", "decision path", "minimal cascade", "requestsPerSecond", { least: 0.85 }),
		ratio("escalated", "decision path", "minimal cascade", "requestsPerSecond", { least: 0.85 }),
		ratio("accepted", "every feature on", "minimal cascade", cpu, { most: 1.4 }),
		ratio("escalated", "every feature on", "minimal cascade", cpu, { most: 1.25 }),
		ratio("accepted", "every feature on", "Portkey on Node", "requestsPerSecond", { least: 1.8 }),
		ratio("escalated", "every feature on", "Portkey on Node", "requestsPerSecond", { least: 2.3 }),
	];
}

function busyLine(main: readonly Series[]): string {
	const percent = (field: "serverBusy" | "loadBusy") =>
		shown(spreadOf(main.flatMap(({ turns }) => turns.map((turn) => 100 * turn[field]))), 0);
	const limited = main.filter((series) => spreadOfField(series, "loadBusy").median > MOST_LOAD_BUSY);
	const names = limited.map(({ scenario }) => `${scenario.contender} (${scenario.kind})`).join(", ");
	const busy = `Busy, % of one core at ${MAIN_CONNECTIONS} connections: server ${percent("serverBusy")}, client and mock ${percent("loadBusy")}.`;
	return names === "" ? busy : `${busy} Client and mock were busier than ${100 * MOST_LOAD_BUSY}% with ${names}.`;
}
