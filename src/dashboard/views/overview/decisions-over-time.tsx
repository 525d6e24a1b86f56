import type { UsageRow } from "../../api/recorded-types.ts";
import { StackedBars } from "../../charts/stacked-bars.tsx";
import { Card } from "../../parts/card.tsx";
import { showCount, showShare, showStart } from "../../show/show-values.ts";
import { stageTone } from "../../show/stage-tone.ts";
import { namedStarts, startsOf, type Period } from "../../usage/period.ts";
import { rowsByStart, sumUsage } from "../../usage/sum-usage.ts";
import type { NamedStage } from "./named-stage.ts";

/** Which stage answered, over time. */
export function DecisionsOverTime({
	rows,
	starts,
	period,
	stages,
}: {
	readonly rows: readonly UsageRow[];
	readonly starts: readonly number[];
	readonly period: Period;
	readonly stages: readonly NamedStage[];
}) {
	const steps = rowsByStart(rows, starts).map(sumUsage);
	const names = stages.map(({ name }) => name);
	// Of stages that an earlier revision had, too.
	const all = [...new Set([...names, ...steps.flatMap((step) => Object.keys(step.stages))])].filter(
		(name) => name !== "none",
	);
	const countOf = (stage: string) => steps.map((step) => step.stages[stage] ?? 0);
	const busiest = steps.reduce(
		(best, { requests }, index) => (requests > (steps[best]?.requests ?? 0) ? index : best),
		0,
	);
	const total = steps.reduce((sum, { requests }) => sum + requests, 0);
	const first = countOf(names[0] ?? "").reduce((sum, count) => sum + count, 0);
	return (
		<Card title="Who answered" about={`Requests in each ${period.by}, by the stage that answered them.`}>
			<StackedBars
				name={`Who answered in the last ${period.label}`}
				summary={`${showCount(total)} requests, ${showShare(total === 0 ? 0 : first / total)} of them answered by ${names[0] ?? "the first stage"}; the most in one ${period.by} were ${showCount(steps[busiest]?.requests ?? 0)}, ${showStart(starts[busiest] ?? startsOf(period, 0)[0] ?? 0, period.by)}.`}
				labelHeading={period.by === "hour" ? "Hour" : "Day (UTC)"}
				places={namedStarts(period, starts).map(({ at, label }) => ({ at: starts.indexOf(at), label }))}
				labels={starts.map((start) => showStart(start, period.by))}
				parts={[
					...all.map((stage) => ({ name: stage, values: countOf(stage), tone: stageTone(stage, names) })),
					...(steps.some((step) => (step.stages["none"] ?? 0) > 0)
						? [{ name: "no stage", values: countOf("none"), tone: "bad" }]
						: []),
				]}
				show={showCount}
			/>
		</Card>
	);
}
