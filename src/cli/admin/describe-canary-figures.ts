import type { CanaryFigures, CanaryRow } from "../../core/ledger/canary-figures.ts";
import type { Proportion } from "../../core/ledger/wilson-interval.ts";
import { showCount, showDuration, showMoment, showShare, showUsd } from "./show-values.ts";
import { textTable, type Column } from "./text-table.ts";

/** `other`: a revision that was current before, or still in a cache. */
type Side = "other" | "current" | "canary";

const right = (heading: string): Column => ({ heading, right: true });
const COLUMNS: readonly Column[] = [
	{ heading: "cascade" },
	{ heading: "" },
	...["revision", "requests", "accepted", "failed", "cost a request", "saved a request", "p50", "p95", "p99"].map(
		right,
	),
];

/** A canary's figures beside the current policy's, cascade by cascade, then why requests were answered as they were. */
export function describeCanaryFigures(figures: CanaryFigures, revision: number): string {
	const { since, current, base, canary } = figures;
	const cascades = [...new Set([...base, ...canary].map(({ cascade }) => cascade))].toSorted();
	if (cascades.length === 0) return `No request that arrived since ${showMoment(since)} is counted yet.\n`;
	const lines = cascades.flatMap((cascade) => {
		const others = base.filter((row) => row.cascade === cascade && row.policyRevision !== current);
		const ofCurrent = base.find((row) => row.cascade === cascade && row.policyRevision === current);
		return [
			...others.map((row) => lineOf(cascade, "other", row.policyRevision, row)),
			lineOf(cascade, "current", current, ofCurrent),
			lineOf(
				cascade,
				"canary",
				revision,
				canary.find((row) => row.cascade === cascade),
			),
		];
	});
	return (
		textTable(COLUMNS, lines) +
		`Of requests that arrived since ${showMoment(since)}. In brackets the 95% interval of a share: where two overlap, the difference may be chance.\n\n` +
		textTable(
			[{ heading: "cascade" }, { heading: "reason" }, right("current and other"), right("canary")],
			cascades.flatMap((cascade) => reasonsOf(cascade, figures)),
		)
	);
}

function lineOf(cascade: string, side: Side, revision: number | null, row: CanaryRow | undefined): string[] {
	const named = [cascade, side, String(revision ?? "–")];
	if (row === undefined) return [...named, "0", "–", "–", "–", "–", "–", "–", "–"];
	const { requests, acceptance, failure, cost, saved, latency } = row;
	const each = ({ usd, unknown }: { readonly usd: number; readonly unknown: number }) =>
		requests === unknown ? "–" : showUsd(usd / (requests - unknown));
	return [
		...named,
		showCount(requests),
		showProportion(acceptance),
		showProportion(failure),
		each(cost),
		each(saved),
		showDuration(latency.p50),
		showDuration(latency.p95),
		showDuration(latency.p99),
	];
}

/** `80.0% [71.1–86.7%]`; a dash where there is nothing to have a share of. */
function showProportion({ count, of, low, high }: Proportion): string {
	const percent = (share: number) => (100 * share).toFixed(1);
	return of === 0 ? "–" : `${showShare(count, of)} [${percent(low)}–${percent(high)}%]`;
}

function reasonsOf(cascade: string, { base, canary }: CanaryFigures): string[][] {
	const sides = [base, canary].map((rows) => {
		const own = rows.filter((row) => row.cascade === cascade);
		const counts = new Map<string, number>();
		for (const [reason, count] of own.flatMap(({ reasons }) => Object.entries(reasons))) {
			counts.set(reason, (counts.get(reason) ?? 0) + count);
		}
		return { counts, requests: own.reduce((sum, { requests }) => sum + requests, 0) };
	});
	const names = [...new Set(sides.flatMap(({ counts }) => [...counts.keys()]))].toSorted();
	return names.map((name) => [
		cascade,
		name,
		...sides.map(({ counts, requests }) => showShare(counts.get(name) ?? 0, requests)),
	]);
}
