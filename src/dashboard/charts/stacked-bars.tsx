import { Chart, Drawing } from "./chart.tsx";
import { linearScale, niceDomain, ticksOf } from "./linear-scale.ts";
import { areaOf, PlaceAxis, ValueAxis, type Place } from "./plane.tsx";

/** One part of every bar. */
export interface BarPart {
	readonly name: string;
	readonly values: readonly number[];
	readonly tone: string;
}

/** Counts over time, a bar for each hour or day, divided into parts. */
export function StackedBars({
	name,
	summary,
	labels,
	labelHeading,
	places,
	parts,
	show,
	height = 220,
}: {
	readonly name: string;
	readonly summary: string;
	readonly labels: readonly string[];
	readonly labelHeading: string;
	/** The bars that the axis may name: `at` is a bar's number from 0. */
	readonly places: readonly Place[];
	readonly parts: readonly BarPart[];
	readonly show: (value: number) => string;
	readonly height?: number;
}) {
	const sums = labels.map((_, index) => parts.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
	return (
		<Chart
			name={name}
			summary={summary}
			legend={parts.map(({ name, tone }) => ({ name, mark: `box ${tone}` }))}
			table={{
				columns: [{ heading: labelHeading, isText: true }, ...parts.map(({ name }) => ({ heading: name }))],
				rows: labels.map((label, index) => [label, ...parts.map(({ values }) => show(values[index] ?? 0))]),
			}}
			draw={(width) => {
				const heights = niceDomain([0, Math.max(1, ...sums)], 4);
				const area = areaOf(width, height, Math.max(...ticksOf(heights, 4).map((value) => show(value).length)));
				const y = linearScale(heights, [area.bottom, area.top]);
				const step = (area.right - area.left) / Math.max(1, labels.length);
				const thickness = Math.max(1, Math.min(step * 0.72, 44));
				const middle = (index: number) => area.left + step * (index + 0.5);
				return (
					<Drawing name={`${name}. ${summary}`} width={width} height={height}>
						<ValueAxis area={area} scale={y} show={show} />
						{labels.map((label, index) => {
							let below = 0;
							return (
								<g key={label}>
									{parts.map(({ name, values, tone }) => {
										const value = values[index] ?? 0;
										const from = below;
										below += value;
										return value === 0 ? null : (
											<rect
												key={name}
												class={`block ${tone}`}
												x={middle(index) - thickness / 2}
												width={thickness}
												y={y(below)}
												height={Math.max(0, y(from) - y(below))}
											>
												<title>{`${label}: ${name} ${show(value)}`}</title>
											</rect>
										);
									})}
								</g>
							);
						})}
						<PlaceAxis area={area} places={places.map(({ at, label }) => ({ at: middle(at), label }))} />
					</Drawing>
				);
			}}
		/>
	);
}
