import { ok, type Result } from "../../core/result.ts";
import type { LogRow, RowFault, StageRow } from "./log-row.ts";
import type { ColumnPlan, StagePlan } from "./named-columns.ts";
import {
	answerFeatures,
	fault,
	readAmount,
	readConfidence,
	readLogprob,
	readNumber,
	readText,
	readVerdict,
} from "./read-values.ts";

/** The value of a column in this row; undefined where the row has none. */
export type Cell = (column: number) => unknown;

/** Reads a row of named columns, CSV or JSON. Without a column of ids the row is named by its line. */
export function readNamedRow(plan: ColumnPlan, cell: Cell, line: number): Result<LogRow, RowFault> {
	const id = plan.id === null ? ok(`line ${line}`) : readText("id", cell(plan.id));
	if (!id.ok) return id;
	if (id.value === undefined) return fault("id is missing", plan.id === null ? undefined : cell(plan.id));
	const groupName = plan.group === null ? "" : (plan.columns[plan.group] ?? "");
	const group = plan.group === null ? ok(undefined) : readText(groupName, cell(plan.group));
	if (!group.ok) return group;
	if (plan.group !== null && group.value === undefined) return fault(`${groupName} is missing`, undefined);
	const features = readNumbers(plan.features, "", cell);
	if (!features.ok) return features;
	const stages: StageRow[] = [];
	for (const [index, stagePlan] of plan.stages.entries()) {
		const stage = readStage(stagePlan, index, cell);
		if (!stage.ok) return stage;
		stages.push(stage.value);
	}
	const tokensColumn = plan.stages[0]?.fields.inputTokens;
	const inputTokens = tokensColumn === undefined ? ok(Number.NaN) : readAmount("inputTokens", cell(tokensColumn));
	if (!inputTokens.ok) return inputTokens;
	const ofRequest = tokensColumn === undefined ? features.value : { inputTokens: inputTokens.value, ...features.value };
	return ok({ id: id.value, group: group.value, features: ofRequest, stages });
}

function readStage({ model, fields, features }: StagePlan, stage: number, cell: Cell): Result<StageRow, RowFault> {
	const named = (field: string) => `${model}: ${field}`;
	const value = (column: number | undefined) => (column === undefined ? undefined : cell(column));
	const ofLogprob = readLogprob(named("logprob"), value(fields.logprob));
	if (!ofLogprob.ok) return ofLogprob;
	const given = readConfidence(named("confidence"), value(fields.confidence));
	if (!given.ok) return given;
	const verdict =
		fields.correct === undefined
			? readVerdict(value(fields.wrong), "wrong")
			: readVerdict(value(fields.correct), "right");
	const costUsd = readAmount(named("costUsd"), value(fields.costUsd));
	if (!costUsd.ok) return costUsd;
	const latencyMs = readAmount(named("latencyMs"), value(fields.latencyMs));
	if (!latencyMs.ok) return latencyMs;
	const label = readText(named("label"), value(fields.label));
	if (!label.ok) return label;
	const logprob = readNumber(named("logprob"), value(fields.logprob));
	if (!logprob.ok) return logprob;
	const outputTokens = readAmount(named("outputTokens"), value(fields.outputTokens));
	if (!outputTokens.ok) return outputTokens;
	const numbers = readNumbers(features, `${model}: `, cell);
	if (!numbers.ok) return numbers;
	const known = answerFeatures(logprob.value, outputTokens.value);
	return ok({
		stage,
		confidence: fields.confidence === undefined ? ofLogprob.value : given.value,
		verdict,
		costUsd: costUsd.value,
		latencyMs: latencyMs.value,
		label: fields.label === undefined ? undefined : (label.value ?? null),
		features: numbers.value === undefined ? known : { ...known, ...numbers.value },
	});
}

function readNumbers(
	columns: Readonly<Record<string, number>>,
	prefix: string,
	cell: Cell,
): Result<Record<string, number> | undefined, RowFault> {
	let numbers: Record<string, number> | undefined;
	for (const name in columns) {
		const number = readNumber(prefix + name, cell(columns[name] ?? -1));
		if (!number.ok) return number;
		numbers ??= {};
		numbers[name] = number.value;
	}
	return ok(numbers);
}
