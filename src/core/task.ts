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
