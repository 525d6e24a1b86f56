import type { Completion } from "../completion.ts";
import { isJsonObject, parseJson } from "../json.ts";
import { measured, unavailable, type ConfidenceReading } from "../reading.ts";

/** What counts as the same answer. */
export type AgreementMatch = "exact" | "normalised" | "json";

/**
 * `agreement`: of k samples of the answer, the served one among them, the share that say the same (answer
 * consistency, Wang et al. 2023; Yue et al., ICLR 2024). Needs no log-probabilities. Readings are multiples of
 * 1/k and never below it, since the served answer agrees with itself.
 */
export function agreementConfidence(
	answer: Completion,
	samples: readonly Completion[],
	match: AgreementMatch,
): ConfidenceReading {
	const served = canonicalAnswer(answer.text, match);
	if (served === undefined) return unavailable("not-applicable");
	const agreeing = samples.filter((sample) => canonicalAnswer(sample.text, match) === served).length;
	return measured((1 + agreeing) / (1 + samples.length));
}

/** The form in which two answers are compared; undefined where the text has none, such as broken JSON. */
export function canonicalAnswer(text: string, match: AgreementMatch): string | undefined {
	if (match === "exact") return text === "" ? undefined : text;
	if (match === "normalised") {
		const normalised = text
			.normalize("NFKC")
			.toLowerCase()
			// A sign before a digit and a point or comma between digits are part of the number.
			.replaceAll(
				/(?<!\p{N})[-\u2212](?=\p{N})|(?<=\p{N})[.,](?=\p{N})|([\p{P}\p{S}\s])/gu,
				(mark: string, other?: string) => (other === undefined ? mark : " "),
			)
			.replaceAll(/ +/gu, " ")
			.trim();
		return normalised === "" ? undefined : normalised;
	}
	const value = parseJson(text);
	if (value === undefined) return undefined;
	try {
		return JSON.stringify(value, sortKeys);
	} catch {
		// Nested deeper than the stack: nothing to compare.
		return undefined;
	}
}

/** JSON replacer that orders the keys of objects, since `{"a":1,"b":2}` and `{"b":2,"a":1}` say the same. */
function sortKeys(_key: string, value: unknown): unknown {
	if (!isJsonObject(value)) return value;
	// Without a prototype, a key named `__proto__` stays a key.
	const sorted = Object.create(null) as Record<string, unknown>;
	for (const key of Object.keys(value).toSorted()) sorted[key] = value[key];
	return sorted;
}
