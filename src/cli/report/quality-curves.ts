import {
	compareBaselines,
	naiveThreshold,
	preGenerationGate,
	type Baseline,
	type BaselineName,
} from "../../tuning/baselines.ts";
import { selectRows, type CascadeLog, type StageColumns } from "../../tuning/log/cascade-log.ts";
import { splitRows } from "../../tuning/log/split-rows.ts";
import { costQualityHull, type CostQualityPoint } from "../../tuning/metrics/cost-quality.ts";
import { deferralCurve } from "../../tuning/metrics/deferral-curve.ts";
import { measureCascade, type OperatingPoint } from "../../tuning/metrics/operating-point.ts";
import { averagePerformanceGapRecovered, oracleCurve, randomCurve } from "../../tuning/metrics/performance-gap.ts";
import { seededRandom } from "../../tuning/seeded-random.ts";
import { gateScores } from "../tune/fit-gate.ts";
import type { TuningOutcome, TuningQuestion } from "../tune/tuning-question.ts";
import type { NamedPoint, QualityCurves, QualityPoint } from "./report-model.ts";
import { thinPoints } from "./thin-points.ts";

/** Baselines that need the cascade's escalation to be compared at. */
const AT_EQUAL_ESCALATION: readonly BaselineName[] = ["random", "prompt-length", "pre-generation-gate"];

/**
 * Quality of the cascade against escalation and cost, and what it has to beat. Measured on the rows held out, else on the
 * tested ones; baselines that are fitted are fitted on other rows than they are measured on. Only rows with the labels of all
 * models count; null where there is none.
 */
export function qualityCurves(
	{ tested, heldOut, thresholds, path }: TuningOutcome,
	{ risk, target, seed }: Pick<TuningQuestion, "risk" | "target" | "seed">,
): QualityCurves | null {
	const log = fullyLabelled(heldOut ?? tested);
	if (log.rows === 0) return null;
	const cascade = thresholds === null ? undefined : measureCascade(log, thresholds);
	const chosen = cascade === undefined ? null : named("this cascade", cascade);
	const shared = { rows: heldOut === null ? ("tested" as const) : ("held-out" as const), count: log.rows, chosen };
	if (log.stages.length !== 2) return { ...shared, ...alongPath(log, path) };
	const curve = deferralCurve(log);
	if (curve === undefined) return null;
	const { fitting, measured } =
		heldOut === null ? halves(log, seed) : { fitting: fullyLabelled(tested), measured: log };
	const gateScore = gateScores(fitting, measured);
	const naive = { risk, target, fittingLog: fitting };
	const escalation = cascade?.escalation ?? 1;
	const baselines = [
		...compareBaselines(log, { escalation }),
		naiveThreshold(measured, naive),
		gateScore === undefined ? undefined : preGenerationGate(measured, gateScore, { escalation }),
	]
		.filter((baseline) => baseline !== undefined)
		.filter(({ name }) => cascade !== undefined || !AT_EQUAL_ESCALATION.includes(name))
		.map((baseline) => named(nameOf(baseline, log), baseline));
	const gate =
		gateScore === undefined
			? undefined
			: deferralCurve(measured, { score: gateScore, costs: { paysSmallWhenEscalated: false } });
	return {
		...shared,
		qualityFirst: curve.qualitySmall,
		qualityLast: curve.qualityLarge,
		points: thinPoints(curve.points.map(asPoint), ({ quality }) => quality),
		hull: hullOf(curve.points, baselines),
		random: randomCurve(curve),
		oracle: oracleCurve(log) ?? null,
		gate: gate === undefined ? null : thinPoints(gate.points.map(asPoint), ({ quality }) => quality),
		gapRecovered: averagePerformanceGapRecovered(curve),
		baselines,
	};
}

function fullyLabelled(log: CascadeLog): CascadeLog {
	if (log.labelled === undefined && log.stages.every(({ labelled }) => labelled === undefined)) return log;
	const kept = Array.from(log.ids.keys()).filter((row) => log.stages.every(({ labelled }) => labelled?.[row] !== 0));
	const picked = kept.length === log.rows ? log : selectRows(log, kept);
	const stages = picked.stages.map((stage): StageColumns => ({ ...stage, labelled: undefined }));
	return { ...picked, labelled: undefined, stages };
}

function halves(log: CascadeLog, seed: number): { fitting: CascadeLog; measured: CascadeLog } {
	const { drawn, rest } = splitRows(log, 0.5, seededRandom(seed));
	return { fitting: selectRows(log, drawn), measured: selectRows(log, rest) };
}

type PathCurves = Omit<QualityCurves, "rows" | "count" | "chosen">;

/** Of more than two models there is no one order of escalation: the curve follows the path that was tested. */
function alongPath(log: CascadeLog, path: TuningOutcome["path"]): PathCurves {
	const never = log.stages.slice(1).map(() => null);
	const alone = log.stages.map(({ model }, position) => {
		const single = { ...log, stages: log.stages.slice(position, position + 1) };
		return named(`${model} alone`, { ...(measureCascade(single, []) as OperatingPoint), saving: null });
	});
	const lastCost = alone.at(-1)?.costUsd ?? null;
	const points = [...path.toReversed(), never].map((thresholds) =>
		asPoint(measureCascade(log, thresholds) as OperatingPoint),
	);
	return {
		qualityFirst: alone[0]?.quality ?? 0,
		qualityLast: alone.at(-1)?.quality ?? 0,
		points: thinPoints(points, ({ quality }) => quality),
		hull: hullOf(points, alone),
		random: [],
		oracle: null,
		gate: null,
		gapRecovered: null,
		baselines: alone.map((point) => ({
			...point,
			escalation: point.name === alone.at(-1)?.name ? 1 : 0,
			saving: lastCost === null || lastCost === 0 || point.costUsd === null ? null : 1 - point.costUsd / lastCost,
		})),
	};
}

function hullOf(points: readonly QualityPoint[], baselines: readonly QualityPoint[]): CostQualityPoint[] | null {
	const priced: CostQualityPoint[] = [];
	for (const { costUsd, quality } of [...points, ...baselines]) if (costUsd !== null) priced.push({ costUsd, quality });
	return priced.length === 0 ? null : [...thinPoints(costQualityHull(priced), ({ quality }) => quality)];
}

function asPoint({ escalation, quality, costUsd }: QualityPoint): QualityPoint {
	return { escalation, quality, costUsd };
}

function named(name: string, point: OperatingPoint): NamedPoint {
	return { name, ...asPoint(point), rows: point.rows, saving: point.saving };
}

function nameOf({ name, threshold }: Baseline, { stages }: CascadeLog): string {
	switch (name) {
		case "always-small":
			return `${stages[0]?.model ?? ""} alone`;
		case "always-large":
			return `${stages.at(-1)?.model ?? ""} alone`;
		case "random":
			return "at random";
		case "prompt-length":
			return "longest prompts";
		case "mean-logprob-naive":
			return threshold === null ? "naive: all escalate" : "naive tuning";
		case "pre-generation-gate":
			return "gate before";
	}
}
