import { scaleLinear, type ScaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import type { ChartSize } from "./chart-size.ts";
import { mark, pixels, segment, text } from "./elements.ts";

/** A rectangle of a chart with a linear scale along each side. */
export interface Plane {
	readonly x: ScaleLinear<number, number>;
	readonly y: ScaleLinear<number, number>;
	readonly left: number;
	readonly right: number;
	readonly top: number;
	readonly bottom: number;
}

/** Lowest and highest value. */
export type Extent = readonly [number, number];

const LEFT = 46;
const RIGHT = 18;

/** Lays a plane between two heights of a chart. */
export function layPlane(
	{ width }: ChartSize,
	domain: { readonly x: Extent; readonly y: Extent },
	{ top, bottom }: { readonly top: number; readonly bottom: number },
): Plane {
	const [left, right] = [LEFT, width - RIGHT];
	return {
		x: scaleLinear(domain.x, [left, right]),
		y: scaleLinear(domain.y, [bottom, top]),
		left,
		right,
		top,
		bottom,
	};
}

/** What an axis is called and how its values are written; `step` is the distance of its ticks. */
export interface Axis {
	readonly label: string;
	readonly format: (value: number, step: number) => string;
}

/** Grid, ticks and names. Without `x` the plane shares the axis of another one below it. */
export function drawAxes(plane: Plane, { x, y }: { readonly x?: Axis | undefined; readonly y: Axis }): string {
	const { left, right, top, bottom } = plane;
	const rows = plane.y.ticks(Math.max(2, Math.round((bottom - top) / 55)));
	const columns = plane.x.ticks(Math.max(2, Math.round((right - left) / 65)));
	const drawnY = rows.map((value) => {
		const at = plane.y(value);
		return (
			segment([left, at], [right, at], "grid") +
			text(left - 8, at + 4, y.format(value, stepOf(rows)), { className: "tick", anchor: "end" })
		);
	});
	const drawnX = columns.map((value) => {
		const at = plane.x(value);
		const label = x === undefined ? "" : x.format(value, stepOf(columns));
		return (
			segment([at, bottom], [at, bottom + 5], "axis") +
			(label === "" ? "" : text(at, bottom + 19, label, { className: "tick", anchor: "middle" }))
		);
	});
	return [
		...drawnY,
		segment([left, bottom], [right, bottom], "axis"),
		...drawnX,
		text(0, top - 14, y.label, { className: "axis-name" }),
		x === undefined ? "" : text((left + right) / 2, bottom + 39, x.label, { className: "axis-name", anchor: "middle" }),
	].join("");
}

function stepOf(ticks: readonly number[]): number {
	return Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
}

/** A point in the values of a plane. */
export type Point = readonly [x: number, y: number];

/** Straight lines through points. */
export function curve({ x, y }: Plane, points: readonly Point[]): string | null {
	return line<Point>(
		([at]) => x(at),
		([, value]) => y(value),
	).digits(1)(points);
}

/** Below this a curve's points can be told apart. */
const FEW_POINTS = 40;

/** The points themselves where they are so few that a line through them may mislead; else nothing. */
export function dots({ x, y }: Plane, points: readonly Point[]): string {
	if (points.length >= FEW_POINTS) return "";
	return points.map(([at, value]) => mark("ring", x(at), y(value), "dot")).join("");
}

/** The area between two values at each place. */
export function band(
	{ x, y }: Plane,
	points: readonly (readonly [x: number, low: number, high: number])[],
): string | null {
	return area<readonly [number, number, number]>(
		([at]) => x(at),
		([, low]) => y(low),
		([, , high]) => y(high),
	).digits(1)(points);
}

/** Keeps what is drawn inside the plane; `id` is unique in the page. */
export function clipped({ left, right, top, bottom }: Plane, id: string, content: string): string {
	const [x, y] = [pixels(left), pixels(top - 1)];
	return (
		`<clipPath id="${id}"><rect x="${x}" y="${y}" width="${pixels(right - left)}" height="${pixels(bottom - top + 2)}"/></clipPath>` +
		`<g clip-path="url(#${id})">${content}</g>`
	);
}
