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
 * The label that this text is, or undefined where it is none or could be several. Surrounding space, quotation marks
 * and other punctuation, and then letter case, are set aside as far as that is needed: `"Spam".` is `spam`, and `C`
 * stays `C` where another label is `C#`.
 */
export function answeredLabel(text: string, labels: readonly string[]): string | undefined {
	const written = text.normalize().trim();
	const bare = withoutMarks(written);
	const views: ((label: string) => boolean)[] = [
		(label) => label === written,
		(label) => label.toLowerCase() === written.toLowerCase(),
		(label) => bare !== "" && label.toLowerCase() === bare.toLowerCase(),
		(label) => bare !== "" && withoutMarks(label).toLowerCase() === bare.toLowerCase(),
	];
	if (written === "") return undefined;
	for (const isAnswered of views) {
		const answered = labels.filter((label) => isAnswered(label.normalize().trim()));
		if (answered.length > 0) return answered.length === 1 ? answered[0] : undefined;
	}
	return undefined;
}

const MARK = /[\s\p{P}`´]/u;

/** A minus before a digit is part of the number: `-1` is not `1`. */
function isSign(text: string, at: number): boolean {
	return /^[-\u2212]\p{N}/u.test(text.slice(at, at + 3));
}

/** Without punctuation and space at either end. */
function withoutMarks(text: string): string {
	let [start, end] = [0, text.length];
	while (start < end && MARK.test(text.charAt(start)) && !isSign(text, start)) start += 1;
	while (end > start && MARK.test(text.charAt(end - 1))) end -= 1;
	return text.slice(start, end);
}
