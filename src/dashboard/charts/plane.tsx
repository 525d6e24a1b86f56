import type { ComponentChildren } from "preact";

/** A scale as the axes need it. */
export interface AxisScale {
	(value: number): number;
	readonly ticks: (count: number) => number[];
}

/** The sides of a drawing's plotting area, in pixels. */
export interface Area {
	readonly left: number;
	readonly right: number;
	readonly top: number;
	readonly bottom: number;
}

/** A plotting area with room at the left for numbers of `digits` characters. */
export function areaOf(width: number, height: number, digits: number): Area {
	return { left: Math.ceil(digits * 6.8) + 12, right: width - 12, top: 10, bottom: height - 28 };
}

/** Lines across the plotting area at round values, with the values at its left. */
export function ValueAxis({
	area,
	scale,
	show,
	count = 4,
}: {
	readonly area: Area;
	readonly scale: AxisScale;
	readonly show: (value: number) => string;
	readonly count?: number;
}) {
	return (
		<g class="axis">
			{scale.ticks(count).map((value) => (
				<g key={value}>
					<line class="grid" x1={area.left} x2={area.right} y1={scale(value)} y2={scale(value)} />
					<text x={area.left - 8} y={scale(value)} dy="0.32em" text-anchor="end">
						{show(value)}
					</text>
				</g>
			))}
		</g>
	);
}

/** Places under the plotting area: those whose labels do not touch, each wholly in the drawing. */
export function PlaceAxis({ area, places }: { readonly area: Area; readonly places: readonly Place[] }) {
	return (
		<g class="axis">
			<line class="base" x1={area.left} x2={area.right} y1={area.bottom} y2={area.bottom} />
			{spaced(places, area).map(({ at, label }) => (
				<text key={`${at} ${label}`} x={at} y={area.bottom + 18} text-anchor="middle">
					{label}
				</text>
			))}
		</g>
	);
}

/** A value or a moment that an axis names. */
export interface Place {
	readonly at: number;
	readonly label: string;
}

/** A line of text at a place of the drawing, which a mark there is called. */
export function MarkLabel({
	x,
	y,
	anchor = "start",
	children,
	tone = "",
}: {
	readonly x: number;
	readonly y: number;
	readonly anchor?: "start" | "middle" | "end";
	readonly tone?: string;
	readonly children: ComponentChildren;
}) {
	return (
		<text class={`mark-label ${tone}`} x={x} y={y} text-anchor={anchor}>
			{children}
		</text>
	);
}

/** What a character of a label is wide, and room between two labels. */
const CHARACTER = 7;
const GAP = 14;

/** Every second, third … of the places, as there is room; those at the ends are moved inwards. */
function spaced(places: readonly Place[], { right }: Area): readonly Place[] {
	const most = right + 12;
	for (let step = 1; step <= places.length; step++) {
		const chosen = places
			.filter((_, index) => index % step === 0)
			.map(({ at, label }) => {
				const half = (label.length * CHARACTER) / 2;
				return { label, half, at: Math.max(half, Math.min(at, most - half)) };
			});
		const touch = chosen.some(({ at, half }, index) => {
			const next = chosen[index + 1];
			return next !== undefined && at + half + GAP > next.at - next.half;
		});
		if (!touch) return chosen;
	}
	return [];
}
