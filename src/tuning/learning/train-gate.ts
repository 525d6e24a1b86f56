import type { GateScore } from "../../core/gate.ts";
import { PROMPT_FEATURES } from "../../core/prompt-features.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { CascadeLog } from "../log/cascade-log.ts";
import { fitNamedFeatures, type TrainFailure, type TrainOptions } from "./fit-named-features.ts";
import { meanKnown } from "../metrics/known-values.ts";
import { stageAt } from "./train-learned.ts";

/** How a gate is fitted. */
export interface GateOptions extends TrainOptions {
	/** The first stage's threshold; absent: a right answer counts whether it would be accepted or not. */
	readonly acceptedAt?: number | undefined;
	/** The least score that is not gated, in [0, 1]; where the first stage breaks even where not given. */
	readonly threshold?: number | undefined;
}

/** A gate and what it was fitted on. */
export interface TrainedGate {
	readonly score: GateScore;
	readonly rows: number;
	readonly leftOut: number;
	readonly ridge: number;
}

/**
 * Fits P(the first stage's answer is accepted and right | the prompt) for the score of a pre-generation gate, on those of
 * `PROMPT_FEATURES` that the log has. `log` is a fitting fold, and the threshold of the cascade is to be chosen on rows that
 * went through the gate (`withGate`).
 *
 * Asking the first stage costs c₁ and saves the last stage's cost c with probability p, so the gate closes below p = c₁ / c,
 * means over the rows where they are known; `no-costs` where they are not and no threshold is given.
 */
export function trainGate(log: CascadeLog, options: GateOptions): Result<TrainedGate, TrainFailure> {
	const first = stageAt(log, 0);
	const last = stageAt(log, log.stages.length - 1);
	const { acceptedAt } = options;
	const threshold = options.threshold ?? Math.min(1, meanKnown(first.costUsd) / meanKnown(last.costUsd));
	if (Number.isNaN(threshold)) return err({ kind: "no-costs" });
	const isAccepted = (row: number): boolean =>
		acceptedAt === undefined || (first.confidence[row] as number) >= acceptedAt;
	const targets = Float64Array.from(first.wrong, (wrong, row) => (isAccepted(row) ? 1 - wrong : 0));
	const isLabelled = (row: number): boolean => log.labelled?.[row] !== 0 && first.labelled?.[row] !== 0;
	const training = { features: log.features, targets, isLabelled, groups: log.groups };
	const fit = fitNamedFeatures(PROMPT_FEATURES, training, options);
	if (!fit.ok) return fit;
	const { bias, weights, ...provenance } = fit.value;
	return ok({ score: { features: 1, bias, weights, threshold }, ...provenance });
}

/** The scores that the Worker's gate gives the rows' prompts; NaN, which gates, where a feature that has a weight is missing. */
export function gateScores(log: CascadeLog, { bias, weights }: GateScore): Float64Array {
	const read = PROMPT_FEATURES.filter((name) => (weights[name] ?? 0) !== 0);
	return Float64Array.from({ length: log.rows }, (_, row) => {
		let sum = bias;
		for (const name of read) sum += (weights[name] as number) * (log.features?.[name]?.[row] ?? Number.NaN);
		return 1 / (1 + Math.exp(-sum));
	});
}

/**
 * The log as it would be behind the gate: on a gated row the stages before the last are not asked, so they have no
 * confidence, cost nothing and take no time.
 */
export function withGate(log: CascadeLog, gate: GateScore): CascadeLog {
	const isOpen = gateScores(log, gate).map((score) => (score >= gate.threshold ? 1 : 0));
	const behind = (column: Float64Array, gated: number): Float64Array =>
		column.map((value, row) => (isOpen[row] === 1 ? value : gated));
	const last = log.stages.length - 1;
	return {
		...log,
		stages: log.stages.map((stage, position) =>
			position === last
				? stage
				: {
						...stage,
						confidence: behind(stage.confidence, Number.NaN),
						costUsd: behind(stage.costUsd, 0),
						latencyMs: behind(stage.latencyMs, 0),
					},
		),
	};
}
