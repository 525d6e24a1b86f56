import { proportion } from "../../../core/ledger/wilson-interval.ts";
import type { ConfidenceBins, EvidenceReport } from "../../api/recorded-types.ts";
import { Figures, type Figure } from "../../parts/figures.tsx";
import { showConfidence, showCount, showShare } from "../../show/show-values.ts";
import type { UsageSum } from "../../usage/sum-usage.ts";
import { nearestCandidate } from "./certified-range.ts";
import { costAt, coverageAt, total } from "./preview.ts";
import { showDollarRange, showShares } from "./show-ranges.ts";

/** What the chosen threshold would do, as far as recorded readings and evidence say. */
export function PreviewFigures({
	sum,
	bins,
	threshold,
	costUnknown,
	evidence,
}: {
	readonly sum: UsageSum;
	readonly bins: ConfidenceBins;
	readonly threshold: number;
	/** Why a cost cannot be told for this cascade, whatever was recorded; null: it can. */
	readonly costUnknown: string | null;
	readonly evidence: EvidenceReport | null;
}) {
	const readings = total(bins.all);
	const coverage = coverageAt(bins, threshold);
	const cost = costUnknown === null && readings > 0 ? costAt(sum, bins, threshold) : null;
	const noCost = costUnknown ?? (readings === 0 ? "no readings" : "no prices, or no answers");
	const figures: Figure[] = [
		{
			name: "Coverage",
			means:
				"Share of the recorded readings at or above the threshold. Readings are kept in bins of 0.05, so between two edges of bins it is known to a bin.",
			value: coverage === null ? "unknown" : showShares(coverage),
			tone: "edge",
			note:
				coverage === null
					? "no readings"
					: `${showShare(total(bins.accepted) / readings)} of ${showCount(readings)} were in fact accepted`,
		},
		riskFigure(evidence, threshold),
		{
			name: "Cost a request",
			means:
				"The period’s mean, with one call of the last stage more or less for each answer that would be passed on or accepted otherwise, at the mean price of such a call by the policy’s prices. Every answer at or above the threshold is taken to be accepted; checks may still pass some on.",
			value: cost === null ? "unknown" : showDollarRange(cost.costUsd),
			note: cost === null ? noCost : "estimated",
		},
		{
			name: "Saved a request",
			means:
				"Against always asking the last stage, audits included. Negative where the cascade would cost more than that.",
			value: cost === null ? "unknown" : showDollarRange(cost.savedUsd),
			...(cost === null ? {} : { tone: cost.savedUsd.high < 0 ? ("bad" as const) : ("good" as const) }),
			note:
				cost === null
					? noCost
					: `${showShares(shareOf(cost.savedUsd, sum.alwaysLastUsd / (sum.requests - sum.costUnknown)))} of always asking the last stage, estimated`,
		},
	];
	return <Figures figures={figures} />;
}

function riskFigure(evidence: EvidenceReport | null, threshold: number): Figure {
	const means =
		"How many of the accepted answers are wrong by the labeller, at the nearest threshold that the evidence has evaluated; nothing is made up between two of them. With Wilson’s 95% interval of that threshold alone, which is not the certificate.";
	const nearest = nearestCandidate(evidence?.candidates ?? [], threshold);
	if (nearest === null)
		return {
			name: "Risk",
			means,
			value: "unknown",
			note: evidence === null ? "nothing is labelled without a guarantee" : "no threshold is evaluated yet",
		};
	const { share, low, high } = proportion(nearest.wrong, nearest.labels);
	return {
		name: `Risk at ${showConfidence(nearest.threshold)}`,
		means,
		value: share === null ? "unknown" : showShare(share),
		note:
			share === null
				? "no labels yet"
				: `${showShares({ low, high })}; ${showCount(nearest.wrong)} of ${showCount(nearest.labels)} wrong; ${nearest.certified ? "certified" : "not certified"}`,
	};
}

function shareOf({ low, high }: { readonly low: number; readonly high: number }, whole: number) {
	return { low: low / whole, high: high / whole };
}
