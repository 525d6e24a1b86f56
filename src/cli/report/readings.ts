import type { StageColumns } from "../../tuning/log/cascade-log.ts";

/** The answers of a model that have a confidence: 1 right, and 1 wrong. */
export interface Readings {
	readonly confidence: Float64Array;
	readonly correct: Uint8Array;
	readonly wrong: Uint8Array;
}

/** Leaves out the answers without a confidence, which no threshold accepts. */
export function readingsOf({ confidence, wrong }: StageColumns): Readings {
	const isRead = (_: number, row: number): boolean => !Number.isNaN(confidence[row]);
	const kept = wrong.filter(isRead);
	return { confidence: confidence.filter(isRead), correct: kept.map((mark) => 1 - mark), wrong: kept };
}
