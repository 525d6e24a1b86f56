import { clopperPearsonLower, clopperPearsonUpper } from "../../tuning/bounds/clopper-pearson.ts";
import { riskCoverage } from "../../tuning/metrics/risk-coverage.ts";
import type { AcceptanceCounts } from "../../tuning/selection/risk.ts";
import type { TuningOutcome } from "../tune/tuning-question.ts";
import { readingsOf } from "./readings.ts";
import type { PathStep, RiskCoverageCurve } from "./report-model.ts";
import { thinPoints } from "./thin-points.ts";

/** How finely the best possible order is drawn. */
const ORACLE_STEPS = 60;

/**
 * Selective risk of the tested rows as more of them are accepted. Of two models at every threshold that is possible, of
 * more along the path. Coverage is of all tested rows, those without a confidence too. Null where nothing has one.
 */
export function riskCoverageCurve(
	{ tested, counts }: Pick<TuningOutcome, "tested" | "counts">,
	path: readonly PathStep[],
	delta: number,
): RiskCoverageCurve | null {
	const chosen = counts === null || counts.accepted === 0 ? null : chosenPoint(counts, delta);
	const [small] = tested.stages;
	if (tested.stages.length !== 2 || small === undefined) {
		const points = path
			.filter(({ accepted }) => accepted > 0)
			.map(({ accepted, wrong, escalation }) => ({ coverage: 1 - escalation, risk: wrong / accepted }));
		return points.length === 0 ? null : { points, oracle: null, area: null, excessArea: null, chosen };
	}
	const { confidence, wrong } = readingsOf(small);
	const curve = riskCoverage(confidence, wrong);
	if (curve === undefined) return null;
	const read = confidence.length / tested.rows;
	const points = curve.points.map(({ coverage, selectiveRisk }) => ({
		coverage: coverage * read,
		risk: selectiveRisk,
	}));
	const right = (read * wrong.reduce((sum, mark) => sum - mark, wrong.length)) / wrong.length;
	return {
		points: thinPoints(points, ({ risk }) => risk),
		oracle: bestOrder(right, read),
		area: curve.area,
		excessArea: curve.excessArea,
		chosen,
	};
}

/** First all that are right, then the others. */
function bestOrder(right: number, read: number): { coverage: number; risk: number }[] {
	const rising = Array.from({ length: ORACLE_STEPS + 1 }, (_, step) => {
		const coverage = right + ((read - right) * step) / ORACLE_STEPS;
		return { coverage, risk: coverage === 0 ? 1 : 1 - right / coverage };
	});
	return right === 0 ? rising.slice(1) : [{ coverage: 0, risk: 0 }, ...rising];
}

function chosenPoint({ accepted, wrong, rows }: AcceptanceCounts, delta: number): RiskCoverageCurve["chosen"] {
	return {
		coverage: accepted / rows,
		risk: wrong / accepted,
		lower: clopperPearsonLower(wrong, accepted, delta),
		upper: clopperPearsonUpper(wrong, accepted, delta),
	};
}
