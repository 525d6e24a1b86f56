import type { EvidenceReport } from "../../api/recorded-types.ts";
import { PointChart } from "../../charts/point-chart.tsx";
import { Card } from "../../parts/card.tsx";
import { Term } from "../../parts/term.tsx";
import { showConfidence, showCount, showShare } from "../../show/show-values.ts";
import { showTimes } from "./show-evidence.ts";

/** How strongly the evidence speaks for each threshold, and which of them it has certified. */
export function CandidateEvidence({ report: { candidates, logNeeded, lease } }: { readonly report: EvidenceReport }) {
	const certified = candidates.filter((candidate) => candidate.certified);
	const loosest = certified.at(-1);
	const summary =
		loosest === undefined
			? `Of ${showCount(candidates.length)} thresholds none is certified yet; each needs evidence of ${showTimes(logNeeded)}.`
			: `${showCount(certified.length)} of ${showCount(candidates.length)} thresholds are certified, down to ${showConfidence(loosest.threshold)}, which accepts ${showShare(loosest.coverage)} of the requests.`;
	return (
		<Card
			title="Evidence by threshold"
			about={
				<>
					How many times the evidence speaks for a threshold’s keeping its promise. One that has once reached the line
					is certified, and{" "}
					<Term means="Strict thresholds are tested first; a looser one can be certified only after all stricter ones from the start of the test on.">
						strict ones come first
					</Term>
					.
				</>
			}
		>
			{candidates.length === 0 ? (
				<p class="about">There are not yet readings enough to lay out the thresholds to be tested.</p>
			) : (
				<PointChart
					name="Evidence by threshold"
					summary={summary}
					legend={[
						{ name: "certified", mark: "box good" },
						{ name: "not certified", mark: "box plain" },
					]}
					points={candidates
						.map(({ threshold, logEvidence, certified }) => ({
							x: threshold,
							y: logEvidence / Math.LN10,
							tone: certified ? "good" : "plain",
						}))
						.toSorted((left, right) => left.x - right.x)}
					xBounds={boundsOf(candidates.map(({ threshold }) => threshold))}
					axisName="threshold: the least confidence accepted"
					showX={showConfidence}
					// In powers of ten, so that the axis has round numbers.
					showY={(power) => showTimes(power * Math.LN10)}
					level={{ at: logNeeded / Math.LN10, name: `needed: ${showTimes(logNeeded)}` }}
					marked={
						lease.threshold === null
							? undefined
							: { at: lease.threshold, name: `in force: ${showConfidence(lease.threshold)}` }
					}
					table={{
						columns: [
							{ heading: "Threshold", isText: true },
							{ heading: "Accepts" },
							{ heading: "Labels" },
							{ heading: "Wrong" },
							{ heading: "Evidence" },
							{ heading: "Certified", isText: true },
						],
						rows: candidates.map(({ threshold, coverage, labels, wrong, logEvidence, certified }) => [
							showConfidence(threshold),
							showShare(coverage),
							showCount(labels),
							showCount(wrong),
							showTimes(logEvidence),
							certified ? "yes" : "no",
						]),
					}}
				/>
			)}
		</Card>
	);
}

/** The thresholds' range with a little room; of one threshold, all there could be. */
function boundsOf(thresholds: readonly number[]): readonly [number, number] {
	const [least, greatest] = [Math.min(...thresholds), Math.max(...thresholds)];
	const room = (greatest - least) * 0.04;
	return room === 0 ? [0, 1] : [Math.max(0, least - room), Math.min(1, greatest + room)];
}
