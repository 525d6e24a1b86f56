import type { Plane, Point } from "./plane.ts";

/** Points along curves, close enough together that no label slips between them. */
export function inkOf(plane: Plane, ...curves: readonly (readonly Point[])[]): [number, number][] {
	const ink: [number, number][] = [];
	for (const points of curves)
		for (let index = 1; index < points.length; index++) {
			const from = inPixels(plane, points[index - 1] as Point);
			const to = inPixels(plane, points[index] as Point);
			const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / 5));
			for (let step = 0; step < steps; step++)
				ink.push([from[0] + ((to[0] - from[0]) * step) / steps, from[1] + ((to[1] - from[1]) * step) / steps]);
		}
	return ink;
}

function inPixels({ x, y }: Plane, [at, value]: Point): [number, number] {
	return [x(at), y(value)];
}
