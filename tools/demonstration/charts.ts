import { percentTick, numberTick } from "../../src/cli/report/show-figures.ts";
import { percent } from "../../src/cli/tune/show-numbers.ts";
import type { ChartSize } from "../../src/cli/report/svg/chart-size.ts";
import { drawing, mark, path, segment, text } from "../../src/cli/report/svg/elements.ts";
import {
	band,
	clipped,
	curve,
	drawAxes,
	layPlane,
	type Axis,
	type Plane,
	type Point,
} from "../../src/cli/report/svg/plane.ts";
import { compactCount } from "../../src/cli/report/show-figures.ts";
import type { Demonstration, DemonstratedRequest, Look } from "./run-demonstration.ts";
import type { Population } from "./population.ts";
import type { TimeLineRow } from "./time-line.ts";

/** What the charts are drawn from. */
export interface Drawn {
	readonly run: Demonstration;
	readonly rows: readonly TimeLineRow[];
	readonly population: Population;
	readonly target: number;
}

const REQUESTS: Axis = { label: "requests", format: (value) => compactCount(value) };
const SHARE = (label: string): Axis => ({ label, format: percentTick });

/** Risk of what is accepted: the true one, the share that differed, and what the ledger says with its interval. */
export function riskChart({ run, rows, population, target }: Drawn, size: ChartSize): string {
	const truth = trueRisk(run.requests, population);
	const looks = run.looks.filter(({ report }) => report.risk !== null && report.lease.state === "certified");
	const most = Math.max(3 * target, ...truth.flat().map(([, risk]) => risk)) * 1.1;
	const plane = planeOf(run, size, [0, most]);
	const observed = rows
		.filter(({ accepted }) => accepted > 0)
		.map(({ first, last, differing, accepted }): Point => [(first + last) / 2, differing / accepted]);
	const at = (request: number): Point => [request, target];
	const described = `The target is ${percent(target)}. The true risk of what was accepted was at most ${percent(Math.max(0, ...risksOf(run, population, "good")))} while the model was the right one, and up to ${percent(Math.max(0, ...risksOf(run, population, "worse")))} between the change of the model and the alarm.`;
	return drawing(
		size,
		{ id: "risk", title: "Risk of accepted answers", description: described },
		drawAxes(plane, { x: REQUESTS, y: SHARE("accepted answers that differ from the large model's") }) +
			clipped(
				plane,
				`risk-${size.name}`,
				runsOf(looks, "phase")
					.map((own) => estimates(plane, own))
					.join("") +
					observed.map(([x, y]) => mark("ring", plane.x(x), plane.y(y), "dot")).join("") +
					truth.map((points) => path(curve(plane, points), "curve oracle")).join("") +
					path(curve(plane, [at(0), at(run.requests.length)]), "curve target"),
			) +
			eventLines(plane, run),
	);
}

/** What the ledger said while one threshold was in force: its estimate, and the interval around it. */
function estimates(plane: Plane, looks: readonly Look[]): string {
	const around = looks.map(({ request, report: { risk } }) => [request, risk?.lower ?? 0, risk?.upper ?? 0] as const);
	const line = looks.map(({ request, report }): Point => [request, report.risk?.estimate ?? 0]);
	return path(band(plane, around), "band") + path(curve(plane, line), "curve main thin");
}

/** Share of requests that the small model answers. */
export function coverageChart({ run, rows }: Drawn, size: ChartSize): string {
	const plane = planeOf(run, size, [0, 1]);
	const points = rows.map(({ first, last, accepted, requests }): Point => [(first + last) / 2, accepted / requests]);
	return drawing(
		size,
		{
			id: "coverage",
			title: "Coverage",
			description: `At most ${percent(Math.max(0, ...points.map(([, share]) => share)))} of requests were answered by the small model, and none without a certificate.`,
		},
		drawAxes(plane, { x: REQUESTS, y: SHARE("requests answered by the small model") }) +
			path(curve(plane, points), "curve main") +
			eventLines(plane, run),
	);
}

