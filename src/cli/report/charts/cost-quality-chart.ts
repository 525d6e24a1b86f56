import type { QualityCurves } from "../report-model.ts";
import { percentTick, savingText, usdPerThousand, usdTick } from "../show-figures.ts";
import type { ChartSize } from "../svg/chart-size.ts";
import { drawing, mark, path } from "../svg/elements.ts";
import { paddedExtent, shareExtent } from "../svg/extents.ts";
import { inkOf } from "../svg/ink.ts";
import { drawLabels, type Label } from "../svg/place-labels.ts";
import { clipped, curve, dots, drawAxes, layPlane, type Extent, type Point } from "../svg/plane.ts";
import { percent } from "../../tune/show-numbers.ts";

const PER_REQUESTS = 1_000;

/**
 * Cost of 1,000 requests against quality: the cascade at every threshold, what mixtures of all that is drawn can reach (the
 * hull), and what the cascade has to beat. Empty where no price is known.
 */
export function costQualityChart(quality: QualityCurves, size: ChartSize): string {
	const points = priced(quality.points);
	const hull = quality.hull ?? [];
	const baselines = quality.baselines.filter(({ costUsd }) => costUsd !== null);
	if (points.length === 0 || hull.length === 0) return "";
	const { chosen } = quality;
	const hullPoints = hull.map(({ costUsd, quality: share }): Point => [PER_REQUESTS * costUsd, share]);
	const named = [...(chosen === null ? [] : [chosen]), ...baselines];
	const all = [...points, ...hullPoints, ...priced(named)];
	const plane = layPlane(
		size,
		{ x: costExtent(all.map(([cost]) => cost)), y: shareExtent(all.map(([, share]) => share)) },
		{ top: 32, bottom: size.height - 48 },
	);
	const at = ({ costUsd, quality: share }: { costUsd: number | null; quality: number }): [number, number] => [
		plane.x(PER_REQUESTS * (costUsd ?? 0)),
		plane.y(share),
	];
	const labels: Label[] = named
		.filter(({ costUsd }) => costUsd !== null)
		.map((point) => {
			const [x, y] = at(point);
			return { x, y, text: short(point.name, size), className: point === chosen ? "main" : "" };
		});
	const marks = baselines.map((point) =>
		mark(point.name.endsWith(" alone") ? "square" : "ring", ...at(point), "baseline"),
	);
	return drawing(
		size,
		{ id: "cost-quality", title: "Cost against quality", description: describe(quality) },
		drawAxes(plane, {
			x: { label: "cost of 1,000 requests, US dollars", format: usdTick },
			y: { label: "right answers", format: percentTick },
		}) +
			clipped(
				plane,
				`cost-quality-${size.name}-clip`,
				path(curve(plane, hullPoints), "curve hull") + path(curve(plane, points), "curve main"),
			) +
			dots(plane, points) +
			marks.join("") +
			(chosen === null || chosen.costUsd === null ? "" : mark("disc", ...at(chosen), "chosen")) +
			drawLabels(plane, labels, inkOf(plane, points, hullPoints)),
	);
}

function priced(points: readonly { readonly costUsd: number | null; readonly quality: number }[]): Point[] {
	return points.flatMap(({ costUsd, quality }): Point[] =>
		costUsd === null ? [] : [[PER_REQUESTS * costUsd, quality]],
	);
}

/** From nothing where that does not squeeze the points together. */
function costExtent(costs: readonly number[]): Extent {
	const [low, high] = paddedExtent(costs, 0.06);
	return [Math.min(...costs) < 0.4 * Math.max(...costs) ? 0 : low, high];
}

function short(name: string, { name: size }: ChartSize): string {
	const most = size === "wide" ? 36 : 24;
	return name.length <= most ? name : `…${name.slice(1 - most)}`;
}

function describe({ chosen, baselines }: QualityCurves): string {
	return [...(chosen === null ? [] : [chosen]), ...baselines]
		.map(
			({ name, costUsd, quality, saving }) =>
				`${name}: ${percent(quality)} right at ${usdPerThousand(costUsd)} for 1,000 requests, ${savingText(saving)}.`,
		)
		.join(" ");
}
