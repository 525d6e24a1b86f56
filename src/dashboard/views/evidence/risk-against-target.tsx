import type { EvidenceReport } from "../../api/recorded-types.ts";
import { RangeChart } from "../../charts/range-chart.tsx";
import { Card } from "../../parts/card.tsx";
import { Term } from "../../parts/term.tsx";
import { showCount, showShare } from "../../show/show-values.ts";

/** The risk since the threshold is in force, with its interval, against what is promised. */
export function RiskAgainstTarget({ report: { risk, terms } }: { readonly report: EvidenceReport }) {
	const { targetRisk } = terms.guarantee;
	return (
		<Card
			title="Risk against its target"
			about={
				<>
					The measured share of wrong answers, with an{" "}
					<Term means="It holds at all times at once, however often one looks: with the promised confidence the true risk never was outside it.">
						interval that holds at all times
					</Term>
					.
				</>
			}
		>
			{risk === null ? (
				<p class="about">No labels yet at the threshold in force.</p>
			) : (
				<RangeChart
					name="Risk against its target"
					summary={`${showShare(risk.estimate)} of ${showCount(risk.labels)} labelled answers were wrong; the true risk is between ${showShare(risk.lower)} and ${showShare(risk.upper)}. The target is ${showShare(targetRisk)}.`}
					show={showShare}
					limit={{ at: targetRisk, name: `target ${showShare(targetRisk)}` }}
					rows={[
						{
							name: "Risk",
							low: risk.lower,
							high: risk.upper,
							tone: risk.estimate <= targetRisk ? "good" : "bad",
							marks: [{ at: risk.estimate, shape: "point" }],
							shown: `${showShare(risk.lower)} to ${showShare(risk.upper)}`,
						},
					]}
					table={{
						columns: [
							{ heading: "What", isText: true },
							{ heading: "Estimate" },
							{ heading: "From" },
							{ heading: "To" },
							{ heading: "Labels" },
							{ heading: "Target" },
						],
						rows: [
							[
								"Risk",
								showShare(risk.estimate),
								showShare(risk.lower),
								showShare(risk.upper),
								showCount(risk.labels),
								showShare(targetRisk),
							],
						],
					}}
				/>
			)}
		</Card>
	);
}
