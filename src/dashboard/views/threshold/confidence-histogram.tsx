import type { ConfidenceBins, EvidenceReport } from "../../api/recorded-types.ts";
import { Histogram } from "../../charts/histogram.tsx";
import { showConfidence, showCountOf } from "../../show/show-values.ts";
import { certifiedRange } from "./certified-range.ts";
import { coverageAt, cutBin, total } from "./preview.ts";
import { showShares } from "./show-ranges.ts";
import { ThresholdSlider } from "./threshold-slider.tsx";

/** The readings of a stage, by what the chosen threshold would make of them, with the threshold to be moved. */
export function ConfidenceHistogram({
	stage,
	bins,
	threshold,
	inForce,
	evidence,
	onMove,
}: {
	readonly stage: string;
	readonly bins: ConfidenceBins;
	readonly threshold: number;
	readonly inForce: number | null;
	/** Null where the stage has no guarantee, or its evidence is not known. */
	readonly evidence: EvidenceReport | null;
	readonly onMove: (threshold: number) => void;
}) {
	const candidates = evidence?.candidates ?? [];
	const coverage = coverageAt(bins, threshold);
	const cut = cutBin(bins.all.length, threshold);
	const firstAbove = cut === null ? Math.round(threshold * bins.all.length) : cut + 1;
	const only = (keep: (bin: number) => boolean) => bins.all.map((count, bin) => (keep(bin) ? count : 0));
	const share = coverage === null ? "" : ` accepts ${showShares(coverage)} of the readings`;
	return (
		<Histogram
			name={`Confidence of ${stage}`}
			summary={
				coverage === null
					? "There are no readings to draw. The threshold can be chosen all the same."
					: `${showCountOf(total(bins.all), "reading")}. A threshold of ${showConfidence(threshold)}${share}.`
			}
			valueHeading="Confidence"
			parts={[
				{ name: "accepted", tone: "edge", counts: only((bin) => bin >= firstAbove) },
				{ name: "in the threshold’s own bin", tone: "middle", counts: only((bin) => bin === cut) },
				{ name: "passed on", tone: "origin", counts: only((bin) => bin < firstAbove && bin !== cut) },
			]}
			overlay={(plane) => (
				<ThresholdSlider
					plane={plane}
					value={threshold}
					valueText={`${showConfidence(threshold)}${share}`}
					inForce={inForce}
					certified={certifiedRange(candidates)}
					evaluated={candidates.map((candidate) => candidate.threshold)}
					onMove={onMove}
				/>
			)}
		/>
	);
}
