import { routeHash } from "../../app/route.ts";
import { replaceRoute } from "../../app/use-route.ts";
import { OverviewIcon } from "../../parts/icons.tsx";
import { Segments } from "../../parts/choice.tsx";
import { FailureNotice, Loading } from "../../parts/notice.tsx";
import { showClock } from "../../show/show-values.ts";
import { PERIODS, periodOf } from "../../usage/period.ts";
import { sumUsage } from "../../usage/sum-usage.ts";
import { useUsage } from "../../usage/use-usage.ts";
import type { View, ViewProps } from "../view.ts";
import { CascadeDiagram } from "./cascade-diagram.tsx";
import { DecisionsOverTime } from "./decisions-over-time.tsx";
import { LatencyByStage } from "./latency-by-stage.tsx";
import { NoRequestsYet } from "./no-requests-yet.tsx";
import { ReasonList } from "./reason-list.tsx";
import { SavingsOverTime } from "./savings-over-time.tsx";
import { UsageFigures } from "./usage-figures.tsx";
import { useArrivals } from "./use-arrivals.ts";

const POLL_MS = 5_000;

/** How a cascade does at the moment, and how it did lately. */
export const overviewView: View = {
	name: "overview",
	title: "Overview",
	about: "What the cascade answers itself, what it passes on, and what that saves.",
	icon: OverviewIcon,
	needsCascade: true,
	Component: Overview,
};

function Overview({ admin, tenant, cascade, policy, route }: ViewProps) {
	const period = periodOf(route.query["period"]);
	const usage = useUsage(admin, { tenant, cascade, period }, { pollMs: POLL_MS });
	const arrivals = useArrivals(admin, { tenant, cascade }, POLL_MS);
	const stages = policy?.cascades[cascade]?.stages ?? [];
	const { value, failure } = usage;
	const sum = value === undefined ? undefined : sumUsage(value.rows);
	return (
		<>
			<div class="bar-of-controls">
				<Segments
					label="Period"
					value={period.name}
					options={PERIODS.map(({ name, label }) => ({ value: name, name: label }))}
					onChoose={(chosen) => replaceRoute(routeHash(tenant, cascade, "overview", [], { period: chosen }))}
				/>
				{value !== undefined && (
					<p class="hint">
						Updated {showClock(value.at)}, again every 5 seconds. Counts follow requests by a few seconds.
					</p>
				)}
			</div>
			{failure !== undefined && <FailureNotice failure={failure} retry={usage.reload} />}
			{value === undefined && failure === undefined && <Loading what="the usage" />}
			{value !== undefined && sum !== undefined && (
				<>
					<p class="hidden" role="status">
						{`${sum.requests} requests in the last ${period.label}.`}
					</p>
					<UsageFigures sum={sum} stages={stages} />
					<CascadeDiagram sum={sum} stages={stages} arrivals={arrivals} />
					{sum.requests === 0 ? (
						<NoRequestsYet cascade={cascade} period={period} />
					) : (
						<>
							<SavingsOverTime rows={value.rows} starts={value.starts} period={period} />
							<DecisionsOverTime rows={value.rows} starts={value.starts} period={period} stages={stages} />
							<div class="columns">
								<LatencyByStage sum={sum} stages={stages} />
								<ReasonList sum={sum} />
							</div>
						</>
					)}
				</>
			)}
		</>
	);
}
