import type { ComponentChildren } from "preact";
import { Chart, Drawing } from "./chart.tsx";
import { linearScale, niceDomain, ticksOf } from "./linear-scale.ts";
import { areaOf, PlaceAxis, ValueAxis, type Area } from "./plane.tsx";

/** One part of each bin, from the axis up. */
export interface HistogramPart {
	readonly name: string;
	readonly counts: readonly number[];
	readonly tone: string;
}

/** Where a value from 0 to 1 is in a drawing, and the other way round. */
export interface HistogramPlane {
	readonly area: Area;
	readonly placeOf: (value: number) => number;
	/** From 0 to 1, whatever the place. */
	readonly valueAt: (place: number) => number;
}

/** How many readings from 0 to 1 fell into each of equally wide bins. `overlay` draws on it, as a threshold's line. */
export function Histogram({
	name,
	summary,
	valueHeading,
	parts,
	overlay,
	height = 240,
}: {
	readonly name: string;
	readonly summary: string;
	readonly valueHeading: string;
	readonly parts: readonly HistogramPart[];
	readonly overlay?: (plane: HistogramPlane) => ComponentChildren;
	readonly height?: number;
}) {
	const bins = Math.max(...parts.map(({ counts }) => counts.length));
	const indices = Array.from({ length: bins }, (_, index) => index);
	const sums = indices.map((index) => parts.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0));
	const edge = (index: number) => (index / bins).toFixed(2);
	const show = (count: number) => count.toLocaleString("en-GB");
	return (
		<Chart
			name={name}
			summary={summary}
			legend={parts.map(({ name, tone }) => ({ name, mark: `box ${tone}` }))}
			table={{
				columns: [{ heading: valueHeading, isText: true }, ...parts.map(({ name }) => ({ heading: name }))],
				rows: indices.map((index) => [
					`${edge(index)} to ${edge(index + 1)}`,
					...parts.map(({ counts }) => show(counts[index] ?? 0)),
				]),
			}}
			draw={(width) => {
				const heights = niceDomain([0, Math.max(1, ...sums)], 4);
				const area = areaOf(width, height, Math.max(...ticksOf(heights, 4).map((value) => show(value).length)));
				const y = linearScale(heights, [area.bottom, area.top]);
				const x = linearScale([0, 1], [area.left, area.right]);
				return (
					<Drawing name={`${name}. ${summary}`} width={width} height={height} isOperated={overlay !== undefined}>
						<g aria-hidden={overlay !== undefined}>
							<ValueAxis area={area} scale={y} show={show} />
							{indices.map((index) => {
								let below = 0;
								return (
									<g key={index}>
										{parts.map(({ name, counts, tone }) => {
											const count = counts[index] ?? 0;
											const from = below;
											below += count;
											return count === 0 ? null : (
												<rect
													key={name}
													class={`block ${tone}`}
													x={x(index / bins) + 1}
													width={Math.max(1, x(1 / bins) - x(0) - 2)}
													y={y(below)}
													height={Math.max(0, y(from) - y(below))}
												>
													<title>{`${edge(index)} to ${edge(index + 1)}: ${name} ${show(count)}`}</title>
												</rect>
											);
										})}
									</g>
								);
							})}
							<PlaceAxis
								area={area}
								places={[0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => ({ at: x(value), label: String(value) }))}
							/>
						</g>
						{overlay?.({
							area,
							placeOf: (value) => x(value),
							valueAt: (place) => Math.max(0, Math.min(1, x.invert(place))),
						})}
					</Drawing>
				);
			}}
		/>
	);
}
