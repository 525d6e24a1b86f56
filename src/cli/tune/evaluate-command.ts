import { ok, type Result } from "../../core/result.ts";
import { selectRows } from "../../tuning/log/cascade-log.ts";
import type { RiskKind } from "../../tuning/selection/risk.ts";
import { evaluateCascade, EVALUATION_STEPS, type Evaluation } from "./evaluate-cascade.ts";
import { withLabelledRows } from "./labelled-rows.ts";
import { loadCascade, refused, usage, type Failure } from "./load-cascade.ts";
import { readNumberOption, readWholeOption, type LogOptions } from "./log-options.ts";
import { startProgress } from "./progress.ts";
import { inOrder, rowLabelled } from "./run-tuning.ts";
import { showEvaluation } from "./show-evaluation.ts";
import { rowReportJson } from "./show-row-report.ts";

/** What `cascade evaluate` takes. */
export interface EvaluateOptions extends LogOptions {
	readonly margin: string;
	readonly risk: RiskKind;
	readonly target: string;
	readonly seed: string;
	readonly points: string;
	readonly replicates?: string;
}

/** `cascade evaluate LOG`: how good a small model's confidence is, what the cascade could save, and what it has to beat. */
export async function evaluate(file: string, options: EvaluateOptions): Promise<Result<0, Failure>> {
	const margin = readNumberOption("--margin", options.margin, { least: 0, most: 0.5, isLeastAllowed: true });
	if (!margin.ok) return usage(margin.error);
	const target = readNumberOption("--target", options.target, { least: options.risk === "regret" ? -1 : 0, most: 1 });
	if (!target.ok) return usage(target.error);
	const seed = readWholeOption("--seed", options.seed, 0);
	if (!seed.ok) return usage(seed.error);
	if (seed.value >= 2 ** 32) return usage("--seed: must be below 2^32");
	const points = readWholeOption("--points", options.points, 2);
	if (!points.ok) return usage(points.error);
	const replicates = options.replicates === undefined ? null : readWholeOption("--replicates", options.replicates, 1);
	if (replicates !== null && !replicates.ok) return usage(replicates.error);
	const loaded = await loadCascade(file, options);
	if (!loaded.ok) return loaded;
	if (loaded.value.cascade.stages.length !== 2)
		return usage("--edge: one small model at a time is compared with the last; `cascade design` compares cascades");
	// Quality needs both labels.
	const labelled = withLabelledRows(loaded.value.cascade, "regret");
	if (!labelled.ok) return refused(labelled.error);
	const ordered = inOrder(labelled.value);
	const kept = Array.from(ordered.ids.keys()).filter((row) =>
		ordered.stages.every(({ labelled: marks }) => marks?.[row] !== 0),
	);
	const log = rowLabelled(kept.length === ordered.rows ? ordered : selectRows(ordered, kept));
	const progress = startProgress("measuring", EVALUATION_STEPS);
	const evaluation = evaluateCascade(
		{ ...log, labelled: undefined },
		{
			margin: margin.value,
			risk: options.risk,
			target: target.value,
			seed: seed.value,
			replicates: replicates?.value,
			onStep: () => progress.advance(1),
		},
	);
	progress.stop();
	if (evaluation === undefined) return refused(`${file}: no row has the labels of both models`);
	process.stdout.write(
		options.json === true
			? `${JSON.stringify({ ...thinned(evaluation, points.value), input: rowReportJson(loaded.value.loaded) })}\n`
			: showEvaluation(evaluation),
	);
	return ok(0);
}

/** With at most so many points a curve, evenly by position, both ends among them. */
function thinned(evaluation: Evaluation, most: number): Evaluation {
	const { deferral, riskCoverage, costQuality } = evaluation;
	return {
		...evaluation,
		riskCoverage: riskCoverage === null ? null : { ...riskCoverage, points: thin(riskCoverage.points, most) },
		deferral: { ...deferral, curve: { ...deferral.curve, points: thin(deferral.curve.points, most) } },
		costQuality: costQuality === null ? null : { ...costQuality, hull: thin(costQuality.hull, most) },
	};
}

function thin<Point>(points: readonly Point[], most: number): readonly Point[] {
	if (points.length <= most) return points;
	const last = points.length - 1;
	return Array.from({ length: most }, (_, index) => points[Math.round((index * last) / (most - 1))] as Point);
}
