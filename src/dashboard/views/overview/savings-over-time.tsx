import type { UsageRow } from "../../api/recorded-types.ts";
import { LineChart } from "../../charts/line-chart.tsx";
import { Card } from "../../parts/card.tsx";
import { showDollars, showShare, showStart } from "../../show/show-values.ts";
import { namedStarts, type Period } from "../../usage/period.ts";
import { rowsByStart, sumUsage } from "../../usage/sum-usage.ts";

/** What was spent against what always asking the last stage would have cost, both added up since the period began. */
export function SavingsOverTime({
	rows,
	starts,
	period,
}: {
	readonly rows: readonly UsageRow[];
	readonly starts: readonly number[];
	readonly period: Period;
}) {
	const steps = rowsByStart(rows, starts).map(sumUsage);
	const always = runningSum(steps.map(({ alwaysLastUsd }) => alwaysLastUsd));
	const spent = runningSum(steps.map(({ costUsd, auditUsd }) => costUsd + auditUsd));
	const [wouldBe = 0, was = 0] = [always.at(-1), spent.at(-1)];
	const difference = wouldBe - was;
	const summary =
		wouldBe <= 0
			? "The policy has no prices for these requests, so there is nothing to compare."
			: difference >= 0
				? `${showDollars(was)} was spent where always asking the large model would have cost ${showDollars(wouldBe)}: ${showShare(difference / wouldBe)} saved.`
				: `${showDollars(was)} was spent, ${showDollars(-difference)} more than always asking the large model would have cost.`;
	return (
		<Card
			title="Savings"
			about="Added up since the period began, net of rejected answers, confidence checks and audits."
		>
			<LineChart
				name={`Spending in the last ${period.label}`}
				summary={summary}
				moments={starts}
				momentHeading={period.by === "hour" ? "Hour" : "Day (UTC)"}
				places={namedStarts(period, starts)}
				showMoment={(at) => showStart(at, period.by)}
				show={showDollars}
				lines={[
					{
						name: "Always the large model",
						values: always,
						tone: "origin",
						isDashed: true,
						isFilled: true,
						filledTo: "Spent",
					},
					{ name: "Spent", values: spent, tone: "edge" },
				]}
			/>
		</Card>
	);
}

function runningSum(values: readonly number[]): readonly number[] {
	let sum = 0;
	return values.map((value) => (sum += value));
}
