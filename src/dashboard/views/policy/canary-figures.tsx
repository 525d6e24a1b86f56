import type { AdminReply } from "../../../admin/client-types.ts";
import { Table } from "../../parts/table.tsx";
import { showCount, showDollars, showDuration, showShare } from "../../show/show-values.ts";

export type CanaryReport = AdminReply<"canary.get">;
type Row = CanaryReport["figures"]["base"][number];

/** Each cascade's requests on either side since the canary began; shares with their 95% interval. */
export function CanaryFigures({
	report: { figures, revision },
	cascades,
}: {
	readonly report: CanaryReport;
	readonly cascades: readonly string[];
}) {
	const shown = cascades.filter((name) => [...figures.base, ...figures.canary].some((row) => row.cascade === name));
	if (shown.length === 0) return <p class="about">No request has been counted since it began.</p>;
	return (
		<>
			{shown.map((cascade) => {
				const base = figures.base.filter((row) => row.cascade === cascade);
				const canary = figures.canary.filter((row) => row.cascade === cascade);
				return (
					<Table
						key={cascade}
						caption={cascade}
						columns={[
							{ heading: "Policy", isText: true },
							{ heading: "Requests" },
							{ heading: "Accepted early (95% interval)" },
							{ heading: "Failed (95% interval)" },
							{ heading: "Cost a request" },
							{ heading: "Saved a request" },
							{ heading: "Median time" },
							{ heading: "95 of 100 within" },
						]}
						rows={[
							...base.map((row) => cells(row, nameOfBase(row.policyRevision, figures.current))),
							...canary.map((row) => cells(row, `canary, revision ${revision}`)),
						]}
					/>
				);
			})}
			<p class="hint">
				Shares of few requests say little: look at whether the intervals overlap. They take requests to be independent
				of one another.
			</p>
		</>
	);
}

function nameOfBase(revision: number, current: number | null): string {
	return revision === current ? `current, revision ${revision}` : `replaced, revision ${revision}`;
}

function cells(row: Row, name: string): readonly string[] {
	return [
		name,
		showCount(row.requests),
		showProportion(row.acceptance),
		showProportion(row.failure),
		showMean(row.cost.usd, row.requests - row.cost.unknown),
		showMean(row.saved.usd, row.requests - row.saved.unknown),
		showDuration(row.latency.p50),
		showDuration(row.latency.p95),
	];
}

function showProportion({ share, low, high }: Row["acceptance"]): string {
	return share === null ? "none yet" : `${showShare(share)} (${showShare(low)} to ${showShare(high)})`;
}

function showMean(usd: number, of: number): string {
	return of <= 0 ? "unknown" : showDollars(usd / of);
}
