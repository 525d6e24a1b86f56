import { measureRounds, verifyAndWarmUp, type Bench } from "../bench.ts";
import { paired, seriesOf, spreadOfField } from "../compare.ts";
import { MAIN_CONNECTIONS, type Plan } from "../plan.ts";
import { shown, table, type GroupReport } from "../report.ts";
import { callsPerRequest, scenariosOf, type ContenderName, type Scenario } from "../scenarios.ts";

const CASCADES: readonly ContenderName[] = ["minimal cascade", "decision path", "every feature on", "Portkey on Node"];

const SCENARIOS: readonly Scenario[] = [
	...scenariosOf("accepted", ["no gateway", "bare forwarding", "Hono + parse", ...CASCADES], "30 ms"),
	...scenariosOf("escalated", CASCADES, "30 ms"),
];

/** What a gateway adds to calls of 30 ms. */
export async function measureLatency(bench: Bench, plan: Plan): Promise<GroupReport> {
	const [, ...gateways] = SCENARIOS;
	await verifyAndWarmUp(bench, gateways, { connections: MAIN_CONNECTIONS, milliseconds: plan.warmUpMs / 4 });
	const series = await measureRounds(bench, SCENARIOS, {
		rounds: plan.rounds,
		connections: MAIN_CONNECTIONS,
		milliseconds: plan.slowTurnMs,
		timed: "answers",
	});
	const direct = seriesOf(series, "accepted", "no gateway");
	const rows = series.map((each) => {
		const { kind, contender } = each.scenario;
		/** Over as many calls as it makes, each of the median time of one without a gateway. */
		const added = (field: "p50Ms" | "p99Ms") =>
			shown(
				paired(each, direct, (turn, call) => turn[field] - callsPerRequest(kind) * call.p50Ms),
				1,
			);
		return [
			kind,
			contender,
			spreadOfField(each, "p50Ms").median.toFixed(1),
			spreadOfField(each, "p99Ms").median.toFixed(1),
			added("p50Ms"),
			added("p99Ms"),
		];
	});
	return {
		title: "What is added to calls of 30 ms",
		text: table(["request", "", "p50 ms", "p99 ms", "added p50 ms (95%)", "added p99 ms (95%)"], rows),
		verdicts: [],
	};
}
