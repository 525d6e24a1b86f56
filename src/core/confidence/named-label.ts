import type { ChatRequest } from "../completion.ts";
import { readVerdict } from "../moderation-verdict.ts";
import { labelsOf, MODERATION_LABELS } from "../task.ts";

/** The labels that a method reads: the policy's, else the request's own; undefined where neither has any. */
export function labelsToRead(
	declared: readonly string[] | undefined,
	request: ChatRequest,
): readonly string[] | undefined {
	return declared ?? (request.task === undefined ? undefined : labelsOf(request.task));
}

/** The part of an answer that names its label: a moderation's verdict without its categories, the whole of any other. */
export function labelPart(text: string, request: ChatRequest): string {
	if (request.task?.kind !== "moderation") return text;
	const verdict = readVerdict(text);
	const [safe, unsafe] = MODERATION_LABELS;
	return verdict === undefined ? "" : verdict.flagged ? unsafe : safe;
}

/**
 * The one label that a text is, letter case and surrounding punctuation aside; undefined where it is none, or where
 * several labels differ in nothing else. The closest spelling wins: `C++` is itself and not `C`.
 */
export function namedLabel(text: string, labels: readonly string[]): string | undefined {
	for (const form of [trimmed, folded, withoutSurroundings]) {
		const wanted = form(text);
		if (wanted === "") return undefined;
		const named = labels.filter((label) => form(label) === wanted);
		if (named.length > 0) return named.length === 1 ? named[0] : undefined;
	}
	return undefined;
}

function trimmed(text: string): string {
	return text.trim();
}

function folded(text: string): string {
	return text.normalize("NFKC").toLowerCase().trim();
}

const PUNCTUATION = /^[\p{P}\p{S}\s]$/u;

/** Walks in from both ends: one regular expression would try every run of punctuation from each of its characters. */
function withoutSurroundings(text: string): string {
	const characters = [...folded(text)];
	let from = 0;
	let to = characters.length;
	while (from < to && PUNCTUATION.test(characters[from] ?? "") && !isSign(characters, from)) from += 1;
	while (to > from && PUNCTUATION.test(characters[to - 1] ?? "")) to -= 1;
	return characters.slice(from, to).join("");
}

/** A minus before a digit is part of the number. */
function isSign(characters: readonly string[], index: number): boolean {
	return /^[-\u2212]$/u.test(characters[index] ?? "") && /^\p{N}$/u.test(characters[index + 1] ?? "");
}
