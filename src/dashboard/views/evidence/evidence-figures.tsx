import type { EvidenceReport } from "../../api/recorded-types.ts";
import { Figures } from "../../parts/figures.tsx";
import { showConfidence, showCount, showShare } from "../../show/show-values.ts";

/** The figures of a guarantee at a glance. */
export function EvidenceFigures({ report }: { readonly report: EvidenceReport }) {
	const { terms, lease, candidates, counts, risk } = report;
	const { guarantee } = terms;
	const inForce = candidates.find(({ threshold }) => threshold === lease.threshold);
	return (
		<Figures
			figures={[
				{
					name: "Target risk",
					means: "The greatest share of wrong answers that the policy allows.",
					value: showShare(guarantee.targetRisk),
					note: `with a chance of error of ${showShare(guarantee.delta)}`,
				},
				{
					name: "Measured risk",
					means: "The share of wrong answers among those labelled since the threshold is in force.",
					value: risk === null ? "none yet" : showShare(risk.estimate),
					note: risk === null ? "no labels at this threshold" : `from ${showCount(risk.labels)} labels`,
					...(risk === null
						? {}
						: { tone: risk.estimate <= guarantee.targetRisk ? ("good" as const) : ("bad" as const) }),
				},
				{
					name: "Threshold in force",
					means: "The least confidence that is accepted. It follows from the evidence.",
					value: lease.threshold === null ? "none" : showConfidence(lease.threshold),
					note:
						inForce === undefined ? "nothing is accepted" : `accepts ${showShare(inForce.coverage)} of the requests`,
					tone: "edge",
				},
				{
					name: "Audited",
					means:
						"The chance with which an accepted answer is also sent to the large model, after it was served, to be labelled.",
					value: showShare(lease.auditPropensity / 1_000_000),
					note: "of accepted answers",
				},
				{
					name: "Labels",
					means: "Verdicts of the labeller since the ledger was made. All risks are of this labeller’s verdict.",
					value: showCount(counts.labelled),
					note: `${showCount(counts.wrong)} wrong, by ${terms.labeller}`,
				},
			]}
		/>
	);
}
