import { clopperPearsonLower, clopperPearsonUpper } from "../../../tuning/bounds/clopper-pearson.ts";
import { percent } from "../../tune/show-numbers.ts";
import type { ReliabilityDiagram } from "../report-model.ts";
import { compactCount, numberTick, percentTick } from "../show-figures.ts";
import type { ChartSize } from "../svg/chart-size.ts";
import { box, drawing, mark, path, segment, text } from "../svg/elements.ts";
import { inkOf } from "../svg/ink.ts";
import { drawLabels, type Label } from "../svg/place-labels.ts";
import { curve, drawAxes, layPlane, type Point } from "../svg/plane.ts";

/** Each side of a 95% interval. */
const TAIL = 0.025;

/** The share of right answers in each bin of confidence, with its 95% interval, above how many answers the bin has. */
export function reliabilityChart(diagram: ReliabilityDiagram, size: ChartSize, id: string): string {
	const tall = { ...size, height: size.height + 70 };
	const split = Math.round(tall.height * 0.7);
	const upper = layPlane(tall, { x: [0, 1], y: [0, 1] }, { top: 32, bottom: split - 16 });
	const most = Math.max(1, ...diagram.bins.map(({ rows }) => rows));
	const lower = layPlane(tall, { x: [0, 1], y: [0, most * 1.25] }, { top: split + 34, bottom: tall.height - 48 });
	const diagonal: Point[] = [
		[0, 0],
		[1, 1],
	];
	const filled = diagram.bins.filter(({ rows }) => rows > 0);
	const points = filled.map(({ confidence, accuracy }): Point => [confidence ?? 0, accuracy ?? 0]);
	const whiskers = filled.map(({ rows, confidence, accuracy }) => {
		const right = Math.round((accuracy ?? 0) * rows);
		const x = upper.x(confidence ?? 0);
		return segment(
			[x, upper.y(clopperPearsonLower(right, rows, TAIL))],
			[x, upper.y(clopperPearsonUpper(right, rows, TAIL))],
			"whisker",
		);
	});
	const bars = diagram.bins.map(({ rows, lower: from, upper: to }) => {
		const [left, right] = [lower.x(from) + 1.5, lower.x(to) - 1.5];
		return (
			box([left, lower.y(rows)], [right, lower.bottom], "bar") +
			text((left + right) / 2, lower.y(rows) - 4, compactCount(rows), { className: "tick", anchor: "middle" })
		);
	});
	const label: Label = { x: upper.x(0.3), y: upper.y(0.3), text: "confidence = share right", className: "random" };
	return drawing(
		tall,
		{ id, title: `Reliability of ${diagram.model}`, description: describe(diagram) },
		drawAxes(upper, { y: { label: "right answers", format: percentTick } }) +
			path(curve(upper, diagonal), "curve random") +
			path(curve(upper, points), "curve main thin") +
			whiskers.join("") +
			points.map(([x, y]) => mark("disc", upper.x(x), upper.y(y), "chosen")).join("") +
			drawLabels(upper, [label], inkOf(upper, diagonal, points)) +
			drawAxes(lower, {
				x: { label: "confidence", format: numberTick },
				y: { label: "answers", format: (value) => compactCount(value) },
			}) +
			bars.join(""),
	);
}

function describe({ bins, equalWidth }: ReliabilityDiagram): string {
	const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
	const error =
		equalWidth === null ? "" : ` On average confidence and share differ by ${percent(equalWidth.expected)} (ECE).`;
	return `${rows} answers in ${bins.length} bins of confidence.${error}`;
}
