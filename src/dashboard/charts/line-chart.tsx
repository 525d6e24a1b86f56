import { useState } from "preact/hooks";
import { Chart, Drawing, type LegendEntry } from "./chart.tsx";
import { linearScale, niceDomain, ticksOf } from "./linear-scale.ts";
import { areaPath, linePath, type Corner } from "./paths.ts";
import { areaOf, PlaceAxis, ValueAxis, type Place } from "./plane.tsx";

/** One line of a chart over time. Its values stand at the moments of the chart; null where there is none. */
export interface Line {
	readonly name: string;
	readonly values: readonly (number | null)[];
	/** Class of the line and its swatch: `edge`, `origin`, `plain`, `good`, `bad`. */
	readonly tone: string;
	/** Filled down to another line, or to zero. */
	readonly isFilled?: boolean;
	/** The line below which the filling ends, by its name. */
	readonly filledTo?: string;
	readonly isDashed?: boolean;
}

/** Values over time, as lines or areas. Under the pointer the values of the nearest moment are written out. */
export function LineChart({
	name,
	summary,
	moments,
	showMoment,
	momentHeading,
	places,
	lines,
	show,
	height = 220,
	bounds,
}: {
	readonly name: string;
	readonly summary: string;
	/** Ascending, in milliseconds since the Unix epoch. */
	readonly moments: readonly number[];
	readonly showMoment: (at: number) => string;
	readonly momentHeading: string;
	/** The moments that the axis may name. */
	readonly places: readonly Place[];
	readonly lines: readonly Line[];
	readonly show: (value: number) => string;
	readonly height?: number;
	/** The least and the greatest value of the axis; from the values where absent. */
	readonly bounds?: readonly [number, number];
}) {
	const [nearest, setNearest] = useState<number | null>(null);
	const known = lines.flatMap(({ values }) => values.filter((value) => value !== null));
	const [least, greatest] = bounds ?? [Math.min(0, ...known), Math.max(0, ...known)];
	const legend: LegendEntry[] = lines.map(({ name, tone, isFilled = false, isDashed = false }) => ({
		name,
		mark: `${isFilled ? "area" : "line"} ${tone}${isDashed ? " dashed" : ""}`,
	}));
	const shownMoment = nearest === null ? undefined : moments[nearest];
	return (
		<Chart
			name={name}
			summary={summary}
			legend={legend}
			table={{
				columns: [{ heading: momentHeading, isText: true }, ...lines.map(({ name }) => ({ heading: name }))],
				rows: moments.map((at, index) => [showMoment(at), ...lines.map(({ values }) => shown(values[index], show))]),
			}}
			readout={
				shownMoment === undefined || nearest === null ? null : (
					<>
						<b>{showMoment(shownMoment)}</b>
						{lines.map(({ name, values }) => (
							<span key={name}>
								{name} <b>{shown(values[nearest], show)}</b>
							</span>
						))}
					</>
				)
			}
			draw={(width) => {
				const heights = niceDomain([least, greatest === least ? least + 1 : greatest], 4);
				const digits = Math.max(...ticksOf(heights, 4).map((value) => show(value).length));
				const area = areaOf(width, height, digits);
				const y = linearScale(heights, [area.bottom, area.top]);
				const first = moments[0] ?? 0;
				const last = moments.at(-1) ?? 1;
				const x = linearScale([first, last === first ? first + 1 : last], [area.left, area.right]);
				const corners = (values: readonly (number | null)[]): Corner[] =>
					moments.map((at, index) => {
						const value = values[index] ?? null;
						return value === null ? null : [x(at), y(value)];
					});
				return (
					<Drawing
						name={`${name}. ${summary}`}
						width={width}
						height={height}
						onPointerMove={(event) => {
							const at = x.invert(event.clientX - event.currentTarget.getBoundingClientRect().left);
							setNearest(nearestTo(moments, at));
						}}
						onPointerLeave={() => setNearest(null)}
					>
						<ValueAxis area={area} scale={y} show={show} />
						<PlaceAxis area={area} places={places.map(({ at, label }) => ({ at: x(at), label }))} />
						{lines
							.filter(({ isFilled }) => isFilled)
							.map(({ name, values, tone, filledTo }) => {
								const floor = lines.find(({ name }) => name === filledTo)?.values;
								return (
									<path
										key={name}
										class={`fill ${tone}`}
										d={areaPath(corners(values), (index) => y(floor?.[index] ?? Math.max(0, least)))}
									/>
								);
							})}
						{lines.map(({ name, values, tone, isDashed }) => (
							<g key={name}>
								<path class={`curve ${tone}${isDashed === true ? " dashed" : ""}`} d={linePath(corners(values))} />
								{corners(values).map((corner, index, all) =>
									// A point without neighbours is no line, and would not be seen.
									corner === null || (all[index - 1] ?? null) !== null || (all[index + 1] ?? null) !== null ? null : (
										<circle key={index} class={`dot ${tone}`} cx={corner[0]} cy={corner[1]} r={3} />
									),
								)}
							</g>
						))}
						{shownMoment !== undefined && nearest !== null && (
							<g class="crosshair">
								<line x1={x(shownMoment)} x2={x(shownMoment)} y1={area.top} y2={area.bottom} />
								{lines.map(({ name, values, tone }) => {
									const value = values[nearest] ?? null;
									return value === null ? null : (
										<circle key={name} class={`dot ${tone}`} cx={x(shownMoment)} cy={y(value)} r={4} />
									);
								})}
							</g>
						)}
					</Drawing>
				);
			}}
		/>
	);
}

function shown(value: number | null | undefined, show: (value: number) => string): string {
	return value === null || value === undefined ? "none" : show(value);
}

function nearestTo(moments: readonly number[], at: number): number | null {
	let best: number | null = null;
	for (const [index, moment] of moments.entries()) {
		const before = best === null ? undefined : moments[best];
		if (before === undefined || Math.abs(moment - at) < Math.abs(before - at)) best = index;
	}
	return best;
}
