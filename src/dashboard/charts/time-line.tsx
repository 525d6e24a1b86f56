import { showDuration } from "../show/show-values.ts";
import { Chart, Drawing, type ChartTable } from "./chart.tsx";
import { linearScale } from "./linear-scale.ts";
import { MarkLabel, PlaceAxis, type Area } from "./plane.tsx";

/** Something that took from `start` to `end`, in milliseconds after the beginning. */
export interface Span {
	readonly name: string;
	readonly start: number;
	readonly end: number;
	/** When its first result was there. */
	readonly first?: number | undefined;
	readonly tone: string;
	readonly shown: string;
}

/** What happened one after, and beside, another: a bar for each span, a line for each mark. */
export function TimeLine({
	name,
	summary,
	spans,
	marks,
	totalMs,
	table,
}: {
	readonly name: string;
	readonly summary: string;
	readonly spans: readonly Span[];
	readonly marks: readonly { readonly at: number; readonly name: string }[];
	readonly totalMs: number;
	readonly table: ChartTable;
}) {
	const rowHeight = 50;
	const top = 8 + marks.length * 18;
	const height = top + spans.length * rowHeight + 34;
	return (
		<Chart
			name={name}
			summary={summary}
			legend={
				spans.some(({ first }) => first !== undefined)
					? [{ name: "waiting for the first token (paler)", mark: "box waiting" }]
					: []
			}
			table={table}
			draw={(width) => {
				const area: Area = { left: 14, right: width - 14, top, bottom: height - 30 };
				const last = Math.max(totalMs, ...spans.map(({ end }) => end), ...marks.map(({ at }) => at), 1);
				const x = linearScale([0, last], [area.left, area.right]);
				const ticks = x.ticks(width < 500 ? 4 : 7);
				return (
					<Drawing name={`${name}. ${summary}`} width={width} height={height}>
						{ticks.map((value) => (
							<line key={value} class="grid" x1={x(value)} x2={x(value)} y1={area.top} y2={area.bottom} />
						))}
						{marks.map(({ at, name }, index) => {
							const isRight = x(at) > width / 2;
							return (
								<g key={name} class="marked">
									<line x1={x(at)} x2={x(at)} y1={12 + index * 18} y2={area.bottom} />
									<MarkLabel
										x={x(at) + (isRight ? -6 : 6)}
										y={16 + index * 18}
										anchor={isRight ? "end" : "start"}
										tone="marked"
									>
										{name}
									</MarkLabel>
								</g>
							);
						})}
						{spans.map(({ name, start, end, first, tone, shown }, index) => {
							const y = area.top + index * rowHeight + 22;
							const least = Math.max(x(end), x(start) + 2);
							return (
								<g key={index}>
									<MarkLabel x={area.left} y={y - 6}>
										{name} <tspan class="muted">{shown}</tspan>
									</MarkLabel>
									<rect class={`block ${tone}`} x={x(start)} y={y} width={least - x(start)} height={16} rx={3} />
									{first !== undefined && (
										<rect
											class="waiting-over"
											x={x(start)}
											y={y}
											width={Math.max(0, x(first) - x(start))}
											height={16}
											rx={3}
										/>
									)}
								</g>
							);
						})}
						<PlaceAxis area={area} places={ticks.map((value) => ({ at: x(value), label: showDuration(value) }))} />
					</Drawing>
				);
			}}
		/>
	);
}
