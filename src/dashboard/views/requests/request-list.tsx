import { routeHash } from "../../app/route.ts";
import { replaceRoute } from "../../app/use-route.ts";
import type { RecentRequest } from "../../api/recorded-types.ts";
import { Choice } from "../../parts/choice.tsx";
import { ConfidenceMeter } from "../../parts/confidence-meter.tsx";
import { FailureNotice, Loading, Notice } from "../../parts/notice.tsx";
import { Table } from "../../parts/table.tsx";
import { Term } from "../../parts/term.tsx";
import { reasonWords } from "../../show/reasons.ts";
import { showCountOf, showDollars, showDuration, showRecent } from "../../show/show-values.ts";
import { AnswerBadge } from "./answer-badge.tsx";
import type { ViewProps } from "../view.ts";
import { useRecentRequests } from "./use-recent-requests.ts";

/** What the list may be narrowed to; the address keeps it. */
const FILTERS = ["stage", "reason", "outcome"] as const;

/** The recent requests, newest first. */
export function RequestList({ admin, tenant, cascade, policy, route }: ViewProps) {
	const recent = useRecentRequests(admin, tenant, cascade);
	const { items, failure } = recent;
	const stages = (policy?.cascades[cascade]?.stages ?? []).map(({ name }) => name);
	const chosen = items?.filter((item) =>
		FILTERS.every((filter) => (route.query[filter] ?? "") === "" || valueOf(item, filter) === route.query[filter]),
	);
	const narrow = (filter: string, value: string) =>
		replaceRoute(routeHash(tenant, cascade, "requests", [], { ...route.query, [filter]: value }));
	const optionsOf = (filter: (typeof FILTERS)[number], show: (value: string) => string) => [
		{ value: "", name: "All" },
		...[...new Set([...(items ?? []).map((item) => valueOf(item, filter)), route.query[filter] ?? ""])]
			.filter((value) => value !== "")
			.toSorted()
			.map((value) => ({ value, name: show(value) })),
	];
	return (
		<>
			{failure !== undefined && <FailureNotice failure={failure} retry={recent.reload} />}
			{items === undefined && failure === undefined && <Loading what="the recent requests" />}
			{items?.length === 0 && (
				<Notice title="No request in the last day">
					<p>Requests are listed here a few seconds after their last byte.</p>
				</Notice>
			)}
			{items !== undefined && items.length > 0 && chosen !== undefined && (
				<section class="card" aria-label="Recent requests">
					<div class="bar-of-controls">
						<div class="controls">
							<Choice
								label="Answered by"
								value={route.query["stage"] ?? ""}
								options={optionsOf("stage", (stage) => stage)}
								onChoose={(value) => narrow("stage", value)}
							/>
							<Choice
								label="Reason"
								value={route.query["reason"] ?? ""}
								options={optionsOf("reason", (reason) => reasonWords(reason).label)}
								onChoose={(value) => narrow("reason", value)}
							/>
							<Choice
								label="Outcome"
								value={route.query["outcome"] ?? ""}
								options={optionsOf("outcome", outcomeName)}
								onChoose={(value) => narrow("outcome", value)}
							/>
						</div>
						<p class="hint" role="status">
							{chosen.length === items.length
								? showCountOf(items.length, "request")
								: `${chosen.length} of ${showCountOf(items.length, "request")}`}
						</p>
					</div>
					<Table
						caption="Recent requests, newest first"
						isCaptionHidden
						columns={[
							{ heading: "Arrived", isText: true },
							{ heading: "Answered by", isText: true },
							{ heading: "Reason", isText: true },
							{
								heading: (
									<Term means="What was read from the first stage’s answer, from 0 to 1, and the threshold it had to reach.">
										Confidence
									</Term>
								),
								isText: true,
							},
							{ heading: "Cost" },
							{
								heading: (
									<Term means="Against asking the last stage alone; negative where a small answer was paid for and not used.">
										Saved
									</Term>
								),
							},
							{ heading: "Time" },
							{ heading: <Term means="From arrival to the first byte of the answer; streams only.">First token</Term> },
						]}
						rows={chosen.map((item) => {
							const first = item.trail.find(({ confidence }) => confidence !== null);
							return [
								<a href={hashOf(tenant, cascade, item)}>{showRecent(item.at, Date.now())}</a>,
								<AnswerBadge request={item} stages={stages} />,
								item.reason === null ? "none" : reasonWords(item.reason).label,
								<ConfidenceMeter confidence={first?.confidence ?? null} threshold={first?.threshold ?? null} />,
								item.costUsd === null ? "unknown" : showDollars(item.costUsd),
								item.savedUsd === null ? "unknown" : showDollars(item.savedUsd),
								showDuration(item.durationMs),
								item.firstTokenMs === undefined ? "–" : showDuration(item.firstTokenMs),
							];
						})}
					/>
					{recent.hasMore && (
						<div>
							<button type="button" class="button small" onClick={recent.loadMore}>
								Show older ones
							</button>
						</div>
					)}
				</section>
			)}
		</>
	);
}

/** The address of one request. */
function hashOf(tenant: string, cascade: string, { requestId, item }: RecentRequest): string {
	return routeHash(tenant, cascade, "requests", [requestId], item === undefined ? {} : { item: String(item) });
}

function valueOf(item: RecentRequest, filter: (typeof FILTERS)[number]): string {
	return item[filter] ?? "";
}

function outcomeName(outcome: string): string {
	return outcome === "client-left" ? "broken off by the client" : outcome;
}
