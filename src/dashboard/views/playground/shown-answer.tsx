import { routeHash } from "../../app/route.ts";
import { Card } from "../../parts/card.tsx";
import { Figures, type Figure } from "../../parts/figures.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Table } from "../../parts/table.tsx";
import { reasonWords } from "../../show/reasons.ts";
import { showCount, showDollars, showDuration } from "../../show/show-values.ts";
import { stageTone } from "../../show/stage-tone.ts";
import { DecisionTrail } from "../requests/decision-trail.tsx";
import type { Answer } from "./ask-model.ts";

/** What came of a question: the text, what was decided and why, and what it cost. */
export function ShownAnswer({
	answer,
	isAsking,
	stages,
	address,
}: {
	readonly answer: Answer;
	readonly isAsking: boolean;
	/** Of the cascade that was asked. */
	readonly stages: readonly string[];
	readonly address: { readonly tenant: string; readonly cascade: string };
}) {
	const { text, facts, failure, requestId } = answer;
	return (
		<>
			<Card
				title="Answer"
				{...(facts === null
					? {}
					: {
							actions: <span class={`badge ${stageTone(facts.stage, stages)}`}>{facts.stage}</span>,
							about: `${facts.model}. ${reasonWords(facts.reason).label}.`,
						})}
			>
				<p class="answer-text">{text === "" && failure === null && !isAsking ? "The answer has no text." : text}</p>
				<p class="hidden" role="status">
					{isAsking ? "Asking …" : failure === null ? `Answered: ${text.slice(0, 500)}` : ""}
				</p>
				{isAsking && text === "" && <p class="about">Asking …</p>}
				{failure !== null && (
					<Notice kind="bad">
						<p>{failure}</p>
					</Notice>
				)}
				{requestId !== null && !isAsking && (
					<p class="hint">
						Request <code>{requestId}</code>
						{answer.policyRevision === null ? "" : `, policy revision ${answer.policyRevision}`}. In a few seconds it is
						among the <a href={routeHash(address.tenant, address.cascade, "requests")}>recent requests</a>.
					</p>
				)}
			</Card>
			{facts !== null && (
				<>
					<Figures figures={figuresOf(answer)} />
					<DecisionTrail request={facts} stages={stages} />
					<Card title="Calls" about="Every call to a model that the answer took, rejected answers included.">
						<Table
							caption="Calls of the answer"
							isCaptionHidden
							columns={[
								{ heading: "Stage", isText: true },
								{ heading: "Model", isText: true },
								{ heading: "For", isText: true },
								{ heading: "Took" },
								{ heading: "Tokens in" },
								{ heading: "Tokens out" },
								{ heading: "Cost" },
							]}
							rows={facts.calls.map(({ stage, model, purpose, ms, usage, costUsd, estimated }) => [
								stage,
								<span class="code">{model}</span>,
								purpose,
								showDuration(ms),
								usage === null ? "unknown" : showCount(usage.inputTokens),
								usage === null ? "unknown" : showCount(usage.outputTokens),
								costUsd === null ? "unknown" : `${estimated === true ? "at most " : ""}${showDollars(costUsd)}`,
							])}
						/>
					</Card>
				</>
			)}
		</>
	);
}

function figuresOf({ facts, firstMs, totalMs }: Answer): readonly Figure[] {
	if (facts === null) return [];
	const { costUsd, savedUsd } = facts;
	return [
		{
			name: "Cost",
			means: "US dollars of all calls, by the policy’s prices.",
			value: costUsd === null ? "unknown" : showDollars(costUsd),
		},
		{
			name: "Saved",
			means: "Against asking the last stage alone; negative where a small answer was paid for and not used.",
			value: savedUsd === null ? "unknown" : showDollars(savedUsd),
			...(savedUsd === null ? {} : { tone: savedUsd < 0 ? ("bad" as const) : ("good" as const) }),
		},
		{
			name: "Took",
			means: "As this browser saw it: from sending to the last byte.",
			value: totalMs === null ? "…" : showDuration(totalMs),
			...(firstMs === null ? {} : { note: `first text after ${showDuration(firstMs)}` }),
		},
	];
}
