import type { NamedChoice } from "../../core/task-prompt.ts";

/**
 * OpenAI's moderation categories in its schema's order, each described in its words, shortened, for models that are
 * asked in words. Source: openai-openapi 2.3.0, CreateModerationResponse.
 */
export const MODERATION_CATEGORIES = [
	{ name: "hate", description: "expresses, incites or promotes hate against a protected group" },
	{ name: "hate/threatening", description: "such hate together with violence or serious harm" },
	{ name: "harassment", description: "harassing language towards any target" },
	{ name: "harassment/threatening", description: "harassment together with violence or serious harm" },
	{ name: "illicit", description: "instructions or advice for wrongdoing" },
	{ name: "illicit/violent", description: "wrongdoing that includes violence, or how to get a weapon" },
	{ name: "self-harm", description: "promotes, encourages or depicts self-harm" },
	{ name: "self-harm/intent", description: "the speaker harms themselves or intends to" },
	{ name: "self-harm/instructions", description: "instructions or encouragement for self-harm" },
	{ name: "sexual", description: "meant to arouse, or promotes sexual services" },
	{ name: "sexual/minors", description: "sexual content that includes someone under 18" },
	{ name: "violence", description: "depicts death, violence or physical injury" },
	{ name: "violence/graphic", description: "depicts them in graphic detail" },
] as const satisfies readonly NamedChoice[];

/** Name of one of OpenAI's categories. */
export type ModerationCategory = (typeof MODERATION_CATEGORIES)[number]["name"];

/**
 * Llama Guard 3's hazards as OpenAI's categories. Hazards: Llama Guard 3 8B model card, after MLCommons' taxonomy; the
 * mapping is ours, by both sides' definitions, and a hazard of a subcategory is one of its category too. S5 defamation,
 * S6 specialised advice, S7 privacy, S8 intellectual property and S13 elections have no counterpart: a text with such a
 * hazard is flagged, in no category.
 */
const CATEGORIES_OF_HAZARD: Readonly<Record<string, readonly ModerationCategory[]>> = {
	// Violent crimes; there is no other hazard for violence.
	S1: ["violence", "illicit", "illicit/violent"],
	// Non-violent crimes.
	S2: ["illicit"],
	// Sex-related crimes.
	S3: ["sexual", "illicit"],
	// Child sexual exploitation.
	S4: ["sexual", "sexual/minors"],
	// Indiscriminate weapons.
	S9: ["illicit", "illicit/violent"],
	// Hate.
	S10: ["hate"],
	// Suicide and self-harm.
	S11: ["self-harm"],
	// Sexual content.
	S12: ["sexual"],
	// Code interpreter abuse: denial of service, escapes, escalation of privileges.
	S14: ["illicit"],
};

const BY_NAME: ReadonlyMap<string, ModerationCategory> = new Map(
	MODERATION_CATEGORIES.map(({ name }) => [name, name] as const),
);

/** The categories that a verdict names, by OpenAI's names or Llama Guard's codes; names of neither are passed over. */
export function namedCategories(names: readonly string[]): ReadonlySet<ModerationCategory> {
	return new Set(
		names.flatMap((written) => {
			const name = written.trim();
			const category = BY_NAME.get(name.toLowerCase());
			const hazard = name.toUpperCase();
			if (category !== undefined) return [category];
			return Object.hasOwn(CATEGORIES_OF_HAZARD, hazard) ? (CATEGORIES_OF_HAZARD[hazard] ?? []) : [];
		}),
	);
}
