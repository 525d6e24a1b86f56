import { Chart, Drawing, type ChartTable } from "./chart.tsx";
import { linearScale, niceDomain } from "./linear-scale.ts";
import { MarkLabel, PlaceAxis, type Area } from "./plane.tsx";

/** One row: a line from `low` to `high`, with marks on it. */
export interface RangeRow {
	readonly name: string;
	readonly low: number;
	readonly high: number;
	readonly tone: string;
	readonly marks: readonly { readonly at: number; readonly shape: "point" | "tick" }[];
	/** What is written beside the name. */
	readonly shown: string;
}

/** Intervals one under another on one axis, with a line that they are to be compared with, where there is one. */
export function RangeChart({
	name,
	summary,
	rows,
	show,
	limit,
	greatest,
	table,
}: {
	readonly name: string;
	readonly summary: string;
	readonly rows: readonly RangeRow[];
	readonly show: (value: number) => string;
	readonly limit?: { readonly at: number; readonly name: string };
	/** The right end of the axis; from the values where absent. */
	readonly greatest?: number;
	readonly table: ChartTable;
}) {
	const rowHeight = 46;
	const top = limit === undefined ? 6 : 24;
	const height = top + rows.length * rowHeight + 30;
	const most = greatest ?? Math.max(limit?.at ?? 0, ...rows.map(({ high }) => high), Number.MIN_VALUE);
	return (
		<Chart
			name={name}
			summary={summary}
			table={table}
			draw={(width) => {
				const area: Area = { left: 14, right: width - 14, top, bottom: height - 30 };
				const x = linearScale(greatest === undefined ? niceDomain([0, most], 5) : [0, most], [area.left, area.right]);
				const isRight = limit !== undefined && x(limit.at) > width / 2;
				return (
					<Drawing name={`${name}. ${summary}`} width={width} height={height}>
						{x.ticks(width < 500 ? 4 : 6).map((value) => (
							<line key={value} class="grid" x1={x(value)} x2={x(value)} y1={area.top} y2={area.bottom} />
						))}
						{limit !== undefined && (
							<g class="limit">
								<line x1={x(limit.at)} x2={x(limit.at)} y1={area.top - 6} y2={area.bottom} />
								<MarkLabel
									x={x(limit.at) + (isRight ? -6 : 6)}
									y={area.top - 10}
									anchor={isRight ? "end" : "start"}
									tone="limit"
								>
									{limit.name}
								</MarkLabel>
							</g>
						)}
						{rows.map(({ name, low, high, tone, marks, shown }, index) => {
							const middle = area.top + index * rowHeight + 32;
							return (
								<g key={name}>
									<MarkLabel x={area.left} y={middle - 14}>
										{name} <tspan class="muted">{shown}</tspan>
									</MarkLabel>
									<line class={`range ${tone}`} x1={x(low)} x2={x(high)} y1={middle} y2={middle} />
									{marks.map(({ at, shape }) =>
										shape === "point" ? (
											<circle key={at} class={`dot ${tone}`} cx={x(at)} cy={middle} r={5} />
										) : (
											<line key={at} class={`tick ${tone}`} x1={x(at)} x2={x(at)} y1={middle - 6} y2={middle + 6} />
										),
									)}
								</g>
							);
						})}
						<PlaceAxis
							area={area}
							places={x.ticks(width < 500 ? 4 : 6).map((value) => ({ at: x(value), label: show(value) }))}
						/>
					</Drawing>
				);
			}}
		/>
	);
}
