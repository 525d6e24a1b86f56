import { measureRounds, verifyAndWarmUp, type Bench, type Series } from "../bench.ts";
import { pairedRatio, seriesOf, spreadOfField } from "../compare.ts";
import { MAIN_CONNECTIONS, type Plan } from "../plan.ts";
import { shown, table, type GroupReport } from "../report.ts";
import { scenariosOf, type ContenderName } from "../scenarios.ts";
import { bootstrapMedian, type Spread } from "../statistics.ts";

/** Characters. */
const LENGTHS = [1_000, 10_000, 50_000, 100_000];
const CONTENDERS: readonly ContenderName[] = ["minimal cascade", "decision path"];
/** What a character of the second 50,000 may cost, as a multiple of one of the first. */
const MOST_GROWTH = 1.25;

/** CPU a request by the length of its prompt. */
export async function measurePrompts(bench: Bench, plan: Plan): Promise<GroupReport> {
	const scenarios = LENGTHS.flatMap((length) => scenariosOf("accepted", CONTENDERS, "at once", length));
	await verifyAndWarmUp(bench, scenarios, { connections: MAIN_CONNECTIONS, milliseconds: plan.warmUpMs / 8 });
	const all = await measureRounds(bench, scenarios, {
		rounds: plan.rounds,
		connections: MAIN_CONNECTIONS,
		milliseconds: plan.turnMs,
		timed: "no",
	});
	const ofLength = (length: number) => all.filter(({ scenario }) => scenario.promptLength === length);
	const rows = all.map((series) => {
		const { contender, promptLength } = series.scenario;
		const minimal = seriesOf(ofLength(promptLength), "accepted", "minimal cascade");
		return [
			promptLength.toLocaleString("en"),
			contender,
			shown(spreadOfField(series, "cpuMicrosecondsPerRequest"), 0),
			series === minimal ? "" : shown(pairedRatio(series, minimal, "cpuMicrosecondsPerRequest"), 2),
		];
	});
	const growth = growthOf(LENGTHS.map((length) => seriesOf(ofLength(length), "accepted", "decision path")));
	return {
		title: "Long prompts",
		text: table(["characters", "", "CPU µs a request", "/ minimal cascade (95%)"], rows),
		verdicts: [
			{
				target: "CPU of a character between 50,000 and 100,000 / one below 50,000: decision path",
				limit: { most: MOST_GROWTH },
				measured: growth,
				decimals: 2,
			},
		],
	};
}

/** Slope of the last step over that of all before it, within each round; 1 where cost is linear in length. */
function growthOf(series: readonly Series[]): Spread {
	const [first, middle, last] = [series[0], series.at(-2), series.at(-1)];
	const slope = (from: Series | undefined, to: Series | undefined, round: number) => {
		const [lower, upper] = [from?.turns[round], to?.turns[round]];
		if (from === undefined || to === undefined || lower === undefined || upper === undefined) return Number.NaN;
		const characters = to.scenario.promptLength - from.scenario.promptLength;
		return (upper.cpuMicrosecondsPerRequest - lower.cpuMicrosecondsPerRequest) / characters;
	};
	return bootstrapMedian(
		(first?.turns ?? []).map((_, round) => slope(middle, last, round) / slope(first, middle, round)),
	);
}
