import type { CascadeLog, StageColumns } from "./cascade-log.ts";
import { growableBytes, growableFloats, growableIntegers, type GrowableColumn } from "./growable-column.ts";
import type { LogRow, RowFault, StageRow } from "./log-row.ts";
import { FaultCounter, MOST_LISTED, type RowReport } from "./row-report.ts";

/** A log as it was read, and what became of its lines. */
export interface ReadLog {
	readonly log: CascadeLog;
	readonly report: RowReport;
	/** For each stage, 1 where it was asked; a stage of a live log is not where an earlier one had answered. */
	readonly asked: readonly Uint8Array[];
}

interface StageBuilder {
	model: string;
	readonly confidence: GrowableColumn<Float64Array>;
	readonly wrong: GrowableColumn<Uint8Array>;
	readonly labelled: GrowableColumn<Uint8Array>;
	readonly asked: GrowableColumn<Uint8Array>;
	readonly failed: GrowableColumn<Uint8Array>;
	readonly costUsd: GrowableColumn<Float64Array>;
	readonly latencyMs: GrowableColumn<Float64Array>;
	readonly features: Map<string, GrowableColumn<Float64Array>>;
	label: (string | null)[] | undefined;
	labellerFailed: number;
	everLabelled: number;
}

/** Puts rows into columns as they are read. A row is in whole or not at all. */
export class LogBuilder {
	readonly #stages: StageBuilder[] = [];
	readonly #ids: string[] = [];
	readonly #known = new Set<string>();
	readonly #groups = growableIntegers(-1);
	readonly #groupNumbers = new Map<string, number>();
	readonly #features = new Map<string, GrowableColumn<Float64Array>>();
	readonly #rejected = new FaultCounter();
	readonly #setAside = new FaultCounter();
	readonly #duplicates: number[] = [];
	readonly #labels = new Map<string, string>();
	#duplicateCount = 0;

	/** How many rows there are. */
	get rows(): number {
		return this.#ids.length;
	}

	/** The position of a model's columns; they are made where it has none. */
	stage(model: string): number {
		const position = this.#stages.findIndex((stage) => stage.model === model);
		if (position >= 0) return position;
		this.#stages.push({
			model,
			confidence: growableFloats(),
			wrong: growableBytes(1),
			labelled: growableBytes(0),
			asked: growableBytes(0),
			failed: growableBytes(0),
			costUsd: growableFloats(),
			latencyMs: growableFloats(),
			features: new Map(),
			label: undefined,
			labellerFailed: 0,
			everLabelled: 0,
		});
		return this.#stages.length - 1;
	}

	/** Adds a row, unless an earlier one has its id. */
	add(line: number, row: LogRow): void {
		if (this.#known.has(row.id)) {
			this.#duplicateCount++;
			if (this.#duplicates.length < MOST_LISTED) this.#duplicates.push(line);
			return;
		}
		const position = this.#ids.length;
		this.#known.add(row.id);
		this.#ids.push(row.id);
		if (row.group !== undefined) this.#groups.set(position, this.#groupNumber(row.group));
		addFeatures(this.#features, position, row.features);
		for (const stage of row.stages) this.#addStage(position, stage);
	}

	/** Counts a line that is no row. */
	reject(line: number, fault: RowFault): void {
		this.#rejected.add(line, fault);
	}

	/** Counts a record that is well and not about the cascade. */
	setAside(line: number, reason: string): void {
		this.#setAside.add(line, { reason });
	}

	/** The columns, with the stages in this order; default: as they were made. */
	finish(order: readonly number[] = this.#stages.map((_, index) => index)): ReadLog {
		const rows = this.#ids.length;
		const stages = order.map((index) => this.#stages[index]).filter((stage) => stage !== undefined);
		return {
			log: {
				rows,
				ids: this.#ids,
				groups: this.#groupNumbers.size === 0 ? undefined : this.#groups.finish(rows),
				features: finishFeatures(this.#features, rows),
				stages: stages.map((stage) => finishStage(stage, rows)),
			},
			asked: stages.map(({ asked }) => asked.finish(rows)),
			report: {
				rows,
				rejected: this.#rejected.total,
				rejectedByReason: this.#rejected.byReason(),
				firstRejected: this.#rejected.first,
				duplicates: this.#duplicateCount,
				firstDuplicates: this.#duplicates,
				setAside: this.#setAside.total,
				setAsideByReason: this.#setAside.byReason(),
				labellerFailed: countByModel(stages, ({ labellerFailed }) => labellerFailed),
				unlabelled: countByModel(stages, ({ everLabelled }) => rows - everLabelled),
			},
		};
	}

	#addStage(row: number, given: StageRow): void {
		const stage = this.#stages[given.stage];
		if (stage === undefined) throw new RangeError(`the log has no stage ${given.stage}`);
		const isLabelled = given.verdict !== "none";
		if (given.verdict === "failed") stage.labellerFailed++;
		if (isLabelled) stage.everLabelled++;
		stage.asked.set(row, 1);
		stage.confidence.set(row, given.confidence);
		stage.wrong.set(row, given.verdict === "right" ? 0 : 1);
		stage.labelled.set(row, isLabelled ? 1 : 0);
		stage.failed.set(row, given.verdict === "failed" ? 1 : 0);
		stage.costUsd.set(row, given.costUsd);
		stage.latencyMs.set(row, given.latencyMs);
		addFeatures(stage.features, row, given.features);
		if (given.label === undefined) return;
		stage.label ??= [];
		while (stage.label.length < row) stage.label.push(null);
		stage.label.push(given.label === null ? null : this.#interned(given.label));
	}

	#groupNumber(name: string): number {
		const number = this.#groupNumbers.get(name) ?? this.#groupNumbers.size;
		this.#groupNumbers.set(name, number);
		return number;
	}

	/** A million rows have few labels: each is kept once. */
	#interned(label: string): string {
		const known = this.#labels.get(label);
		if (known !== undefined) return known;
		this.#labels.set(label, label);
		return label;
	}
}

function finishStage(stage: StageBuilder, rows: number): StageColumns {
	const { model, label } = stage;
	while (label !== undefined && label.length < rows) label.push(null);
	return {
		model,
		confidence: stage.confidence.finish(rows),
		wrong: stage.wrong.finish(rows),
		labelled: stage.everLabelled === rows ? undefined : stage.labelled.finish(rows),
		failed: stage.labellerFailed === 0 ? undefined : stage.failed.finish(rows),
		costUsd: stage.costUsd.finish(rows),
		latencyMs: stage.latencyMs.finish(rows),
		label,
		features: finishFeatures(stage.features, rows),
	};
}

function addFeatures(
	columns: Map<string, GrowableColumn<Float64Array>>,
	row: number,
	features: Readonly<Record<string, number>> | undefined,
): void {
	for (const name in features) {
		const column = columns.get(name) ?? growableFloats();
		columns.set(name, column);
		column.set(row, features[name] ?? Number.NaN);
	}
}

function finishFeatures(
	columns: ReadonlyMap<string, GrowableColumn<Float64Array>>,
	rows: number,
): Record<string, Float64Array> | undefined {
	if (columns.size === 0) return undefined;
	return Object.fromEntries([...columns].map(([name, column]) => [name, column.finish(rows)]));
}

function countByModel(stages: readonly StageBuilder[], count: (stage: StageBuilder) => number): Record<string, number> {
	return Object.fromEntries(
		stages.map((stage) => [stage.model, count(stage)] as const).filter(([, number]) => number > 0),
	);
}
