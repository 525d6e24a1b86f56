/**
 * What a request wants beyond free text: one label of a list, or a verdict about harmful content. Its messages ask any
 * chat model for it; a classifier reads `text` alone.
 */
export type Task =
	| {
			readonly kind: "classification";
			readonly text: string;
			/** At least two, in the client's order and spelling. */
			readonly labels: readonly string[];
			/** What each label is for, in the labels' order, where the client says so. In the messages; no classifier reads it. */
			readonly descriptions?: readonly (string | undefined)[];
			/** The client's own, for all labels. The same. */
			readonly instructions?: string | undefined;
	  }
	| { readonly kind: "moderation"; readonly text: string };

/** The labels that an answer to this task may begin with. */
export function labelsOf(task: Task): readonly string[] {
	return task.kind === "classification" ? task.labels : MODERATION_LABELS;
}

/** A moderation answer's first line; where it is `unsafe`, the second lists categories. */
export const MODERATION_LABELS = ["safe", "unsafe"] as const;

/** A label as a classifier weighs it; scores of one answer need not sum to 1. */
export interface LabelScore {
	readonly label: string;
	/** In [0, 1] where the classifier is sound; untrusted until a method has checked it. */
	readonly score: number;
}

/**
 * The label that this text is, or undefined where it is none or could be several. Forms of the same character, space and
 * marks around it, and letter case, are set aside as far as that is needed: `"Spam".` is `spam`, and `C++` stays `C++`
 * where another label is `C`. A sign before a number is part of it, and marks alone are no other marks.
 */
export function answeredLabel(text: string, labels: readonly string[]): string | undefined {
	const written = text.normalize().trim();
	if (written === "") return undefined;
	const [folded, bare, foldedBare] = [
		fold(written),
		withoutMarks(written.normalize("NFKC")),
		withoutMarks(fold(written)),
	];
	// From the closest spelling to the loosest.
	const views: ((label: string) => boolean)[] = [
		(label) => label === written,
		(label) => fold(label) === folded,
		(label) => bare !== "" && label.normalize("NFKC") === bare,
		(label) => foldedBare !== "" && fold(label) === foldedBare,
		(label) => foldedBare !== "" && withoutMarks(fold(label)) === foldedBare,
	];
	for (const isAnswered of views) {
		const answered = labels.filter((label) => isAnswered(label.normalize().trim()));
		if (answered.length > 0) return answered.length === 1 ? answered[0] : undefined;
	}
	return undefined;
}

function fold(text: string): string {
	return text.normalize("NFKC").toLowerCase().trim();
}

const MARK = /^[\p{P}\p{S}\s]$/u;
/** A minus or a sign of mathematics: `-1` is not `1`, and neither is `>1`. */
const SIGN = /^[-\u2212\p{Sm}]$/u;
const DIGIT = /^\p{N}$/u;

/** Walks in from both ends: one regular expression would try every run of marks from each of its characters. */
function withoutMarks(text: string): string {
	const characters = [...text];
	const isSign = (at: number) => SIGN.test(characters[at] ?? "") && DIGIT.test(characters[at + 1] ?? "");
	let from = 0;
	let to = characters.length;
	while (from < to && MARK.test(characters[from] ?? "") && !isSign(from)) from += 1;
	while (to > from && MARK.test(characters[to - 1] ?? "")) to -= 1;
	return characters.slice(from, to).join("");
}
