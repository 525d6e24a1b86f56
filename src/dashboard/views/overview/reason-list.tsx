import { BarList } from "../../charts/bar-list.tsx";
import { Card } from "../../parts/card.tsx";
import { Term } from "../../parts/term.tsx";
import { reasonWords } from "../../show/reasons.ts";
import { showCount, showShare } from "../../show/show-values.ts";
import type { UsageSum } from "../../usage/sum-usage.ts";

/** Why the answers served were those served, the most frequent reason first. */
export function ReasonList({ sum }: { readonly sum: UsageSum }) {
	const reasons = Object.entries(sum.reasons)
		.filter(([reason]) => reason !== "none")
		.toSorted(([, left], [, right]) => right - left);
	return (
		<Card title="Reasons" about="Why the stage that answered was the one to answer.">
			<BarList
				name="Requests by reason"
				most={sum.requests}
				bars={reasons.map(([reason, count]) => ({
					name: <Term means={reasonWords(reason).means}>{reasonWords(reason).label}</Term>,
					value: count,
					shown: `${showCount(count)} · ${showShare(count / sum.requests)}`,
					tone: toneOf(reason),
				}))}
			/>
		</Card>
	);
}

function toneOf(reason: string): string {
	if (reason === "accepted") return "edge";
	return /failed|exhausted|alarm|stale/u.test(reason) ? "bad" : "origin";
}
