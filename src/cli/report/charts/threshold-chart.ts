import { percent } from "../../tune/show-numbers.ts";
import type { PathStep, ReportModel } from "../report-model.ts";
import { bound, numberTick, percentTick, shortThresholds } from "../show-figures.ts";
import type { ChartSize } from "../svg/chart-size.ts";
import { drawing, mark, path } from "../svg/elements.ts";
import { paddedExtent } from "../svg/extents.ts";
import { inkOf } from "../svg/ink.ts";
import { drawLabels } from "../svg/place-labels.ts";
import { curve, dots, drawAxes, layPlane, type Axis, type Plane, type Point } from "../svg/plane.ts";
import { riskPanel, type PlacedStep } from "./risk-panel.ts";

/** The panel of escalation below that of risk. */
const MORE_HEIGHT = 60;
const RISK_SHARE = 0.62;

/**
 * Risk with its confidence band, and the rate of escalation, at every threshold of the path: what was tested, what passed,
 * and where testing stopped. Of several thresholds at once the axis counts the steps of the path. Empty for no step.
 */
export function thresholdChart(
	{ path: steps, claim, models }: Pick<ReportModel, "path" | "claim" | "models">,
	size: ChartSize,
): string {
	if (steps.length === 0) return "";
	const isOne = models.length === 2;
	const placed = steps.map((step): PlacedStep => ({ ...step, at: isOne ? (step.thresholds[0] ?? 0) : step.index + 1 }));
	const x = paddedExtent(
		placed.map(({ at }) => at),
		0.03,
	);
	const tall = { ...size, height: size.height + MORE_HEIGHT };
	const split = Math.round(RISK_SHARE * tall.height);
	const lower = layPlane(tall, { x, y: [0, 1] }, { top: split + 40, bottom: tall.height - 48 });
	const axis: Axis = isOne
		? { label: "threshold   (← looser · stricter →)", format: numberTick }
		: { label: "step of the path   (← stricter · looser →)", format: wholeTick };
	return drawing(
		tall,
		{ id: "threshold", title: "Risk and escalation against threshold", description: describe(steps, claim.target) },
		riskPanel(placed, claim, tall, { x, top: 32, bottom: split - 10 }) +
			drawAxes(lower, { x: axis, y: { label: "escalated", format: percentTick } }) +
			escalation(lower, placed),
	);
}

function escalation(plane: Plane, steps: readonly PlacedStep[]): string {
	const rates = steps.map(({ at, escalation: rate }): Point => [at, rate]);
	const chosen = steps.find(({ verdict }) => verdict === "chosen");
	const drawn = path(curve(plane, rates), "curve rate") + dots(plane, rates);
	if (chosen === undefined) return drawn;
	const [x, y] = [plane.x(chosen.at), plane.y(chosen.escalation)];
	const label = { x, y, text: `${percent(chosen.escalation)} escalated`, className: "main" };
	return drawn + mark("disc", x, y, "chosen") + drawLabels(plane, [label], inkOf(plane, rates));
}

function wholeTick(value: number): string {
	return Number.isInteger(value) ? String(value) : "";
}

function describe(steps: readonly PathStep[], target: number): string {
	const chosen = steps.find(({ verdict }) => verdict === "chosen");
	const failed = steps.find(({ verdict }) => verdict === "failed");
	return [
		`${steps.length} thresholds; the target is ${percent(target)}.`,
		chosen === undefined
			? "None passed."
			: `Chosen: ${shortThresholds(chosen.thresholds)}, with an observed risk of ${percent(chosen.risk)} and an upper bound of ${bound(chosen.upper)}.`,
		failed === undefined
			? ""
			: `Testing stopped at ${shortThresholds(failed.thresholds)}, upper bound ${bound(failed.upper)}.`,
	].join(" ");
}
