import { percent } from "../../tune/show-numbers.ts";
import type { PathStep, ReportClaim } from "../report-model.ts";
import { percentTick, shortThreshold } from "../show-figures.ts";
import type { ChartSize } from "../svg/chart-size.ts";
import { box, mark, path, segment } from "../svg/elements.ts";
import { paddedExtent, shareFromZero } from "../svg/extents.ts";
import { inkOf } from "../svg/ink.ts";
import { drawLabels, type Label } from "../svg/place-labels.ts";
import { band, clipped, curve, dots, drawAxes, layPlane, type Extent, type Plane, type Point } from "../svg/plane.ts";

/** A step and where it stands on the axis of thresholds. */
export interface PlacedStep extends PathStep {
	readonly at: number;
}

/** With fewer accepted rows the bounds are so wide that they would squeeze everything else together. */
const FEWEST_ACCEPTED = 20;

/** Observed risk with its band, the target, the steps that passed, the chosen one and the one that failed. */
export function riskPanel(
	steps: readonly PlacedStep[],
	claim: ReportClaim,
	size: ChartSize,
	{ x, top, bottom }: { readonly x: Extent; readonly top: number; readonly bottom: number },
): string {
	const known = steps.filter(({ risk }) => risk !== null);
	const plane = layPlane(size, { x, y: riskExtent(known, claim) }, { top, bottom });
	const risks = known.map(({ at, risk }): Point => [at, risk ?? 0]);
	const bounds = known.map(({ at, upper }): Point => [at, upper]);
	const between = known.map(({ at, lower, upper }): [number, number, number] => [at, lower, upper]);
	const target: Point[] = [
		[x[0], claim.target],
		[x[1], claim.target],
	];
	const label = claim.risk === "regret" ? "regret" : `${claim.risk} risk`;
	return (
		passedArea(plane, steps) +
		drawAxes(plane, { y: { label, format: percentTick } }) +
		clipped(
			plane,
			`threshold-${size.name}-clip`,
			path(band(plane, between), "band") +
				path(curve(plane, bounds), "curve bound") +
				path(curve(plane, risks), "curve main") +
				dots(plane, risks),
		) +
		path(curve(plane, target), "curve target") +
		marks(plane, steps) +
		drawLabels(plane, labels(plane, steps, claim), inkOf(plane, risks, bounds, target))
	);
}

function riskExtent(steps: readonly PlacedStep[], { risk, target }: ReportClaim): Extent {
	const counted = steps.filter(({ accepted }) => accepted >= FEWEST_ACCEPTED);
	const shown = counted.length > 0 ? counted : steps;
	const uppers = shown.map(({ upper }) => upper);
	if (risk !== "regret") return shareFromZero([...uppers, target]);
	return paddedExtent([...shown.map(({ lower }) => lower), ...uppers, target, 0], 0.08);
}

function passedArea(plane: Plane, steps: readonly PlacedStep[]): string {
	const passed = steps.filter(({ verdict }) => verdict === "passed" || verdict === "chosen").map(({ at }) => at);
	if (passed.length === 0) return "";
	const edge = (x: number): number => Math.min(Math.max(x, plane.left), plane.right);
	const [from, to] = [plane.x(Math.min(...passed)) - 2, plane.x(Math.max(...passed)) + 2];
	return box([edge(from), plane.top], [edge(to), plane.bottom], "passed");
}

function marks({ x, y }: Plane, steps: readonly PlacedStep[]): string {
	const failed = steps.find(({ verdict }) => verdict === "failed");
	const chosen = steps.find(({ verdict }) => verdict === "chosen");
	return (
		(failed === undefined ? "" : mark("cross", x(failed.at), y(failed.risk ?? 0), "failed")) +
		(chosen === undefined
			? ""
			: segment([x(chosen.at), y(chosen.upper)], [x(chosen.at), y(chosen.lower)], "whisker") +
				mark("disc", x(chosen.at), y(chosen.risk ?? 0), "chosen"))
	);
}

function labels(plane: Plane, steps: readonly PlacedStep[], { target }: ReportClaim): Label[] {
	const found: Label[] = [];
	for (const { at, risk, verdict, thresholds } of steps) {
		const point = { x: plane.x(at), y: plane.y(risk ?? 0) };
		const [only] = thresholds;
		const chosen = thresholds.length === 1 && only !== undefined ? `chosen ${shortThreshold(only)}` : "chosen";
		if (verdict === "chosen") found.push({ ...point, text: chosen, className: "main" });
		if (verdict === "failed") found.push({ ...point, text: "stopped here", className: "failed" });
	}
	return [...found, { x: plane.left + 4, y: plane.y(target), text: `target ${percent(target)}`, className: "target" }];
}
