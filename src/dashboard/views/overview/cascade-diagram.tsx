import { Card } from "../../parts/card.tsx";
import { showCount, showCountOf, showDollars, showDuration, showShare } from "../../show/show-values.ts";
import { stageTone } from "../../show/stage-tone.ts";
import type { UsageSum } from "../../usage/sum-usage.ts";
import type { NamedStage } from "./named-stage.ts";
import { dollarsByStage } from "./dollars-by-stage.ts";
import { travels } from "./travels.ts";
import type { Arrivals } from "./use-arrivals.ts";

/** The cascade as it is: each stage with what it answers, and between them what is passed on. New requests are seen moving. */
export function CascadeDiagram({
	sum,
	stages,
	arrivals,
}: {
	readonly sum: UsageSum;
	readonly stages: readonly NamedStage[];
	readonly arrivals: Arrivals;
}) {
	const names = stages.map(({ name }) => name);
	const all = sum.requests;
	let reaching = all;
	const parts = stages.map((stage) => {
		const answered = sum.stages[stage.name] ?? 0;
		const part = { stage, reached: reaching, answered };
		reaching = Math.max(0, reaching - answered);
		return part;
	});
	const none = sum.stages["none"] ?? 0;
	const dollars = dollarsByStage(arrivals.recent);
	const moving = travels(arrivals.requests, names);
	return (
		<Card
			title="The cascade"
			about="Requests come in at the first stage. An answer that is sure enough ends there; all others are passed on."
		>
			<ol class="cascade">
				<li class="cascade-in">
					<strong>{showCount(all)}</strong>
					<span>{all === 1 ? "request" : "requests"}</span>
				</li>
				{parts.map(({ stage, reached, answered }, index) => {
					const tone = stageTone(stage.name, names);
					const usd = dollars[stage.name];
					const latency = sum.stageLatency[stage.name];
					const asked = [
						...(latency === undefined ? [] : [showDuration(latency.p50)]),
						...(usd === undefined ? [] : [showDollars(usd)]),
					];
					const isLast = index === parts.length - 1;
					return (
						<li key={stage.name} class={`cascade-step ${tone}`}>
							<div class="link-between" style={{ "--weight": `${thickness(reached, all)}px` }}>
								<i class="pipe" />
								{moving[index]?.map(({ id, delayMs, tone }) => (
									<i
										key={`${arrivals.look} ${id}`}
										class={`traveller ${tone}`}
										style={{ animationDelay: `${delayMs}ms` }}
									/>
								))}
								<span>
									{index === 0 ? "all" : all === 0 ? "nothing passed on yet" : `${showShare(reached / all)} passed on`}
								</span>
							</div>
							<div class="stage">
								<h3>
									<i class={`swatch ${tone}`} /> {stage.name}
								</h3>
								<p class="code stage-model">{modelOf(stage)}</p>
								<p class="stage-share">
									<strong>{all === 0 ? "–" : showShare(answered / all)}</strong> answered here
								</p>
								<p class="hint">{showCountOf(answered, "request")}</p>
								{asked.length > 0 && <p class="hint">Asking it: {asked.join(", ")}</p>}
								<p class="hint">{isLast ? "Always serves its answer" : thresholdText(stage)}</p>
							</div>
						</li>
					);
				})}
			</ol>
			{none > 0 && (
				<p class="hint">
					{showCountOf(none, "request was", "requests were")} answered by no stage: failed, or broken off by the client.
				</p>
			)}
		</Card>
	);
}

function thickness(part: number, all: number): number {
	return all === 0 ? 2 : 2 + 10 * (part / all);
}

function modelOf(stage: NamedStage): string {
	return "model" in stage && typeof stage.model === "string" ? stage.model : stage.adapter;
}

function thresholdText(stage: NamedStage): string {
	if (stage.guarantee !== undefined)
		return `Accepts what is certified for a risk of ${showShare(stage.guarantee.targetRisk)}`;
	return stage.threshold === undefined ? "" : `Accepts a confidence of ${stage.threshold} and above`;
}
