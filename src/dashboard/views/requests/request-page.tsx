import { ok } from "../../../core/result.ts";
import { routeHash } from "../../app/route.ts";
import { pathOf } from "../../api/admin-client.ts";
import type { RecentRequest } from "../../api/recorded-types.ts";
import { useResource } from "../../api/use-resource.ts";
import { Card } from "../../parts/card.tsx";
import { FailureNotice, Loading } from "../../parts/notice.tsx";
import { Term } from "../../parts/term.tsx";
import { reasonWords } from "../../show/reasons.ts";
import { showDollars, showDuration, showMoment } from "../../show/show-values.ts";
import type { ViewProps } from "../view.ts";
import { AnswerBadge } from "./answer-badge.tsx";
import { CallTimeLine } from "./call-time-line.tsx";
import { DecisionTrail } from "./decision-trail.tsx";

/** One request: what was decided, stage by stage, and when each model was asked. */
export function RequestPage({
	admin,
	tenant,
	cascade,
	policy,
	route,
	requestId,
}: ViewProps & { readonly requestId: string }) {
	const item = route.query["item"];
	const stages = (policy?.cascades[cascade]?.stages ?? []).map(({ name }) => name);
	const { value, failure, reload } = useResource<RecentRequest>(`${tenant} ${requestId} ${item ?? ""}`, async () => {
		const path = pathOf("/tenants/{tenant}/requests/{requestId}", { tenant, requestId });
		const answer = await admin.send<RecentRequest>(path, { query: { item } });
		return answer.ok ? ok(answer.value.body) : answer;
	});
	return (
		<>
			<p>
				<a href={routeHash(tenant, cascade, "requests")}>All recent requests</a>
			</p>
			{failure !== undefined && <FailureNotice failure={failure} retry={reload} />}
			{value === undefined && failure === undefined && <Loading what="the request" />}
			{value !== undefined && (
				<>
					<Facts request={value} stages={stages} />
					<CallTimeLine request={value} stages={stages} />
					<DecisionTrail request={value} stages={stages} />
				</>
			)}
		</>
	);
}

function Facts({ request, stages }: { readonly request: RecentRequest; readonly stages: readonly string[] }) {
	const { reason, failure, policyRevision, canary, stream, endpoint, costUsd, savedUsd, retries = 0 } = request;
	return (
		<Card title={`Request ${request.requestId}${request.item === undefined ? "" : `, text ${request.item + 1}`}`}>
			<dl class="facts">
				<div>
					<dt>Answered by</dt>
					<dd>
						<AnswerBadge request={request} stages={stages} />
					</dd>
				</div>
				<div>
					<dt>Reason</dt>
					<dd>
						{reason === null ? "none" : <Term means={reasonWords(reason).means}>{reasonWords(reason).label}</Term>}
						{failure === null ? "" : ` (${failure})`}
					</dd>
				</div>
				<div>
					<dt>Arrived</dt>
					<dd>{showMoment(request.at)}</dd>
				</div>
				<div>
					<dt>Took</dt>
					<dd>
						{showDuration(request.durationMs)}
						{request.firstTokenMs === undefined ? "" : `, first token after ${showDuration(request.firstTokenMs)}`}
					</dd>
				</div>
				<div>
					<dt>Cost</dt>
					<dd>{costUsd === null ? "unknown" : showDollars(costUsd)}</dd>
				</div>
				<div>
					<dt>
						<Term means="Against asking the last stage alone; negative where a small answer was paid for and not used.">
							Saved
						</Term>
					</dt>
					<dd>{savedUsd === null ? "unknown" : showDollars(savedUsd)}</dd>
				</div>
				<div>
					<dt>Endpoint</dt>
					<dd>
						{endpoint}
						{stream ? ", as a stream" : ""}
					</dd>
				</div>
				<div>
					<dt>Policy</dt>
					<dd>
						revision {policyRevision}
						{canary === true ? ", by the canary" : ""}
						{retries === 0 ? "" : `; ${retries} repeated ${retries === 1 ? "call" : "calls"}`}
					</dd>
				</div>
			</dl>
		</Card>
	);
}
