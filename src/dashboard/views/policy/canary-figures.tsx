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
		<div class="side-by-side">
			{shown.map((cascade) => {
				const sides = sidesOf(cascade, figures, revision);
				return (
					<Table
						key={cascade}
						caption={`Cascade ${cascade}`}
						columns={[
							{ heading: <span class="hidden">Figure</span>, isText: true },
							...sides.map(({ name }) => ({ heading: name })),
						]}
						rows={FIGURES.map(({ name, show }) => [name, ...sides.map(({ row }) => show(row))])}
					/>
				);
			})}
			<p class="hint">
				In brackets is the 95% interval. Shares of few requests say little: look at whether the intervals overlap. They
				take requests to be independent of one another.
			</p>
		</div>
	);
}

/** The current policy, the canary, then policies that were replaced meanwhile. */
function sidesOf(cascade: string, { base, canary, current }: CanaryReport["figures"], revision: number) {
	const of = (rows: readonly Row[]) => rows.filter((row) => row.cascade === cascade);
	const named = (rows: readonly Row[], name: string) =>
		of(rows).map((row) => ({ name: `${name} ${row.policyRevision}`, row }));
	return [
		...named(
			base.filter((row) => row.policyRevision === current),
			"Current, revision",
		),
		...of(canary).map((row) => ({ name: `Canary, revision ${revision}`, row })),
		...named(
			base.filter((row) => row.policyRevision !== current),
			"Replaced, revision",
		),
	];
}

const FIGURES: readonly { readonly name: string; readonly show: (row: Row) => string }[] = [
	{ name: "Requests", show: ({ requests }) => showCount(requests) },
	{ name: "Accepted early", show: ({ acceptance }) => showProportion(acceptance) },
	{ name: "Failed", show: ({ failure }) => showProportion(failure) },
	{ name: "Cost a request", show: ({ cost, requests }) => showMean(cost.usd, requests - cost.unknown) },
	{ name: "Saved a request", show: ({ saved, requests }) => showMean(saved.usd, requests - saved.unknown) },
	{ name: "Median time", show: ({ latency }) => showDuration(latency.p50) },
	{ name: "95 of 100 within", show: ({ latency }) => showDuration(latency.p95) },
];

function showProportion({ share, low, high }: Row["acceptance"]): string {
	return share === null ? "none yet" : `${showShare(share)} (${showShare(low)} to ${showShare(high)})`;
}

function showMean(usd: number, of: number): string {
	return of <= 0 ? "unknown" : showDollars(usd / of);
}
