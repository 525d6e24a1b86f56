import type { RecentRequest } from "../../api/recorded-types.ts";
import { Card } from "../../parts/card.tsx";
import { ConfidenceMeter } from "../../parts/confidence-meter.tsx";
import { reasonWords } from "../../show/reasons.ts";
import { stageTone } from "../../show/stage-tone.ts";

const OUTCOMES = { accepted: "served", deferred: "passed on", skipped: "not asked", failed: "failed" } as const;

/** What became of each stage, in the order in which they were considered. */
export function DecisionTrail({
	request: { trail },
	stages,
}: {
	readonly request: Pick<RecentRequest, "trail">;
	readonly stages: readonly string[];
}) {
	return (
		<Card title="Decisions" about="What became of each stage, in the order in which they were considered.">
			{trail.length === 0 && <p class="about">No stage was considered.</p>}
			<ol class="trail">
				{trail.map((entry, index) => {
					const words = reasonWords(entry.reason);
					return (
						<li key={index} class={stageTone(entry.stage, stages)}>
							<h3>
								{entry.stage}: {OUTCOMES[entry.outcome]}
							</h3>
							<p>
								{/* Of a later stage the reason is the earlier one's: why this one was asked. */}
								{entry.outcome === "accepted" && entry.reason !== "accepted" ? (
									<>Asked because of: {words.label.toLowerCase()}.</>
								) : (
									<>
										<b>{words.label}.</b> {words.means}
									</>
								)}
								{entry.detail === undefined ? "" : ` (${entry.detail})`}
							</p>
							{entry.confidence !== null && (
								<p class="trail-reading">
									<span class="about">Confidence</span>{" "}
									<ConfidenceMeter confidence={entry.confidence} threshold={entry.threshold} />
									{entry.thresholdSource !== undefined && <span class="about"> {entry.thresholdSource} threshold</span>}
								</p>
							)}
						</li>
					);
				})}
			</ol>
		</Card>
	);
}
