import type { ContenderName, Scenario, ScenarioKind } from "./contenders.ts";
import type { Measurement } from "./measure.ts";
import { bootstrapMedian, spreadOf, type Spread } from "./statistics.ts";

/** Every turn of one scenario; the n-th of each list is of the n-th round. */
export interface ScenarioResult {
	readonly scenario: Scenario;
	/** By number of connections. */
	readonly turns: ReadonlyMap<number, readonly Measurement[]>;
}

/** At this many connections the headline is measured. */
export const MAIN_CONNECTIONS = 16;

/** The least share of the minimal cascade's throughput that is good enough. */
const TARGET = 0.85;

/** The report as text. */
export function formatReport(results: readonly ScenarioResult[]): string {
	return [measurementTable(results), ratioTable(results), addedTable(results), busyLine(results)].join("\n\n");
}

function measurementTable(results: readonly ScenarioResult[]): string {
	const connections = [...(results[0]?.turns.keys() ?? [])];
	const rows = results.map(({ scenario, turns }) => [
		scenario.kind,
		scenario.contender,
		String(scenario.calls),
		spread(spreadOf(cpu(turns.get(MAIN_CONNECTIONS) ?? [])), 0),
		...connections.map((count) => spread(spreadOf((turns.get(count) ?? []).map((turn) => turn.requestsPerSecond)), 0)),
	]);
	return table(
		["request", "Worker", "calls", "CPU µs a request", ...connections.map((count) => `requests/s, ${count} conn.`)],
		rows,
	);
}

function ratioTable(results: readonly ScenarioResult[]): string {
	const rows: string[][] = [];
	const compare = (kind: ScenarioKind, name: ContenderName, other: ContenderName) => {
		const [of, against] = [turnsOf(results, kind, name), turnsOf(results, kind, other)];
		if (of.length === 0 || against.length === 0) return;
		const costs = bootstrapMedian(
			of.map(
				(turn, round) => turn.cpuMicrosecondsPerRequest / (against[round]?.cpuMicrosecondsPerRequest ?? Number.NaN),
			),
		);
		const rates = bootstrapMedian(
			of.map((turn, round) => turn.requestsPerSecond / (against[round]?.requestsPerSecond ?? Number.NaN)),
		);
		const judged = name === "ours" && other === "minimal" && kind !== "stream";
		rows.push([kind, `${name} / ${other}`, spread(costs, 2), spread(rates, 2), judged ? verdict(rates) : ""]);
	};
	for (const kind of ["accepted", "escalated", "stream"] as const) {
		compare(kind, "ours", "minimal");
		compare(kind, "ours", "forward");
		compare(kind, "minimal", "forward");
		compare(kind, "minimal again", "minimal");
	}
	return table(["request", "ratio, paired by round (95%)", "CPU a request", "throughput", `target ${TARGET}`], rows);
}

function addedTable(results: readonly ScenarioResult[]): string {
	const rows = (["accepted", "escalated", "stream"] as const).flatMap((kind) =>
		(["forward", "minimal"] as const).map((other) => {
			const [ours, against] = [turnsOf(results, kind, "ours"), turnsOf(results, kind, other)];
			return [
				kind,
				other,
				spread(bootstrapMedian(cpu(ours).map((cost, round) => cost - (cpu(against)[round] ?? Number.NaN))), 0),
			];
		}),
	);
	return table(["request", "ours adds to", "CPU µs a request (95%)"], rows);
}

function busyLine(results: readonly ScenarioResult[]): string {
	const turns = results.flatMap((result) => result.turns.get(MAIN_CONNECTIONS) ?? []);
	const server = spreadOf(turns.map((turn) => turn.serverBusy * 100));
	const load = spreadOf(turns.map((turn) => turn.loadBusy * 100));
	return `Busy, % of one core at ${MAIN_CONNECTIONS} connections: server ${spread(server, 0)}, client and mock ${spread(load, 0)}.`;
}

/** Forwarding is measured once for accepted and escalated requests: its one call does not know the difference. */
function turnsOf(
	results: readonly ScenarioResult[],
	kind: ScenarioKind,
	contender: ContenderName,
): readonly Measurement[] {
	const measured = contender === "forward" && kind === "escalated" ? "accepted" : kind;
	const found = results.find(({ scenario }) => scenario.kind === measured && scenario.contender === contender);
	return found?.turns.get(MAIN_CONNECTIONS) ?? [];
}

function cpu(turns: readonly Measurement[]): number[] {
	return turns.map((turn) => turn.cpuMicrosecondsPerRequest);
}

function verdict({ median, low }: Spread): string {
	if (low >= TARGET) return "met";
	return median >= TARGET ? "met, not certain" : "missed";
}

function spread({ median, low, high }: Spread, decimals: number): string {
	return `${median.toFixed(decimals)} (${low.toFixed(decimals)}–${high.toFixed(decimals)})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
	const line = (cells: readonly string[]) =>
		`| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
	return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
