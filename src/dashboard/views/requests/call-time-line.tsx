import type { CallRecord } from "../../../core/trail.ts";
import type { RecentRequest } from "../../api/recorded-types.ts";
import { TimeLine } from "../../charts/time-line.tsx";
import { Card } from "../../parts/card.tsx";
import { showCount, showDollars, showDuration } from "../../show/show-values.ts";
import { stageTone } from "../../show/stage-tone.ts";
import { placeCalls } from "./call-spans.ts";

const PURPOSES: Readonly<Record<CallRecord["purpose"], string>> = {
	answer: "answer",
	sample: "another sample, for the confidence",
	verify: "check by another model",
};

/** When each model was asked, and how long it took. */
export function CallTimeLine({
	request,
	stages,
}: {
	readonly request: RecentRequest;
	readonly stages: readonly string[];
}) {
	const placed = placeCalls(request);
	const total = showDuration(request.durationMs);
	const models = placed.reduce((sum, { call }) => sum + call.ms, 0);
	const summary =
		placed.length === 0
			? `No model was asked; the request took ${total}.`
			: `${placed.length === 1 ? "One call" : `${placed.length} calls`} of ${showDuration(models)} together, in a request of ${total}.`;
	return (
		<Card title="Time line" about="From arrival to the last byte: each bar is one call to a model.">
			{placed.some(({ isRecorded }) => !isRecorded) && (
				<p class="hint">When some calls began was not recorded: they are drawn one after another.</p>
			)}
			<TimeLine
				name="Calls of the request"
				summary={summary}
				totalMs={request.durationMs}
				spans={placed.map(({ call, start, end }) => ({
					name: `${call.stage}: ${PURPOSES[call.purpose]}`,
					start,
					end,
					first: call.firstTokenMs === undefined ? undefined : start + call.firstTokenMs,
					tone: stageTone(call.stage, stages),
					shown: showDuration(call.ms),
				}))}
				marks={[
					...(request.firstTokenMs === undefined
						? []
						: [{ at: request.firstTokenMs, name: `first token sent, ${showDuration(request.firstTokenMs)}` }]),
					{ at: request.durationMs, name: `last byte, ${total}` },
				]}
				table={{
					columns: [
						{ heading: "Stage", isText: true },
						{ heading: "Model", isText: true },
						{ heading: "For", isText: true },
						{ heading: "Began" },
						{ heading: "First token" },
						{ heading: "Took" },
						{ heading: "Tokens in" },
						{ heading: "Tokens out" },
						{ heading: "Cost" },
					],
					rows: placed.map(({ call, start, isRecorded }) => [
						call.stage,
						<span class="code">{call.model}</span>,
						PURPOSES[call.purpose],
						isRecorded ? showDuration(start) : "not recorded",
						call.firstTokenMs === undefined ? "–" : showDuration(call.firstTokenMs),
						showDuration(call.ms),
						call.usage === null ? "unknown" : showCount(call.usage.inputTokens),
						call.usage === null ? "unknown" : showCount(call.usage.outputTokens),
						call.costUsd === null
							? "unknown"
							: `${call.estimated === true ? "at most " : ""}${showDollars(call.costUsd)}`,
					]),
				}}
			/>
		</Card>
	);
}
