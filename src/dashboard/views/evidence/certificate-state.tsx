import type { AdminClient } from "../../api/admin-client.ts";
import type { EvidenceReport } from "../../api/recorded-types.ts";
import { ConfirmWithReason } from "../../parts/confirm-with-reason.tsx";
import { Notice } from "../../parts/notice.tsx";
import { showConfidence, showCount, showMoment, showShare } from "../../show/show-values.ts";

/** What holds at present, in one sentence, and what an admin can do about it. */
export function CertificateState({
	report,
	admin,
	onChanged,
}: {
	readonly report: EvidenceReport;
	readonly admin: AdminClient;
	readonly onChanged: () => void;
}) {
	const { lease, address, frozenBecause, pacing } = report;
	const parameters = { tenant: address.tenant, cascade: address.cascade };
	const { kind, title, text } = stateWords(report);
	return (
		<>
			<div aria-live="polite">
				<Notice kind={kind} title={title}>
					<p>{text}</p>
					<div class="controls">
						<ConfirmWithReason
							button="Audition again"
							title="Begin a new audition?"
							act={(reason) => admin.call("evidence.restart", { parameters, body: { reason } })}
							onDone={onChanged}
						>
							<p>
								Nothing is accepted until there is new evidence, and every answer is labelled meanwhile, which asks the
								large model each time. A new beginning has less of the promised error to spend, so it needs more labels.
							</p>
						</ConfirmWithReason>
						{lease.state !== "closed" && (
							<ConfirmWithReason
								button="Stop accepting"
								title="Stop accepting answers of the small model?"
								isDangerous
								act={(reason) => admin.call("evidence.close", { parameters, body: { reason } })}
								onDone={onChanged}
							>
								<p>Every request goes to the large model until somebody begins a new audition.</p>
							</ConfirmWithReason>
						)}
					</div>
				</Notice>
			</div>
			{frozenBecause !== null && (
				<Notice kind="careful" title="Certification is frozen">
					<p>{FROZEN[frozenBecause]} What is in force stays, and nothing new is certified or loosened.</p>
				</Notice>
			)}
			{pacing?.state === "infeasible" && (
				<Notice kind="careful" title="The budget for quality does not suffice">
					<p>No certified threshold costs less than ${pacing.usdPerDay} a day; the cheapest of them is in force.</p>
				</Notice>
			)}
		</>
	);
}

const FROZEN = {
	unobserved: "For more than 5% of the requests of ten seconds no label could be had in the last ten minutes.",
	late: "For more than 5% of the requests of ten seconds the label came too late in the last ten minutes.",
	"labeller-drift":
		"The labeller judges answers that people have judged differently than before, until they are judged anew.",
} as const;

interface StateWords {
	readonly kind: "good" | "careful" | "bad" | "plain";
	readonly title: string;
	readonly text: string;
}

function stateWords({ lease, terms, counts, closedBy, epochs }: EvidenceReport): StateWords {
	const { targetRisk, delta, risk, withoutCertificate } = terms.guarantee;
	const of = risk === "selective" ? "of the accepted answers" : "of all requests are answered by the small model and";
	const manual =
		withoutCertificate === "manual-threshold"
			? "Meanwhile the threshold that was set by hand is used, which nobody vouches for."
			: "Meanwhile every request goes to the large model.";
	switch (lease.state) {
		case "certified":
			return {
				kind: "good",
				title: `Certified: confidences of ${showConfidence(lease.threshold ?? 1)} and above are accepted`,
				text: `At most ${showShare(targetRisk)} ${of} are wrong; the chance that this is false is at most ${showShare(delta)}. Renewed until ${showMoment(lease.expiresAt)}.`,
			};
		case "audition":
			return {
				kind: "plain",
				title: "In audition: nothing is accepted yet",
				text: `Every answer is labelled until the evidence suffices; ${showCount(counts.labelled)} labels so far. ${manual}`,
			};
		case "alarm":
			return {
				kind: "bad",
				title: "Alarm: answers have become worse",
				text: `The evidence says that more than ${showShare(targetRisk)} ${of} are wrong by now. A new audition (number ${epochs.length}) is gathering evidence. ${manual}`,
			};
		case "closed":
			return {
				kind: "careful",
				title: `Closed by ${closedBy === "tenant-key" ? "the tenant" : "an operator"}`,
				text: "Every request goes to the large model until somebody begins a new audition.",
			};
	}
}
