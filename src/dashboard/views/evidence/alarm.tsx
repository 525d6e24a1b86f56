import { useEffect, useState } from "preact/hooks";
import type { EvidenceReport } from "../../api/recorded-types.ts";
import { BarList } from "../../charts/bar-list.tsx";
import { LineChart } from "../../charts/line-chart.tsx";
import { Card } from "../../parts/card.tsx";
import { Term } from "../../parts/term.tsx";
import { showClock, showCount, showMoment } from "../../show/show-values.ts";
import { showTimes } from "./show-evidence.ts";

/** Of ten minutes at a look every five seconds. */
const MOST_LOOKS = 120;

interface Look {
	readonly at: number;
	readonly logValue: number;
}

/** What would take the certificate back: how near it is, how it went since this page is open, how soon it would notice. */
export function Alarm({ report: { alarm, lease, watermark } }: { readonly report: EvidenceReport }) {
	const { logValue, logLevel, delayLabels, delayAccepted, delayRequests, at } = alarm;
	const [looks, setLooks] = useState<readonly Look[]>([]);
	useEffect(() => {
		if (logValue !== null)
			setLooks((before) =>
				(before.at(-1)?.at === watermark ? before : [...before, { at: watermark, logValue }]).slice(-MOST_LOOKS),
			);
	}, [watermark, logValue]);
	useEffect(() => setLooks((before) => before.slice(-1)), [lease.epoch]);
	const isWatching = logValue !== null && logLevel !== null;
	return (
		<Card
			title="Alarm"
			about={
				<>
					<Term means="Labels of accepted answers are gathered as evidence that the risk has risen over its target. At the level the certificate is withdrawn by itself, and a new audition begins.">
						Evidence that answers have become worse
					</Term>
					, against the level at which the certificate is withdrawn.
				</>
			}
		>
			{!isWatching && <p class="about">Nothing is accepted, so there is nothing to watch.</p>}
			{isWatching && (
				<BarList
					name="Evidence for an alarm"
					most={1}
					bars={[
						{
							name: `${showTimes(logValue)} of ${showTimes(logLevel)}`,
							value: logLevel === 0 ? 0 : Math.max(0, logValue / logLevel),
							shown: logValue >= logLevel ? "reached" : "not reached",
							tone: logValue >= logLevel ? "bad" : "good",
						},
					]}
				/>
			)}
			{isWatching && looks.length > 1 && (
				<LineChart
					name="Evidence for an alarm since this page is open"
					summary={`Now ${showTimes(logValue)}; the alarm is at ${showTimes(logLevel)}.`}
					moments={looks.map(({ at }) => at)}
					momentHeading="Labels until"
					places={looks.map(({ at }) => ({ at, label: showClock(at) }))}
					showMoment={showClock}
					show={showTimes}
					height={160}
					lines={[
						{ name: "Alarm level", values: looks.map(() => logLevel), tone: "bad", isDashed: true },
						{ name: "Evidence", values: looks.map(({ logValue }) => logValue), tone: "edge" },
					]}
				/>
			)}
			{delayLabels !== null && (
				<p class="hint">
					If the risk rose to twice its target, this would be noticed after about {showCount(Math.ceil(delayLabels))}{" "}
					labels
					{delayAccepted === null ? "" : `, or ${showCount(Math.ceil(delayAccepted))} accepted answers`}
					{delayRequests === null ? "" : `, or ${showCount(Math.ceil(delayRequests))} requests`}, on average.
				</p>
			)}
			{at !== null && <p class="hint">The last alarm was on {showMoment(at)}.</p>}
		</Card>
	);
}
