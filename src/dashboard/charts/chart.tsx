import type { ComponentChildren, JSX, TargetedPointerEvent } from "preact";
import { Table, type Column } from "../parts/table.tsx";
import { useWidth } from "./use-width.ts";

/** The numbers of a chart, for those who want to read or hear them. */
export interface ChartTable {
	readonly columns: readonly Column[];
	readonly rows: readonly (readonly ComponentChildren[])[];
}

/** What a mark of a chart stands for. `mark` is the class that draws it. */
export interface LegendEntry {
	readonly name: string;
	readonly mark: string;
}

/**
 * The frame of every chart: a sentence that says what is to be seen, a legend, the drawing at the width there is, and its
 * table behind a disclosure. `name` is what the drawing and the table are called.
 */
export function Chart({
	name,
	summary,
	legend = [],
	table,
	readout,
	draw,
}: {
	readonly name: string;
	readonly summary: string;
	readonly legend?: readonly LegendEntry[];
	readonly table: ChartTable;
	/** What is under the pointer; where it is given its line is kept free. */
	readonly readout?: ComponentChildren;
	/** Draws at a width in pixels. The drawing has its own `role` and name, as `Drawing` gives them. */
	readonly draw: (width: number) => JSX.Element;
}) {
	const { element, width } = useWidth();
	return (
		<figure class="chart">
			<p class="chart-summary">{summary}</p>
			{legend.length > 0 && (
				<ul class="legend">
					{legend.map(({ name, mark }) => (
						<li key={name}>
							<i class={`swatch ${mark}`} />
							{name}
						</li>
					))}
				</ul>
			)}
			<div ref={element} class="drawing">
				{width > 0 && draw(width)}
			</div>
			{readout !== undefined && (
				<p class="readout" aria-hidden="true">
					{readout}
				</p>
			)}
			<details>
				<summary>Table: {name}</summary>
				<Table caption={name} isCaptionHidden columns={table.columns} rows={table.rows} />
			</details>
		</figure>
	);
}

/** An SVG drawing, one picture to a screen reader unless there is something in it to operate. */
export function Drawing({
	name,
	width,
	height,
	isOperated = false,
	children,
	...handlers
}: {
	readonly name: string;
	readonly width: number;
	readonly height: number;
	/** There is something in it to operate; what is not is to be hidden from screen readers. */
	readonly isOperated?: boolean;
	readonly children: ComponentChildren;
	readonly onPointerMove?: (event: TargetedPointerEvent<SVGSVGElement>) => void;
	readonly onPointerLeave?: (event: TargetedPointerEvent<SVGSVGElement>) => void;
}) {
	return (
		<svg
			role={isOperated ? "group" : "img"}
			aria-label={name}
			width={width}
			height={height}
			viewBox={`0 0 ${width} ${height}`}
			{...handlers}
		>
			{children}
		</svg>
	);
}
