/**
 * Recorded answers of several models to the same questions, in columns: row `i` of every column belongs to one
 * question. Columns and not objects, since a million rows are tuned at once.
 */
export interface CascadeLog {
	/** How many questions. */
	readonly rows: number;
	/** In the order in which a cascade asks them. */
	readonly stages: readonly StageColumns[];
	/** Name of each question; it enters the digest of the rows. */
	readonly ids: readonly string[];
	/** Which conversation (or user) each row belongs to, as a number from 0; absent where each row stands alone. */
	readonly groups?: Int32Array | undefined;
	/** Named features of the request, known before any model is asked; for pre-generation gates. */
	readonly features?: Readonly<Record<string, Float64Array>> | undefined;
	/**
	 * 1 where the row has every label that its use needs, 0 where it was never labelled; absent where all rows have.
	 * Rows without a label may say where a path of thresholds lies and must not be tested. They are `wrong` in every
	 * stage that has no label, so that whoever overlooks this claims too little.
	 */
	readonly labelled?: Uint8Array | undefined;
}

/** What one model did with each question. */
export interface StageColumns {
	readonly model: string;
	/** In [0, 1]; NaN where there was no reading, which never is accepted. A last stage may have none at all. */
	readonly confidence: Float64Array;
	/** 1 wrong, 0 right, by the labeller that the log names; a labeller that failed says wrong. */
	readonly wrong: Uint8Array;
	/** 1 where the labeller was asked, 0 where not (and then `wrong` is 1); absent where it always was. */
	readonly labelled?: Uint8Array | undefined;
	/** 1 where the labeller was asked and gave nothing (and then `wrong` is 1); absent where it never did. */
	readonly failed?: Uint8Array | undefined;
	/** US dollars of the call; NaN where unknown. */
	readonly costUsd: Float64Array;
	/** Milliseconds of the call; NaN where unknown. */
	readonly latencyMs: Float64Array;
	/** The label that the model gave, for a guarantee on one label; absent where the log has none. */
	readonly label?: readonly (string | null)[] | undefined;
	/** Named features of the answer, for learned scores; absent where the log has none. */
	readonly features?: Readonly<Record<string, Float64Array>> | undefined;
}

/** The same log with only the rows at these positions, in their order. */
export function selectRows(log: CascadeLog, positions: Int32Array | readonly number[]): CascadeLog {
	const rows = positions.length;
	return {
		rows,
		ids: pickList(log.ids, positions),
		groups: log.groups === undefined ? undefined : pickInto(log.groups, positions, new Int32Array(rows)),
		features: log.features === undefined ? undefined : pickEach(log.features, positions),
		labelled: log.labelled === undefined ? undefined : pickInto(log.labelled, positions, new Uint8Array(rows)),
		stages: log.stages.map((stage) => ({
			model: stage.model,
			confidence: pickInto(stage.confidence, positions, new Float64Array(rows)),
			wrong: pickInto(stage.wrong, positions, new Uint8Array(rows)),
			labelled: stage.labelled === undefined ? undefined : pickInto(stage.labelled, positions, new Uint8Array(rows)),
			failed: stage.failed === undefined ? undefined : pickInto(stage.failed, positions, new Uint8Array(rows)),
			costUsd: pickInto(stage.costUsd, positions, new Float64Array(rows)),
			latencyMs: pickInto(stage.latencyMs, positions, new Float64Array(rows)),
			label: stage.label === undefined ? undefined : pickList(stage.label, positions),
			features: stage.features === undefined ? undefined : pickEach(stage.features, positions),
		})),
	};
}

/** The same log with only these stages, by position, in this order. */
export function selectStages(log: CascadeLog, positions: readonly number[]): CascadeLog {
	const stages = positions.map((position) => {
		const stage = log.stages[position];
		if (stage === undefined) throw new RangeError(`the log has no stage ${position}`);
		return stage;
	});
	return { ...log, stages };
}

function pickInto<Column extends Float64Array | Int32Array | Uint8Array>(
	column: Column,
	positions: ArrayLike<number>,
	picked: Column,
): Column {
	for (let row = 0; row < positions.length; row++) picked[row] = column[positions[row] as number] as number;
	return picked;
}

function pickList<Item>(list: readonly Item[], positions: ArrayLike<number>): Item[] {
	return Array.from(positions, (position) => list[position] as Item);
}

function pickEach(
	columns: Readonly<Record<string, Float64Array>>,
	positions: ArrayLike<number>,
): Record<string, Float64Array> {
	return Object.fromEntries(
		Object.entries(columns).map(([name, column]) => [
			name,
			pickInto(column, positions, new Float64Array(positions.length)),
		]),
	);
}
