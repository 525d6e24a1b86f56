import { percent } from "../../tune/show-numbers.ts";
import type { ReportClaim, RiskCoverageCurve } from "../report-model.ts";
import { percentTick } from "../show-figures.ts";
import type { ChartSize } from "../svg/chart-size.ts";
import { drawing, mark, path, segment } from "../svg/elements.ts";
import { shareFromZero } from "../svg/extents.ts";
import { inkOf } from "../svg/ink.ts";
import { drawLabels, type Label } from "../svg/place-labels.ts";
import { clipped, curve, dots, drawAxes, layPlane, type Point } from "../svg/plane.ts";

/** Left of this coverage a handful of answers decides, and the curve may leave the plane. */
const SETTLED = 0.05;
const TARGET_STEPS = 80;

/** Share of wrong answers among the accepted as more are accepted, beside the best order, with the target and what was chosen. */
export function riskCoverageChart(risk: RiskCoverageCurve, claim: ReportClaim, size: ChartSize): string {
	const points = risk.points.map((point): Point => [point.coverage, point.risk]);
	const oracle = (risk.oracle ?? []).map((point): Point => [point.coverage, point.risk]);
	const target = targetLine(claim);
	const settled = points.filter(([coverage]) => coverage >= SETTLED).map(([, share]) => share);
	const { chosen } = risk;
	const plane = layPlane(
		size,
		{
			x: [0, 1],
			y: shareFromZero([
				...(settled.length > 0 ? settled : points.map(([, share]) => share)),
				claim.target * 1.15,
				chosen?.upper ?? 0,
			]),
		},
		{ top: 32, bottom: size.height - 48 },
	);
	const x = chosen === null ? 0 : plane.x(chosen.coverage);
	const [, top = 1] = plane.y.domain();
	const inside = target.filter(([, share]) => share <= top);
	const lastTarget = inside[Math.floor(inside.length * 0.12)];
	const lastOracle = oracle.findLast(([, share]) => share <= 0.45 * top);
	const lastPoint = points.findLast(([coverage]) => coverage <= 0.78) ?? points.at(-1);
	const labels: (Label | undefined)[] = [
		chosen === null
			? undefined
			: {
					x,
					y: plane.y(chosen.risk),
					text: size.name === "wide" ? `chosen: ${percent(chosen.coverage)} accepted` : "chosen",
					className: "main",
				},
		lastTarget === undefined
			? undefined
			: {
					x: plane.x(lastTarget[0]),
					y: plane.y(lastTarget[1]),
					text: `target ${percent(claim.target)}${claim.risk === "joint" ? " of all" : ""}`,
					className: "target",
				},
		lastPoint === undefined
			? undefined
			: { x: plane.x(lastPoint[0]), y: plane.y(lastPoint[1]), text: "this confidence", className: "main" },
		lastOracle === undefined
			? undefined
			: { x: plane.x(lastOracle[0]), y: plane.y(lastOracle[1]), text: "best possible order", className: "oracle" },
	];
	return drawing(
		size,
		{ id: "risk-coverage", title: "Risk against coverage", description: describe(risk, claim) },
		drawAxes(plane, {
			x: { label: "coverage: accepted of all requests", format: percentTick },
			y: { label: "wrong among accepted", format: percentTick },
		}) +
			clipped(
				plane,
				`risk-coverage-${size.name}-clip`,
				path(curve(plane, oracle), "curve oracle") +
					path(curve(plane, points), "curve main") +
					path(curve(plane, target), "curve target"),
			) +
			dots(plane, points) +
			(chosen === null
				? ""
				: segment([x, plane.y(chosen.upper)], [x, plane.y(chosen.lower)], "whisker") +
					mark("disc", x, plane.y(chosen.risk), "chosen")) +
			drawLabels(
				plane,
				labels.filter((label) => label !== undefined),
				inkOf(plane, points, oracle, inside),
			),
	);
}

/** The most selective risk that the target allows; a joint one allows the more the less is accepted, regret says nothing of it. */
function targetLine({ risk, target }: ReportClaim): Point[] {
	if (risk === "regret") return [];
	return Array.from({ length: TARGET_STEPS }, (_, step): Point => {
		const coverage = (step + 1) / TARGET_STEPS;
		return [
			step === 0 && risk === "selective" ? 0 : coverage,
			risk === "selective" ? target : Math.min(1, target / coverage),
		];
	});
}

function describe({ points, chosen }: RiskCoverageCurve, { target }: ReportClaim): string {
	const all = points.at(-1);
	return [
		all === undefined ? "" : `At ${percent(all.coverage)} accepted ${percent(all.risk)} are wrong.`,
		`The target is ${percent(target)}.`,
		chosen === null
			? ""
			: `Chosen: ${percent(chosen.coverage)} accepted, ${percent(chosen.risk)} of them wrong, between ${percent(chosen.lower)} and ${percent(chosen.upper)}.`,
	].join(" ");
}
