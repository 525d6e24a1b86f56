import { showConfidence } from "../show/show-values.ts";

/** A confidence against the threshold that it had to reach: a bar with a mark, and both in words. */
export function ConfidenceMeter({
	confidence,
	threshold,
}: {
	readonly confidence: number | null;
	readonly threshold: number | null;
}) {
	if (confidence === null) return <span class="about">none</span>;
	const tone = threshold === null ? "plain" : confidence >= threshold ? "edge" : "origin";
	return (
		<span class="meter">
			<span class="meter-track">
				<i class={tone} style={{ width: `${confidence * 100}%` }} />
				{threshold !== null && <b style={{ left: `${threshold * 100}%` }} />}
			</span>
			<span>
				{showConfidence(confidence)}
				{threshold !== null && <span class="about"> of {showConfidence(threshold)}</span>}
			</span>
		</span>
	);
}
