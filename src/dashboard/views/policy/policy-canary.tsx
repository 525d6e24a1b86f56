import { ok } from "../../../core/result.ts";
import { useResource } from "../../api/use-resource.ts";
import { Card } from "../../parts/card.tsx";
import { ConfirmWithReason } from "../../parts/confirm-with-reason.tsx";
import { FailureNotice, Loading, Notice } from "../../parts/notice.tsx";
import { routeHash } from "../../app/route.ts";
import { showActor } from "../../policy/show-actor.ts";
import { showMoment, showShare } from "../../show/show-values.ts";
import type { ViewProps } from "../view.ts";
import { CanaryFigures, type CanaryReport } from "./canary-figures.tsx";

const POLL_MS = 5_000;

/** The policy that a share of requests is on, its figures beside the current policy's, and how it ends. */
export function PolicyCanary({ admin, tenant, cascade, reloadPolicy, policy }: ViewProps) {
	const { value, failure, reload } = useResource<{ readonly report: CanaryReport | null }>(
		tenant,
		async () => {
			// Asked for first: a canary that is not there is a 404, which browsers complain of.
			const state = await admin.call("tenants.get", { parameters: { tenant } });
			if (!state.ok) return state;
			if (state.value.body.canary === null) return ok({ report: null });
			const answer = await admin.call("canary.get", { parameters: { tenant } });
			return answer.ok ? ok({ report: answer.value.body }) : answer;
		},
		{ pollMs: POLL_MS },
	);
	const ended = () => {
		reload();
		reloadPolicy();
	};
	const report = value?.report ?? null;
	return (
		<>
			{failure !== undefined && <FailureNotice failure={failure} retry={reload} />}
			{value === undefined && failure === undefined && <Loading what="the canary" />}
			{value !== undefined && report === null && (
				<Notice title="No canary runs">
					<p>
						A canary puts a share of requests on another policy and counts them apart. Start one from the{" "}
						<a href={routeHash(tenant, cascade === "" ? "-" : cascade, "policy")}>editor</a> with a changed policy, or
						from the <a href={routeHash(tenant, cascade === "" ? "-" : cascade, "policy", ["history"])}>history</a> with
						an earlier revision.
					</p>
				</Notice>
			)}
			{report !== null && (
				<Card
					title={`Revision ${report.revision} on ${showShare(report.share)} of requests`}
					about={`Since ${showMoment(report.since)}, by ${showActor(report.author)}. Figures follow requests by some seconds.`}
					actions={
						<>
							<ConfirmWithReason
								button="Promote"
								title={`Make revision ${report.revision} the current policy`}
								act={(reason) => admin.call("canary.promote", { parameters: { tenant }, body: { reason } })}
								onDone={ended}
							>
								<p>Its policy becomes the current one for every request, as a new revision.</p>
							</ConfirmWithReason>
							<ConfirmWithReason
								button="Stop"
								title="Stop the canary"
								isDangerous
								act={(reason) => admin.call("canary.delete", { parameters: { tenant }, query: { reason } })}
								onDone={ended}
							>
								<p>Every request is on the current policy again. The last figures are kept in the audit trail.</p>
							</ConfirmWithReason>
						</>
					}
				>
					<CanaryFigures report={report} cascades={Object.keys(policy?.cascades ?? {})} />
				</Card>
			)}
		</>
	);
}
