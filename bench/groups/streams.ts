import { measureRounds, verifyAndWarmUp, type Bench, type Series } from "../bench.ts";
import { pairedDifference, pairedRatio, seriesOf, spreadOfField } from "../compare.ts";
import { MAIN_CONNECTIONS, type Plan } from "../plan.ts";
import { shown, table, type GroupReport, type Verdict } from "../report.ts";
import { OURS, scenariosOf, type ContenderName, type Scenario, type ScenarioKind } from "../scenarios.ts";
import type { Upstream } from "../mock-behaviour.ts";

const PASSING: readonly ContenderName[] = [
	"bare forwarding",
	"Hono + parse",
	"decision path",
	"every feature on",
	"Portkey on Node",
];
const CASCADES: readonly ContenderName[] = ["minimal cascade", "decision path", "every feature on", "Portkey on Node"];
/** Few enough that no stream waits for another's work. */
const READERS = 4;

/** CPU a stream, and how long its reader waits for the first token. */
export async function measureStreams(bench: Bench, plan: Plan): Promise<GroupReport> {
	const atOnce = bothKinds("at once");
	await verifyAndWarmUp(bench, atOnce, { connections: MAIN_CONNECTIONS, milliseconds: plan.warmUpMs / 2 });
	const rounds = { rounds: plan.rounds, connections: MAIN_CONNECTIONS };
	const cpuAtOnce = await measureRounds(bench, atOnce, { ...rounds, milliseconds: plan.turnMs, timed: "no" });
	const slow = scenariosOf("stream", PASSING, "chunks 2 ms apart");
	const cpuSlow = await measureRounds(bench, slow, { ...rounds, milliseconds: plan.slowTurnMs, timed: "no" });
	const first = await measureRounds(bench, bothKinds("30 ms, chunks 2 ms apart"), {
		rounds: plan.rounds,
		connections: READERS,
		milliseconds: plan.slowTurnMs,
		timed: "streams",
	});
	return {
		title: "Streams of 64 tokens",
		text: [cpuTable([...cpuAtOnce, ...cpuSlow]), firstContentTable(first)].join("\n\n"),
		verdicts: OURS.flatMap((ours) => [
			cpuVerdict(cpuAtOnce, ours),
			cpuVerdict(cpuSlow, ours),
			firstContentVerdict(first, ours, "stream", "Hono + parse"),
			firstContentVerdict(first, ours, "escalated stream", "minimal cascade"),
		]),
	};
}

function bothKinds(upstream: Upstream): Scenario[] {
	return [...scenariosOf("stream", PASSING, upstream), ...scenariosOf("escalated stream", CASCADES, upstream)];
}

function floorOf(kind: ScenarioKind): ContenderName {
	return kind === "stream" ? "bare forwarding" : "minimal cascade";
}

function cpuTable(all: readonly Series[]): string {
	const rows = all.map((series) => {
		const { kind, contender, upstream } = series.scenario;
		const same = all.filter((other) => other.scenario.upstream === upstream);
		const floor = seriesOf(same, kind, floorOf(kind));
		return [
			kind,
			upstream === "at once" ? "chunks at once" : upstream,
			contender,
			shown(spreadOfField(series, "cpuMicrosecondsPerRequest"), 0),
			series === floor ? "" : shown(pairedRatio(series, floor, "cpuMicrosecondsPerRequest"), 2),
			shown(spreadOfField(series, "requestsPerSecond"), 0),
		];
	});
	return table(["request", "upstream", "", "CPU µs a stream", "/ floor (95%)", "streams/s, 16 connections"], rows);
}

function firstContentTable(all: readonly Series[]): string {
	const rows = all.map((series) => {
		const { kind, contender } = series.scenario;
		const base = baseOf(kind);
		return [
			kind,
			contender,
			shown(spreadOfField(series, "firstContentMs"), 1),
			contender === base ? "" : shown(pairedDifference(series, seriesOf(all, kind, base), "firstContentMs"), 2),
		];
	});
	return table(["request", "", "first token, ms, median", "less that of Hono + parse, or of minimal (95%)"], rows);
}

function baseOf(kind: ScenarioKind): ContenderName {
	return kind === "stream" ? "Hono + parse" : "minimal cascade";
}

function cpuVerdict(all: readonly Series[], ours: ContenderName): Verdict {
	const series = seriesOf(all, "stream", ours);
	const upstream = series.scenario.upstream === "at once" ? "chunks at once" : series.scenario.upstream;
	return {
		target: `CPU a passed-through stream, ${upstream}: ${ours} / bare forwarding`,
		limit: { most: 1.1 },
		measured: pairedRatio(series, seriesOf(all, "stream", "bare forwarding"), "cpuMicrosecondsPerRequest"),
		decimals: 2,
	};
}

function firstContentVerdict(
	all: readonly Series[],
	ours: ContenderName,
	kind: ScenarioKind,
	base: ContenderName,
): Verdict {
	return {
		target: `time to first token, ${kind}: ${ours} less ${base}`,
		limit: { most: 1 },
		measured: pairedDifference(seriesOf(all, kind, ours), seriesOf(all, kind, base), "firstContentMs"),
		decimals: 2,
		unit: " ms",
	};
}
