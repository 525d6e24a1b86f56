import type { EvidenceReport } from "../../api/recorded-types.ts";
import { Card } from "../../parts/card.tsx";
import { Table } from "../../parts/table.tsx";
import { Term } from "../../parts/term.tsx";
import { showCount, showMinute, showShare } from "../../show/show-values.ts";

const CAUSES = {
	first: "the first",
	alarm: "an alarm",
	expired: "the last one had run out",
	restart: "begun by hand",
} as const;

/** Where the evidence comes from: what was counted, and each new beginning. */
export function EvidenceRecord({ report: { counts, epochs } }: { readonly report: EvidenceReport }) {
	const rows: readonly (readonly [string, string, number])[] = [
		["Requests", "Texts whose first stage gave a reading.", counts.requests],
		["Accepted", "Answers of the small model that were served.", counts.accepted],
		["Passed on", "Answered by a later stage, which labels the small answer for nothing.", counts.escalated],
		["Sent past by the gate", "The small model was not asked.", counts.gated],
		["Drawn for an audit", "Accepted answers that were also sent to the large model.", counts.drawn],
		["Labelled", "Answers that got a verdict.", counts.labelled],
		["Wrong", "Verdicts against the small model, and audits without one.", counts.wrong],
		["Without a verdict in time", "Audits that count as wrong.", counts.unresolved + counts.failed + counts.late],
		[
			"Not to be labelled",
			"No label could be had, whatever it would have said; assumed to be wrong.",
			counts.unobserved,
		],
	];
	return (
		<div class="columns">
			<Card title="What was counted" about="Since the ledger of this configuration was made.">
				<dl class="counted">
					{rows.map(([name, means, count]) => (
						<div key={name}>
							<dt>
								<Term means={means}>{name}</Term>
							</dt>
							<dd>{showCount(count)}</dd>
						</div>
					))}
				</dl>
			</Card>
			<Card
				title="Auditions"
				about={
					<>
						Each new beginning has its own part of the{" "}
						<Term means="The chance that the promise is false. All auditions together spend no more of it than was promised.">
							chance of error
						</Term>
						.
					</>
				}
			>
				<Table
					caption="Auditions"
					isCaptionHidden
					columns={[
						{ heading: "No.", isText: true },
						{ heading: "Because of", isText: true },
						{ heading: "Began", isText: true },
						{ heading: "Ended", isText: true },
						{ heading: "Chance of error" },
					]}
					rows={epochs.map(({ epoch, cause, openedAt, closedAt, delta }) => [
						String(epoch),
						CAUSES[cause],
						showMinute(openedAt),
						closedAt === null ? "goes on" : showMinute(closedAt),
						showShare(delta),
					])}
				/>
			</Card>
		</div>
	);
}
