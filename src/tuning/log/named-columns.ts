import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";

/** What a column may hold of an answer. */
type StageField =
	| "confidence"
	| "logprob"
	| "correct"
	| "wrong"
	| "costUsd"
	| "latencyMs"
	| "label"
	| "inputTokens"
	| "outputTokens";

/** Where the columns of one model are; a feature's name is its own. */
export interface StagePlan {
	readonly model: string;
	readonly fields: Readonly<Partial<Record<StageField, number>>>;
	readonly features: Readonly<Record<string, number>>;
}

/** Where everything is, as positions in `columns`. */
export interface ColumnPlan {
	readonly columns: readonly string[];
	/** Null where no column names the rows; their lines do then. */
	readonly id: number | null;
	readonly group: number | null;
	readonly features: Readonly<Record<string, number>>;
	/** In the order of the columns; models that say no confidence stand last. */
	readonly stages: readonly StagePlan[];
}

const FIELDS: Readonly<Record<string, StageField>> = {
	confidence: "confidence",
	logprob: "logprob",
	correct: "correct",
	wrong: "wrong",
	costUsd: "costUsd",
	cost_usd: "costUsd",
	latencyMs: "latencyMs",
	latency_ms: "latencyMs",
	label: "label",
	inputTokens: "inputTokens",
	input_tokens: "inputTokens",
	outputTokens: "outputTokens",
	output_tokens: "outputTokens",
};

/** What a name stands for: `id`, `feature.NAME`, or `MODEL.field`; the model is `defaultModel` where none is named. */
type Target =
	| { readonly kind: "id" }
	| { readonly kind: "feature"; readonly name: string }
	| { readonly kind: "stage-feature"; readonly model: string; readonly name: string }
	| { readonly kind: "stage"; readonly model: string; readonly field: StageField };

/**
 * Decides what each column is. A column is what its name says (`id`, `feature.length`, `small.confidence`,
 * `large.correct`; a field without a model is `defaultModel`'s), unless `mapping` (target to column) says where a target
 * is. Fails with everything that is wrong, one a line.
 */
export function planColumns(
	columns: readonly string[],
	mapping: ReadonlyMap<string, string>,
	{ defaultModel, group }: { readonly defaultModel: string; readonly group?: string | undefined },
): Result<ColumnPlan, string> {
	const problems: string[] = [];
	const has = columns.join(", ");
	const position = (column: string) => {
		const index = columns.indexOf(column);
		if (index < 0) problems.push(`there is no column '${column}'; there are: ${has}`);
		return index;
	};
	const targets = new Map<string, { readonly target: Target; readonly column: number }>();
	for (const [name, column] of mapping) {
		const target = readTarget(name, defaultModel);
		if (target === null)
			problems.push(
				`'${name}' is nothing that a column can be: id, feature.NAME or MODEL.field with field ${[...new Set(Object.values(FIELDS))].join(", ")}`,
			);
		else targets.set(keyOf(target), { target, column: position(column) });
	}
	const taken = new Set([...targets.values()].map(({ column }) => column));
	for (const [index, column] of columns.entries()) {
		const target = taken.has(index) ? null : readTarget(column.trim(), defaultModel);
		if (target === null || targets.has(keyOf(target))) continue;
		targets.set(keyOf(target), { target, column: index });
	}
	const groupColumn = group === undefined ? null : position(group);
	const stages = collectStages([...targets.values()]);
	if (!stages.some(saysConfidence))
		problems.push(`no column is a confidence; name one: --columns confidence=COLUMN,correct=COLUMN; there are: ${has}`);
	const features: Record<string, number> = {};
	for (const { target, column } of targets.values()) if (target.kind === "feature") features[target.name] = column;
	if (problems.length > 0) return err(problems.join("\n"));
	const confident = stages.filter(saysConfidence);
	return ok({
		columns,
		id: targets.get("id")?.column ?? null,
		group: groupColumn,
		features,
		stages: [...confident, ...stages.filter((stage) => !confident.includes(stage))],
	});
}

/** Reads `confidence=p,correct=ok`; fails at an entry that is not `target=column`. */
export function readMapping(text: string): Result<ReadonlyMap<string, string>, string> {
	const mapping = new Map<string, string>();
	for (const entry of text.split(",")) {
		const parts = /^\s*([^=]+?)\s*=\s*(.+?)\s*$/u.exec(entry);
		if (parts === null) return err(`'${entry.trim()}' is not target=column`);
		mapping.set(parts[1] ?? "", parts[2] ?? "");
	}
	return ok(mapping);
}

/** `{"small":{"confidence":0.9}}` as `small.confidence`: nested objects become names with dots. */
export function flatten(object: JsonObject, prefix = "", into = new Map<string, unknown>()): Map<string, unknown> {
	for (const [key, value] of Object.entries(object)) {
		if (isJsonObject(value)) flatten(value, `${prefix}${key}.`, into);
		else into.set(prefix + key, value);
	}
	return into;
}

function readTarget(name: string, defaultModel: string): Target | null {
	if (name === "id") return { kind: "id" };
	const ofFeature = /^(?:(.+)\.)?feature\.(.+)$/u.exec(name);
	if (ofFeature !== null) {
		const [, model, feature = ""] = ofFeature;
		return model === undefined ? { kind: "feature", name: feature } : { kind: "stage-feature", model, name: feature };
	}
	const dot = name.lastIndexOf(".");
	const field = FIELDS[name.slice(dot + 1)];
	if (field === undefined) return null;
	return { kind: "stage", model: dot < 0 ? defaultModel : name.slice(0, dot), field };
}

function keyOf(target: Target): string {
	switch (target.kind) {
		case "id":
			return "id";
		case "feature":
			return `feature.${target.name}`;
		case "stage-feature":
			return `${target.model}.feature.${target.name}`;
		case "stage":
			return `${target.model}.${target.field}`;
	}
}

function collectStages(targets: readonly { readonly target: Target; readonly column: number }[]): StagePlan[] {
	const stages = new Map<string, { fields: Partial<Record<StageField, number>>; features: Record<string, number> }>();
	for (const { target, column } of targets.toSorted((left, right) => left.column - right.column)) {
		if (target.kind !== "stage" && target.kind !== "stage-feature") continue;
		const stage = stages.get(target.model) ?? { fields: {}, features: {} };
		stages.set(target.model, stage);
		if (target.kind === "stage") stage.fields[target.field] = column;
		else stage.features[target.name] = column;
	}
	return [...stages].map(([model, { fields, features }]) => ({ model, fields, features }));
}

function saysConfidence({ fields }: StagePlan): boolean {
	return fields.confidence !== undefined || fields.logprob !== undefined;
}
