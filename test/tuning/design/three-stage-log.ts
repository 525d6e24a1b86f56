import type { CascadeLog, StageColumns } from "../../../src/tuning/log/cascade-log.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";

/** What a model is like: how much harder a question may be before it fails, what it costs, and how well it knows itself. */
export interface ModelKind {
	readonly model: string;
	/** In [0, 1]: wrong where the question's difficulty is above, about. */
	readonly skill: number;
	readonly cost: number;
	/** In [0, 1]: 0, its confidence is chance. 1, it is the truth but for the blur. Null: it has none. */
	readonly insight: number | null;
}

export const threeModels: readonly ModelKind[] = [
	{ model: "small", skill: 0.5, cost: 1, insight: 0.9 },
	{ model: "medium", skill: 0.75, cost: 4, insight: 0.9 },
	{ model: "large", skill: 0.9, cost: 20, insight: null },
];

/** Questions of one difficulty for all models, so that their errors go together as real ones do. */
export function modelledLog(rows: number, models: readonly ModelKind[], seed: number): CascadeLog {
	const random = seededRandom(seed);
	const difficulty = Float64Array.from({ length: rows }, random);
	return {
		rows,
		ids: Array.from({ length: rows }, (_, row) => `row-${row}`),
		stages: models.map((kind) => stageOf(kind, difficulty, random)),
	};
}

function stageOf(
	{ model, skill, cost, insight }: ModelKind,
	difficulty: Float64Array,
	random: () => number,
): StageColumns {
	const rightness = difficulty.map((hard) => 1 / (1 + Math.exp((hard - skill) * 12)));
	return {
		model,
		wrong: Uint8Array.from(rightness, (chance) => (random() < chance ? 0 : 1)),
		confidence: rightness.map((chance) =>
			insight === null ? Number.NaN : insight * chance + (1 - insight) * random(),
		),
		costUsd: difficulty.map(() => cost),
		latencyMs: difficulty.map(() => Number.NaN),
	};
}
