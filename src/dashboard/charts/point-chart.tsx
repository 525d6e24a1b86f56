import { Chart, Drawing, type ChartTable, type LegendEntry } from "./chart.tsx";
import { linearScale, niceDomain, ticksOf } from "./linear-scale.ts";
import { linePath } from "./paths.ts";
import { areaOf, MarkLabel, PlaceAxis, ValueAxis } from "./plane.tsx";

/** A value at a place of a number axis. */
export interface Point {
	readonly x: number;
	readonly y: number;
	readonly tone: string;
}

/** Values along a number axis, joined by a line, with a line across that they are to reach and one upright that marks a place. */
export function PointChart({
	name,
	summary,
	legend,
	points,
	xBounds,
	showX,
	showY,
	level,
	marked,
	axisName,
	table,
	height = 240,
}: {
	readonly name: string;
	readonly summary: string;
	readonly legend?: readonly LegendEntry[];
	readonly points: readonly Point[];
	readonly xBounds: readonly [number, number];
	readonly showX: (value: number) => string;
	readonly showY: (value: number) => string;
	readonly level?: { readonly at: number; readonly name: string };
	readonly marked?: { readonly at: number; readonly name: string } | undefined;
	/** What the number axis measures. */
	readonly axisName: string;
	readonly table: ChartTable;
	readonly height?: number;
}) {
	const ys = [...points.map(({ y }) => y), ...(level === undefined ? [] : [level.at])];
	return (
		<Chart
			name={name}
			summary={summary}
			{...(legend === undefined ? {} : { legend })}
			table={table}
			draw={(width) => {
				const heights = niceDomain([Math.min(0, ...ys), Math.max(0, ...ys) * 1.08 || 1], 4);
				const plain = areaOf(width, height, Math.max(...ticksOf(heights, 4).map((value) => showY(value).length)));
				const area = { ...plain, top: plain.top + 14, bottom: plain.bottom - 18 };
				const y = linearScale(heights, [area.bottom, area.top]);
				const x = linearScale(xBounds, [area.left, area.right]);
				const isRight = marked !== undefined && x(marked.at) > width / 2;
				return (
					<Drawing name={`${name}. ${summary}`} width={width} height={height}>
						<ValueAxis area={area} scale={y} show={showY} />
						<path class="curve plain" d={linePath(points.map((point) => [x(point.x), y(point.y)]))} />
						{points.map((point) => (
							<circle key={point.x} class={`dot ${point.tone}`} cx={x(point.x)} cy={y(point.y)} r={4.5}>
								<title>{`${showX(point.x)}: ${showY(point.y)}`}</title>
							</circle>
						))}
						{level !== undefined && (
							<g class="limit">
								<line x1={area.left} x2={area.right} y1={y(level.at)} y2={y(level.at)} />
								<MarkLabel x={area.left + 6} y={y(level.at) - 6} tone="limit">
									{level.name}
								</MarkLabel>
							</g>
						)}
						{marked !== undefined && (
							<g class="marked">
								<line x1={x(marked.at)} x2={x(marked.at)} y1={area.top - 12} y2={area.bottom} />
								<MarkLabel
									x={x(marked.at) + (isRight ? -6 : 6)}
									y={area.top - 4}
									anchor={isRight ? "end" : "start"}
									tone="marked"
								>
									{marked.name}
								</MarkLabel>
							</g>
						)}
						<PlaceAxis
							area={area}
							places={x.ticks(width < 500 ? 4 : 8).map((value) => ({ at: x(value), label: showX(value) }))}
						/>
						<MarkLabel x={area.right} y={height - 4} anchor="end" tone="muted">
							{axisName}
						</MarkLabel>
					</Drawing>
				);
			}}
		/>
	);
}
