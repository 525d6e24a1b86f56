import { percent } from "../../tune/show-numbers.ts";
import type { QualityCurves } from "../report-model.ts";
import { percentTick } from "../show-figures.ts";
import type { ChartSize } from "../svg/chart-size.ts";
import { drawing, mark, path } from "../svg/elements.ts";
import { shareExtent } from "../svg/extents.ts";
import { inkOf } from "../svg/ink.ts";
import { drawLabels, type Label } from "../svg/place-labels.ts";
import { curve, dots, drawAxes, layPlane, type Plane, type Point } from "../svg/plane.ts";

/** Quality as more requests escalate, beside escalation at random, in the best possible order, and by a gate. */
export function deferralChart(quality: QualityCurves, size: ChartSize): string {
	const { chosen } = quality;
	const curves = [
		{ name: "best possible order", style: "oracle", points: pairs(quality.oracle), at: 0.3 },
		{ name: "at random", style: "random", points: pairs(quality.random), at: 0.72 },
		{ name: "gate before any answer", style: "gate", points: pairs(quality.gate), at: 0.45 },
		{ name: "this cascade", style: "main", points: pairs(quality.points), at: 0.55 },
	].filter(({ points }) => points.length > 0);
	const plane = layPlane(
		size,
		{ x: [0, 1], y: shareExtent(curves.flatMap(({ points }) => points.map(([, share]) => share))) },
		{ top: 32, bottom: size.height - 48 },
	);
	const labels = curves.map(({ name, style, points, at }): Label => ({
		...onCurve(plane, points, at),
		text: name,
		className: style,
	}));
	const prompt = quality.baselines.find(({ name }) => name === "longest prompts");
	const marked = [
		...(chosen === null ? [] : [{ ...place(plane, chosen), text: "chosen", className: "main" }]),
		...(prompt === undefined ? [] : [{ ...place(plane, prompt), text: prompt.name, className: "" }]),
	];
	return drawing(
		size,
		{ id: "deferral", title: "Quality against escalation", description: describe(quality) },
		drawAxes(plane, {
			x: { label: "escalated to the last model", format: percentTick },
			y: { label: "right answers", format: percentTick },
		}) +
			curves.map(({ style, points }) => path(curve(plane, points), `curve ${style}`)).join("") +
			dots(plane, pairs(quality.points)) +
			(prompt === undefined ? "" : mark("ring", plane.x(prompt.escalation), plane.y(prompt.quality), "baseline")) +
			(chosen === null ? "" : mark("disc", plane.x(chosen.escalation), plane.y(chosen.quality), "chosen")) +
			drawLabels(plane, [...marked, ...labels], inkOf(plane, ...curves.map(({ points }) => points))),
	);
}

function pairs(points: readonly { readonly escalation: number; readonly quality: number }[] | null): Point[] {
	return (points ?? []).map(({ escalation, quality }) => [escalation, quality]);
}

function place(
	{ x, y }: Plane,
	{ escalation, quality }: { readonly escalation: number; readonly quality: number },
): { x: number; y: number } {
	return { x: x(escalation), y: y(quality) };
}

/** Where a curve is at an escalation, or at its end. */
function onCurve({ x, y }: Plane, points: readonly Point[], escalation: number): { x: number; y: number } {
	const after = Math.max(
		1,
		points.findIndex(([at]) => at >= escalation),
	);
	const to = points[after] ?? points[0] ?? [0, 0];
	const from = points[after - 1] ?? to;
	const share = to[0] > from[0] ? Math.min(1, Math.max(0, (escalation - from[0]) / (to[0] - from[0]))) : 0;
	return { x: x(from[0] + share * (to[0] - from[0])), y: y(from[1] + share * (to[1] - from[1])) };
}

function describe({ chosen, qualityFirst, qualityLast }: QualityCurves): string {
	const ends = `From ${percent(qualityFirst)} right with nothing escalated to ${percent(qualityLast)} with everything.`;
	return chosen === null
		? ends
		: `${ends} At the chosen threshold ${percent(chosen.escalation)} escalate and ${percent(chosen.quality)} are right.`;
}
