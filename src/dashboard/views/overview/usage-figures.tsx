import { Figures, type Figure } from "../../parts/figures.tsx";
import { showCount, showCountOf, showDollars, showDuration, showShare } from "../../show/show-values.ts";
import type { UsageSum } from "../../usage/sum-usage.ts";
import type { NamedStage } from "./named-stage.ts";

/** The figures to be read at a glance. */
export function UsageFigures({ sum, stages }: { readonly sum: UsageSum; readonly stages: readonly NamedStage[] }) {
	const last = stages.at(-1)?.name;
	const answered = sum.outcomes["answered"] ?? 0;
	const kept = Object.entries(sum.stages)
		.filter(([stage]) => stage !== last && stage !== "none")
		.reduce((total, [, count]) => total + count, 0);
	const failed = sum.outcomes["failed"] ?? 0;
	const left = sum.outcomes["client-left"] ?? 0;
	const figures: Figure[] = [
		{
			name: "Requests",
			means: "Everything that came for this cascade in the period; each text of a batch by itself.",
			value: showCount(sum.requests),
			note:
				failed + left === 0
					? "none failed"
					: `${showCount(failed)} failed${left === 0 ? "" : `, ${showCount(left)} broken off by the client`}`,
		},
		{
			name: "Answered without the large model",
			means: "Share of answered requests whose answer came from a stage before the last one: the coverage.",
			value: answered === 0 ? "none" : showShare(kept / answered),
			note: answered === 0 ? "no answer yet" : `${showCount(kept)} of ${showCount(answered)}`,
			tone: "edge",
		},
		{
			name: "Spent",
			means: "US dollars of every model call by the policy’s prices, rejected answers and audits included.",
			value: showDollars(sum.costUsd + sum.auditUsd),
			note: sum.costUnknown > 0 ? `unknown of ${showCountOf(sum.costUnknown, "request")}` : auditNote(sum),
		},
		{
			name: "Saved",
			means:
				"What always asking the last stage would have cost, less everything spent, audits included. Negative where the cascade cost more than it saved.",
			value: showDollars(sum.savedUsd),
			tone: sum.savedUsd < 0 ? "bad" : "good",
			note:
				sum.alwaysLastUsd > 0
					? `${showShare(sum.savedUsd / sum.alwaysLastUsd)} of ${showDollars(sum.alwaysLastUsd)} for always asking the large model`
					: "no prices, or no answers",
		},
		{
			name: "Typical time",
			means:
				"Half of the requests were answered in less (the median), to the last byte. Over several hours or days: the mean of their medians, weighted by requests.",
			value: sum.latency === null ? "none" : showDuration(sum.latency.p50),
			note: sum.latency === null ? "no request yet" : `95 of 100 within ${showDuration(sum.latency.p95)}`,
		},
	];
	return <Figures figures={figures} />;
}

function auditNote({ audits, auditUsd }: UsageSum): string {
	return audits === 0 ? "no audits" : `${showDollars(auditUsd)} of it for ${showCountOf(audits, "audit")}`;
}
