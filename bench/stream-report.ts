import { bootstrapMedian, type Spread } from "./statistics.ts";
import type { StreamVariant } from "./stream-variants.ts";
import type { StreamTiming } from "./time-stream.ts";

/** All streams of one variant; the n-th of each list is of the n-th prompt. */
export interface VariantTimings {
	readonly variant: StreamVariant;
	/** Null for the last stage alone. */
	readonly threshold: number | null;
	readonly timings: readonly StreamTiming[];
}

/** What each variant showed. */
export function timingTable(results: readonly VariantTimings[]): string {
	const rows = results.map(({ variant, threshold, timings }) => {
		const accepted = timings.filter((timing) => timing.accepted);
		const escalated = timings.filter((timing) => !timing.accepted);
		const cost = total(timings, "costUsd");
		return [
			variant.name,
			threshold?.toPrecision(3) ?? "–",
			threshold === null ? "–" : `${accepted.length} of ${timings.length}`,
			quantiles(accepted, "firstContentMs"),
			quantiles(escalated, "firstContentMs"),
			quantiles(timings, "firstContentMs"),
			quantiles(timings, "totalMs"),
			((1_000 * cost) / timings.length).toFixed(4),
			`${((100 * total(timings, "estimatedUsd")) / cost).toFixed(1)}%`,
		];
	});
	const head = [
		"decided on",
		"threshold",
		"accepted",
		"first content, accepted, ms",
		"escalated",
		"all",
		"whole stream, ms",
		"US$ per 1,000",
		"of it estimated",
	];
	return table(head, rows);
}

/** Each variant over the first, prompt by prompt. */
export function ratioTable(results: readonly VariantTimings[]): string {
	const [base, ...others] = results;
	if (base === undefined) return "";
	const rows = others.map(({ variant, timings }) => {
		const ratio = (field: "firstContentMs" | "totalMs") =>
			spread(
				bootstrapMedian(timings.map((timing, index) => timing[field] / (base.timings[index]?.[field] ?? Number.NaN))),
			);
		return [variant.name, ratio("firstContentMs"), ratio("totalMs")];
	});
	return table([`over ${base.variant.name}`, "first content", "whole stream"], rows);
}

function quantiles(timings: readonly StreamTiming[], field: "firstContentMs" | "totalMs"): string {
	const sorted = timings.map((timing) => timing[field]).sort((left, right) => left - right);
	const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.toFixed(0);
	return sorted.length === 0 ? "–" : `${at(0.5)} / ${at(0.95)}`;
}

function total(timings: readonly StreamTiming[], field: "costUsd" | "estimatedUsd"): number {
	return timings.reduce((sum, timing) => sum + timing[field], 0);
}

function spread({ median, low, high }: Spread): string {
	return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
