import type { CascadeLog, StageColumns } from "./cascade-log.ts";
import { growableBytes, growableFloats, growableIntegers, type GrowableColumn } from "./growable-column.ts";
import type { LogRow, RowFault, StageRow, Verdict } from "./log-row.ts";
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
	/** How the labeller failed: its place in `FAILURES` from 1; 0 where it did not. */
	readonly failed: GrowableColumn<Uint8Array>;
	readonly costUsd: GrowableColumn<Float64Array>;
	readonly latencyMs: GrowableColumn<Float64Array>;
	readonly features: Map<string, GrowableColumn<Float64Array>>;
	label: (string | null)[] | undefined;
	everLabelled: number;
}

/** Verdicts that count as wrong for want of a better. */
const FAILURES: readonly Verdict[] = ["failed", "unreadable", "disputed"];

/** Puts rows into columns as they are read. A row is in whole or not at all. */
export class LogBuilder {
	readonly #stages: StageBuilder[] = [];
	readonly #ids: string[] = [];
	readonly #positions = new Map<string, number>();
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
			everLabelled: 0,
		});
		return this.#stages.length - 1;
	}

	/** Adds a row. Where an earlier one has its id that one stays, and is disputed where the labels differ. */
	add(line: number, row: LogRow): void {
		const earlier = this.#positions.get(row.id);
		if (earlier !== undefined) {
			for (const stage of row.stages) this.#disputeLabel(earlier, stage);
			this.#duplicateCount++;
			if (this.#duplicates.length < MOST_LISTED) this.#duplicates.push(line);
			return;
		}
		const position = this.#ids.length;
		this.#positions.set(row.id, position);
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
				labellerFailed: countByModel(stages, ({ failed }) => failed.finish(rows).filter((kind) => kind > 0).length),
				labellerUnreadable: countFailures(stages, "unreadable", rows),
				labelsDisputed: countFailures(stages, "disputed", rows),
				unlabelled: countByModel(stages, ({ everLabelled }) => rows - everLabelled),
			},
		};
	}

	#addStage(row: number, given: StageRow): void {
		const stage = this.#stages[given.stage];
		if (stage === undefined) throw new RangeError(`the log has no stage ${given.stage}`);
		const isLabelled = given.verdict !== "none";
		if (isLabelled) stage.everLabelled++;
		stage.asked.set(row, 1);
		stage.confidence.set(row, given.confidence);
		stage.wrong.set(row, given.verdict === "right" ? 0 : 1);
		stage.labelled.set(row, isLabelled ? 1 : 0);
		stage.failed.set(row, FAILURES.indexOf(given.verdict) + 1);
		stage.costUsd.set(row, given.costUsd);
		stage.latencyMs.set(row, given.latencyMs);
		addFeatures(stage.features, row, given.features);
		if (given.label === undefined) return;
		stage.label ??= [];
		while (stage.label.length < row) stage.label.push(null);
		stage.label.push(given.label === null ? null : this.#interned(given.label));
	}

	#disputeLabel(row: number, { stage: position, verdict }: StageRow): void {
		const stage = this.#stages[position];
		if (stage === undefined || verdict === "none" || stage.labelled.get(row) !== 1) return;
		const isFailure = FAILURES.includes(verdict);
		const isAlike = isFailure ? stage.failed.get(row) > 0 : stage.wrong.get(row) === (verdict === "wrong" ? 1 : 0);
		if (isAlike && (isFailure || stage.failed.get(row) === 0)) return;
		stage.wrong.set(row, 1);
		stage.failed.set(row, FAILURES.indexOf("disputed") + 1);
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
	const failed = stage.failed.finish(rows).map((kind) => (kind > 0 ? 1 : 0));
	return {
		model,
		confidence: stage.confidence.finish(rows),
		wrong: stage.wrong.finish(rows),
		labelled: stage.everLabelled === rows ? undefined : stage.labelled.finish(rows),
		failed: failed.every((mark) => mark === 0) ? undefined : failed,
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

function countFailures(stages: readonly StageBuilder[], kind: Verdict, rows: number): Record<string, number> {
	const mark = FAILURES.indexOf(kind) + 1;
	return countByModel(stages, ({ failed }) => failed.finish(rows).filter((each) => each === mark).length);
}

function countByModel(stages: readonly StageBuilder[], count: (stage: StageBuilder) => number): Record<string, number> {
	return Object.fromEntries(
		stages.map((stage) => [stage.model, count(stage)] as const).filter(([, number]) => number > 0),
	);
}
