import type { EvidenceReport } from "../../api/recorded-types.ts";
import { Notice } from "../../parts/notice.tsx";
import { showConfidence, showShare } from "../../show/show-values.ts";
import { certifiedRange } from "./certified-range.ts";

/** Who promises anything about answers at the chosen threshold. */
export function StandingOfChoice({
	hasGuarantee,
	evidence,
	threshold,
}: {
	readonly hasGuarantee: boolean;
	readonly evidence: EvidenceReport | null;
	readonly threshold: number;
}) {
	if (!hasGuarantee)
		return (
			<Notice title="Manual, promised by nobody">
				<p>
					This stage has no guarantee, so nothing labels its answers and no risk is known at any threshold. What is
					shown is how much it would answer and what that would save.
				</p>
			</Notice>
		);
	if (evidence === null) return null;
	const range = certifiedRange(evidence.candidates);
	const { targetRisk } = evidence.terms.guarantee;
	const outside = range === null || threshold < range.from || threshold > range.to;
	if (!outside)
		return (
			<Notice kind="good" title="Inside the certified range">
				<p>
					{`Thresholds from ${showConfidence(range.from)} to ${showConfidence(range.to)} (the green band) are certified for at most ${showShare(targetRisk)} wrong. The certificate is about the evaluated ones, the ticks below it; `}
					{evidence.lease.threshold === null
						? "none of them is in force now."
						: `${showConfidence(evidence.lease.threshold)} is in force now.`}
				</p>
			</Notice>
		);
	return (
		<Notice kind="careful" title="Manual, promised by nobody">
			<p>
				{range === null
					? "Nothing is certified yet: whatever threshold you choose, nobody promises how many answers are wrong."
					: `Certified are ${showConfidence(range.from)} to ${showConfidence(range.to)}. Outside of that nobody promises how many answers are wrong.`}
			</p>
		</Notice>
	);
}
