import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { MODERATION_CATEGORIES, type ModerationCategory } from "./categories.ts";

type ByCategory<Value> = Readonly<Record<ModerationCategory, Value>>;

/** Kinds of input that a category was judged on. */
type InputType = "text" | "image";

/** One of `results` in an answer of OpenAI's moderation endpoint. */
export interface ModerationResult {
	readonly flagged: boolean;
	readonly categories: ByCategory<boolean>;
	/** Each in [0, 1]. */
	readonly category_scores: ByCategory<number>;
	readonly category_applied_input_types: ByCategory<readonly InputType[]>;
}

/**
 * Reads a result that an origin sent. Categories that it does not have, as older models of OpenAI's, read as false, 0
 * and judged on nothing; categories that we do not know are left out. Undefined where it is no result: no verdict, no
 * scores, or a score that is no number in [0, 1].
 */
export function readModerationResult(value: unknown): ModerationResult | undefined {
	if (!isJsonObject(value)) return undefined;
	const { flagged, categories, category_scores: scores, category_applied_input_types: types } = value;
	if (typeof flagged !== "boolean" || !isJsonObject(categories) || !isJsonObject(scores)) return undefined;
	if (MODERATION_CATEGORIES.some(({ name }) => scores[name] != null && !isScore(scores[name]))) return undefined;
	const scoreOf = (name: ModerationCategory) => (isScore(scores[name]) ? scores[name] : 0);
	// Models before omni-moderation do not say: they saw text alone.
	const typesOf = (name: ModerationCategory) =>
		isJsonObject(types) ? inputTypes(types, name) : isScore(scores[name]) ? (["text"] as const) : [];
	return {
		flagged,
		categories: byCategory((name) => categories[name] === true),
		category_scores: byCategory(scoreOf),
		category_applied_input_types: byCategory(typesOf),
	};
}

/** One value for each category. */
export function byCategory<Value>(valueOf: (name: ModerationCategory) => Value): ByCategory<Value> {
	return Object.fromEntries(MODERATION_CATEGORIES.map(({ name }) => [name, valueOf(name)])) as ByCategory<Value>;
}

function isScore(value: unknown): value is number {
	return typeof value === "number" && value >= 0 && value <= 1;
}

function inputTypes(types: JsonObject, name: ModerationCategory): readonly InputType[] {
	const listed = types[name];
	return Array.isArray(listed)
		? (listed as unknown[]).filter((type): type is InputType => type === "text" || type === "image")
		: [];
}
