import type { CascadeLog, StageColumns } from "../../src/tuning/log/cascade-log.ts";

/** A log of a small and a large model, of what the tests of one thing have to say about it. */
export function twoStageLog(columns: {
	readonly confidence: ArrayLike<number>;
	readonly wrong: ArrayLike<number>;
	/** Right everywhere where not given. */
	readonly lastWrong?: ArrayLike<number>;
	readonly groups?: readonly number[];
	readonly labelled?: readonly number[];
	readonly small?: Partial<StageColumns>;
	readonly large?: Partial<StageColumns>;
}): CascadeLog {
	const rows = columns.confidence.length;
	const unknown = new Float64Array(rows).fill(Number.NaN);
	const amounts = { costUsd: unknown, latencyMs: unknown };
	return {
		rows,
		ids: Array.from({ length: rows }, (_, row) => `row-${row}`),
		groups: columns.groups === undefined ? undefined : Int32Array.from(columns.groups),
		labelled: columns.labelled === undefined ? undefined : Uint8Array.from(columns.labelled),
		stages: [
			{
				model: "small",
				confidence: Float64Array.from(columns.confidence),
				wrong: Uint8Array.from(columns.wrong),
				...amounts,
				...columns.small,
			},
			{
				model: "large",
				confidence: unknown,
				wrong: columns.lastWrong === undefined ? new Uint8Array(rows) : Uint8Array.from(columns.lastWrong),
				...amounts,
				...columns.large,
			},
		],
	};
}
