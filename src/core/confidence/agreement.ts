import type { ChatRequest, Completion } from "../completion.ts";
import { isJsonObject, parseJson } from "../json.ts";
import { measured, unavailable, type ConfidenceReading } from "../reading.ts";
import { answeredLabel } from "../task.ts";
import { labelPart, labelsToRead } from "./labels-to-read.ts";

/** What counts as the same answer. */
export type AgreementMatch = "exact" | "normalised" | "json" | "label";

/** How answers are compared; `labels` for a `label` match, where they are not the request's own. */
export interface Comparison {
	readonly match: AgreementMatch;
	readonly labels?: readonly string[] | undefined;
}

/**
 * `agreement`: of k samples of the answer, the served one among them, the share that say the same (answer
 * consistency, Wang et al. 2023; Yue et al., ICLR 2024). Needs no log-probabilities. Readings are multiples of
 * 1/k and never below it, since the served answer agrees with itself. Unavailable where the served answer has no
 * form to compare; a sample without one is a sample that does not agree.
 */
export function agreementConfidence(
	request: ChatRequest,
	answer: Completion,
	samples: readonly Completion[],
	comparison: Comparison,
): ConfidenceReading {
	const served = canonicalAnswer(answer, request, comparison);
	if (served === undefined) return unavailable("not-applicable");
	const agreeing = samples.filter((sample) => canonicalAnswer(sample, request, comparison) === served).length;
	return measured((1 + agreeing) / (1 + samples.length));
}

/**
 * The reading of `agreement` as soon as the samples in so far settle on which side of the threshold it will be,
 * whatever the others say; null before. Of `count` answers in all, it is the share that agree already where that
 * reaches the threshold, a lower bound, and the greatest share still possible where that does not, an upper bound.
 */
export function boundedAgreement(
	request: ChatRequest,
	answer: Completion,
	samples: readonly (Completion | null)[],
	comparison: Comparison,
	{ count, threshold }: { readonly count: number; readonly threshold: number },
): ConfidenceReading | null {
	const served = canonicalAnswer(answer, request, comparison);
	if (served === undefined) return unavailable("not-applicable");
	if (samples.includes(null)) return unavailable("extra-call-failed");
	const agreeing = samples.filter(
		(sample) => sample !== null && canonicalAnswer(sample, request, comparison) === served,
	).length;
	const outstanding = Math.max(0, count - 1 - samples.length);
	const least = (1 + agreeing) / count;
	const most = (1 + agreeing + outstanding) / count;
	if (least >= threshold) return measured(least);
	// Not `most < threshold`: a threshold that is no number accepts nothing.
	return most >= threshold ? null : measured(most);
}

/**
 * The form in which two answers are compared; undefined where this one has none, such as broken JSON. Where tools are
 * called, it is the calls in order, each a name and its arguments whatever the order of their keys, and the text.
 */
export function canonicalAnswer(answer: Completion, request: ChatRequest, comparison: Comparison): string | undefined {
	const text = canonicalText(answer.text, request, comparison);
	if (answer.toolCalls.length === 0) return text === undefined ? undefined : `text ${text}`;
	if (text === undefined && answer.text.trim() !== "") return undefined;
	const calls: string[] = [];
	for (const call of answer.toolCalls) {
		const given = canonicalJson(call.arguments);
		if (given === undefined) return undefined;
		calls.push(call.name, given);
	}
	return `calls ${JSON.stringify([text ?? "", ...calls])}`;
}

function canonicalText(text: string, request: ChatRequest, { match, labels }: Comparison): string | undefined {
	switch (match) {
		case "exact":
			return text === "" ? undefined : text;
		case "normalised":
			return normalised(text);
		case "json":
			return canonicalJson(text);
		case "label":
			return answeredLabel(labelPart(text, request), labelsToRead(labels, request) ?? []);
	}
}

function normalised(text: string): string | undefined {
	const folded = text.normalize("NFKC").toLowerCase();
	const words = (HAS_NUMBER.test(folded) ? withoutMarksOutsideNumbers(folded) : folded.replaceAll(MARKS, " ")).trim();
	return words === "" ? undefined : words;
}

const HAS_NUMBER = /\p{N}/u;
const MARKS = /[\p{P}\p{S}\s]+/gu;

/** A sign before a digit and a point or comma between digits are part of the number. Looking back for that takes several times as long. */
function withoutMarksOutsideNumbers(text: string): string {
	return text
		.replaceAll(
			/(?<!\p{N})[-\u2212](?=\p{N})|(?<=\p{N})[.,](?=\p{N})|([\p{P}\p{S}\s])/gu,
			(mark: string, other?: string) => (other === undefined ? mark : " "),
		)
		.replaceAll(/ +/gu, " ");
}

function canonicalJson(text: string): string | undefined {
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
