import type { Quantiles } from "../../api/recorded-types.ts";
import { RangeChart, type RangeRow } from "../../charts/range-chart.tsx";
import { Card } from "../../parts/card.tsx";
import { Term } from "../../parts/term.tsx";
import { showDuration } from "../../show/show-values.ts";
import { stageTone } from "../../show/stage-tone.ts";
import type { UsageSum } from "../../usage/sum-usage.ts";
import type { NamedStage } from "./named-stage.ts";

/** How long whole requests, first tokens and each stage's model take. */
export function LatencyByStage({ sum, stages }: { readonly sum: UsageSum; readonly stages: readonly NamedStage[] }) {
	const names = stages.map(({ name }) => name);
	const measured: readonly { readonly name: string; readonly tone: string; readonly quantiles: Quantiles }[] = [
		...row("Whole request", "plain", sum.latency),
		...row("First token (streams)", "plain", sum.firstToken),
		...names.flatMap((name) => row(`Model of ${name}`, stageTone(name, names), sum.stageLatency[name] ?? null)),
	];
	const [whole] = measured;
	return (
		<Card
			title="Time"
			about={
				<>
					From the <Term means="Half of the requests took less than this.">median</Term> (dot) to the slowest{" "}
					<Term means="Five of 100 requests took longer than the first tick, one of 100 longer than the second.">
						5% and 1%
					</Term>{" "}
					(ticks).
				</>
			}
		>
			{whole === undefined ? (
				<p class="about">No times were recorded.</p>
			) : (
				<RangeChart
					name="Time by stage"
					summary={`Half of the requests took less than ${showDuration(whole.quantiles.p50)}, 99 of 100 less than ${showDuration(whole.quantiles.p99)}.`}
					show={showDuration}
					rows={measured.map(({ name, tone, quantiles: { p50, p95, p99 } }): RangeRow => ({
						name,
						tone,
						low: p50,
						high: p99,
						marks: [
							{ at: p95, shape: "tick" },
							{ at: p99, shape: "tick" },
							{ at: p50, shape: "point" },
						],
						shown: `${showDuration(p50)} · ${showDuration(p95)} · ${showDuration(p99)}`,
					}))}
					table={{
						columns: [
							{ heading: "What", isText: true },
							{ heading: "Median (p50)" },
							{ heading: "p95" },
							{ heading: "p99" },
						],
						rows: measured.map(({ name, quantiles: { p50, p95, p99 } }) => [
							name,
							showDuration(p50),
							showDuration(p95),
							showDuration(p99),
						]),
					}}
				/>
			)}
		</Card>
	);
}

function row(name: string, tone: string, quantiles: Quantiles | null) {
	return quantiles === null ? [] : [{ name, tone, quantiles }];
}
