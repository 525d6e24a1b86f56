import { RangeChart } from "../../charts/range-chart.tsx";
import { Card } from "../../parts/card.tsx";
import { Figures, type Figure } from "../../parts/figures.tsx";
import { Notice } from "../../parts/notice.tsx";
import { showConfidence, showCount, showShare } from "../../show/show-values.ts";
import type { Tuning } from "./read-report.ts";

/** The figures of a tuning run, from its JSON. */
export function TuningSummary({ name, tuning }: { readonly name: string; readonly tuning: Tuning }) {
	const { certified, models, thresholds, target, delta, risk, coverage, accepted, wrong, upperBound } = tuning;
	const shownThresholds = thresholds.map(showConfidence).join(" and ");
	return (
		<>
			<Notice
				kind={certified ? "good" : "careful"}
				title={certified ? `Certified at ${shownThresholds}` : "Nothing could be certified"}
			>
				<p>
					{certified
						? `At most ${showShare(target)} ${risk === "selective" ? "of the accepted answers" : "of the requests"} are wrong (${risk} risk); the chance that this is false is at most ${showShare(delta)}.`
						: `For a ${risk} risk of at most ${showShare(target)}.${tuning.reason === null ? "" : ` Reason: ${tuning.reason}.`}${tuning.labelsNeeded === null ? "" : ` About ${showCount(tuning.labelsNeeded)} labels are needed.`}`}
				</p>
				<p class="hint">
					{name}: {models.join(" → ")}
				</p>
			</Notice>
			<Figures figures={figuresOf(tuning)} />
			{accepted > 0 && upperBound !== null && (
				<Card title="Risk against its target" about="On the rows that were tested, with the bound that is promised.">
					<RangeChart
						name="Risk on the tested rows"
						summary={`${showCount(wrong)} of ${showCount(accepted)} accepted answers were wrong; the true risk is at most ${showShare(upperBound)} with the promised confidence.`}
						show={showShare}
						limit={{ at: target, name: `target ${showShare(target)}` }}
						rows={[
							{
								name: "Risk",
								low: 0,
								high: upperBound,
								tone: upperBound <= target ? "good" : "bad",
								marks: [
									{ at: upperBound, shape: "tick" },
									{ at: wrong / accepted, shape: "point" },
								],
								shown: `${showShare(wrong / accepted)}, at most ${showShare(upperBound)}`,
							},
						]}
						table={{
							columns: [
								{ heading: "Accepted", isText: true },
								{ heading: "Wrong" },
								{ heading: "Share" },
								{ heading: "At most" },
								{ heading: "Target" },
							],
							rows: [
								[
									showCount(accepted),
									showCount(wrong),
									showShare(wrong / accepted),
									showShare(upperBound),
									showShare(target),
								],
							],
						}}
					/>
				</Card>
			)}
			<Card title="All of it" about={`Accepts ${showShare(coverage)} of the requests. As the tuner wrote it:`}>
				<pre class="whole-text" tabIndex={0} aria-label="The report's JSON" role="region">
					{tuning.text}
				</pre>
			</Card>
		</>
	);
}

function figuresOf({ coverage, rows, quality, lastStageQuality, saving, target }: Tuning): Figure[] {
	const optional = (value: number | null) => (value === null ? "unknown" : showShare(value));
	return [
		{
			name: "Target risk",
			means: "The greatest share of wrong answers that was asked for.",
			value: showShare(target),
		},
		{
			name: "Accepted",
			means: "Share of the requests that a small model answers at the certified threshold: the coverage.",
			value: showShare(coverage),
			note: `of ${showCount(rows)} rows`,
			tone: "edge",
		},
		{
			name: "Right answers",
			means: "Share of right answers of the whole cascade, by the labels of the log.",
			value: optional(quality),
			note: `${optional(lastStageQuality)} by the last stage alone`,
		},
		{
			name: "Saved",
			means: "Share of the cost of always asking the last stage.",
			value: optional(saving),
			note: "against always asking the last stage",
			...(saving === null ? {} : { tone: saving < 0 ? ("bad" as const) : ("good" as const) }),
		},
	];
}
