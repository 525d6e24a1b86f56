import { ok } from "../../../core/result.ts";
import type { EvidenceReport } from "../../api/recorded-types.ts";
import { useResource } from "../../api/use-resource.ts";
import { EvidenceIcon } from "../../parts/icons.tsx";
import { FailureNotice, Loading, Notice } from "../../parts/notice.tsx";
import type { View, ViewProps } from "../view.ts";
import { Alarm } from "./alarm.tsx";
import { CandidateEvidence } from "./candidate-evidence.tsx";
import { CertificateState } from "./certificate-state.tsx";
import { EvidenceFigures } from "./evidence-figures.tsx";
import { EvidenceRecord } from "./evidence-record.tsx";
import { RiskAgainstTarget } from "./risk-against-target.tsx";

const POLL_MS = 5_000;

/** What is known of a guaranteed stage: the certificate, what it rests on, and what would take it back. */
export const evidenceView: View = {
	name: "evidence",
	title: "Evidence",
	about: "How often accepted answers are wrong, how sure that is, and what may be accepted because of it.",
	icon: EvidenceIcon,
	needsCascade: true,
	Component: Evidence,
};

function Evidence({ admin, tenant, cascade, policy }: ViewProps) {
	const guaranteed = policy?.cascades[cascade]?.stages[0]?.guarantee !== undefined;
	const { value, failure, reload } = useResource<EvidenceReport>(
		guaranteed ? `${tenant} ${cascade}` : null,
		async () => {
			const answer = await admin.call("evidence.get", { parameters: { tenant, cascade } });
			return answer.ok ? ok(answer.value.body) : answer;
		},
		{ pollMs: POLL_MS },
	);
	if (!guaranteed) {
		return (
			<Notice title="This cascade has no guarantee">
				<p>
					Its threshold was set by hand, and nobody promises how often accepted answers are wrong. With a{" "}
					<code>guarantee</code> on its first stage the cascade gathers evidence from its own traffic, and accepts only
					what that evidence bears out:
				</p>
				<pre tabIndex={0}>{`"guarantee": { "risk": "selective", "targetRisk": 0.05, "delta": 0.05 }`}</pre>
			</Notice>
		);
	}
	return (
		<>
			{failure !== undefined && <FailureNotice failure={failure} retry={reload} />}
			{value === undefined && failure === undefined && <Loading what="the evidence" />}
			{value !== undefined && (
				<>
					<CertificateState report={value} admin={admin} onChanged={reload} />
					<EvidenceFigures report={value} />
					<div class="columns">
						<RiskAgainstTarget report={value} />
						<Alarm report={value} />
					</div>
					<CandidateEvidence report={value} />
					<EvidenceRecord report={value} />
				</>
			)}
		</>
	);
}
