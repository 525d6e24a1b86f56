import type { EvidenceReport } from "../../api/recorded-types.ts";
import { showConfidence } from "../../show/show-values.ts";

/** What saving a threshold does; of a guaranteed stage that is less than one might think. */
export function MeaningOfSave({
	stage,
	threshold,
	hasGuarantee,
	evidence,
}: {
	readonly stage: string;
	readonly threshold: number;
	readonly hasGuarantee: boolean;
	readonly evidence: EvidenceReport | null;
}) {
	const shown = showConfidence(threshold);
	if (!hasGuarantee)
		return (
			<p>
				{`Answers of ${stage} with a confidence of ${shown} or more are served, all others are passed on to the next stage. Nobody promises how many of them are wrong.`}
			</p>
		);
	const certified = evidence?.lease.state === "certified" ? evidence.lease.threshold : null;
	return (
		<>
			<p>
				{`${stage} has a guarantee. While a certificate is in force, its threshold decides, and yours does nothing`}
				{certified === null ? ". None is in force now." : `: ${showConfidence(certified)} at the moment.`}
			</p>
			<p>
				{`Without a certificate (in an audition, after an alarm, when it has run out) the stage will accept answers of ${shown} or more by hand, where it would otherwise have passed everything on. Nobody promises anything about those answers; they carry `}
				<code>x-cascade-threshold-source: manual</code>. A stage that somebody has closed still accepts nothing.
			</p>
			<p>For your threshold to decide at all times, take the guarantee out of the policy.</p>
		</>
	);
}
