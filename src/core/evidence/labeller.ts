import type { Price } from "../cost.ts";

/**
 * What decides whether a first-stage answer was wrong, by comparing it with the last stage's. A guarantee is about this
 * verdict and not about truth, so certificates name it with its version.
 */
export type Labeller =
	/** The same text, character for character. */
	| { readonly kind: "exact" }
	/** The same after Unicode normalisation, without case, punctuation and space at the ends or doubled. */
	| { readonly kind: "normalised" }
	/** The same JSON value, whatever the order of its fields. */
	| { readonly kind: "json" }
	/** The same label of the task, or of `labels`. */
	| { readonly kind: "label"; readonly labels?: readonly string[] | undefined }
	/** The same functions called with the same arguments, whatever their order; where none is called, the same text as by `normalised`. */
	| { readonly kind: "tool-call" }
	/** Cosine similarity of the two texts' embeddings is at least `least`. */
	| { readonly kind: "similarity"; readonly model: string; readonly least: number; readonly price: Price }
	/** A judge model says in both orders that the first is as good; where the orders disagree, it is wrong. */
	| {
			readonly kind: "judge";
			readonly adapter: "workers-ai" | "openai";
			readonly model: string;
			readonly origin?: string | undefined;
			readonly price: Price;
	  };

/** A labeller's verdict. `failed` counts as wrong: dropping failures would hide wrong answers, which fail more often. */
export type LabelVerdict = "right" | "wrong" | "failed";

/** Labellers that compare by themselves, without asking a model. */
export type ComparingLabeller = Exclude<Labeller, { readonly kind: "similarity" | "judge" }>;

/** Name and version, such as `normalised/1`, with everything that changes a verdict; no two labellers have the same. */
export function labellerName(labeller: Labeller): string {
	switch (labeller.kind) {
		case "similarity":
			return `similarity/1 ${labeller.model} ${labeller.least}`;
		case "judge":
			return `judge/1 ${labeller.adapter}${labeller.origin === undefined ? "" : ` ${labeller.origin}`} ${labeller.model}`;
		case "label":
			return labeller.labels === undefined ? "label/1" : `label/1 ${JSON.stringify(labeller.labels)}`;
		default:
			return `${labeller.kind}/1`;
	}
}