/** The detector, with the level at which it alarms. */
export function alarmChart({ run }: Drawn, size: ChartSize): string {
	const looks = run.looks.filter(({ report: { alarm } }) => alarm.logLevel !== null);
	const levels = looks.map(({ report }) => report.alarm.logLevel ?? 0);
	const values = looks.map(({ report }) => report.alarm.logValue ?? 0);
	const plane = planeOf(run, size, [Math.min(0, ...values), Math.max(1, ...levels, ...values) * 1.1]);
	const trace = (of: (look: Look) => number) =>
		runsOf(looks, "epoch").map((own) => own.map((look): Point => [look.request, of(look)]));
	return drawing(
		size,
		{
			id: "alarm",
			title: "Drift alarm",
			description: `The detector's logarithm was at most ${Math.max(0, ...values).toFixed(1)} at a look; it alarms at ${(levels.at(-1) ?? 0).toFixed(1)}.`,
		},
		drawAxes(plane, { x: REQUESTS, y: { label: "logarithm of the detector", format: numberTick } }) +
			trace(({ report }) => report.alarm.logLevel ?? 0)
				.map((points) => path(curve(plane, points), "curve target"))
				.join("") +
			trace(({ report }) => report.alarm.logValue ?? 0)
				.map((points) => path(curve(plane, points), "curve main"))
				.join("") +
			eventLines(plane, run),
	);
}

function planeOf({ requests }: Demonstration, size: ChartSize, y: readonly [number, number]): Plane {
	return layPlane(size, { x: [0, requests.length], y }, { top: 32, bottom: size.height - 48 });
}

/** Runs of looks in one epoch, or in one phase of it, in which one threshold is in force. */
function runsOf(looks: readonly Look[], by: "epoch" | "phase"): Look[][] {
	const runs: Look[][] = [];
	for (const look of looks) {
		const last = runs.at(-1)?.at(-1);
		const { epoch, phase } = look.report.lease;
		const isSame = last?.report.lease.epoch === epoch && (by === "epoch" || last.report.lease.phase === phase);
		if (!isSame) runs.push([look]);
		else runs.at(-1)?.push(look);
	}
	return runs;
}

/** The true risk at the threshold in force, as steps; apart where nothing was accepted. */
function trueRisk(requests: readonly DemonstratedRequest[], population: Population): Point[][] {
	const lines: Point[][] = [];
	let before: DemonstratedRequest | undefined;
	for (const request of requests) {
		const { number, model, threshold } = request;
		const isSame = before !== undefined && before.threshold === threshold && before.model === model;
		if (threshold !== null) {
			const point: Point = [number, population.risk(model, threshold)];
			if (before?.threshold == null) lines.push([point]);
			else if (isSame)
				lines.at(-1)?.splice(-1, (lines.at(-1)?.length ?? 0) > 1 && isFlat(lines.at(-1) ?? [], point) ? 1 : 0, point);
			else lines.at(-1)?.push([number, lines.at(-1)?.at(-1)?.[1] ?? 0], point);
		}
		before = request;
	}
	return lines;
}

/** Whether the last two points and this one are on one level, so that the middle one says nothing. */
function isFlat(points: readonly Point[], [, level]: Point): boolean {
	return points.at(-1)?.[1] === level && points.at(-2)?.[1] === level;
}

function risksOf({ requests }: Demonstration, population: Population, model: DemonstratedRequest["model"]): number[] {
	const thresholds = new Set(
		requests.filter((request) => request.accepted && request.model === model).map(({ threshold }) => threshold),
	);
	return [...thresholds].map((threshold) => population.risk(model, threshold ?? Number.POSITIVE_INFINITY));
}

/** What the operator or the ledger did, as numbered lines. */
function eventLines(plane: Plane, { events }: Demonstration): string {
	return events
		.filter(({ kind }) => kind !== "threshold")
		.map(({ request }, index) => {
			const x = plane.x(request);
			return (
				segment([x, plane.top], [x, plane.bottom], "axis") +
				text(x + 4, plane.top + 8 + (index % 2) * 14, String(index + 1), { className: "label" })
			);
		})
		.join("");
}
