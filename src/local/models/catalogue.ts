/** The local models by name, read from their weight files when first used. */
import { type LabelModel, parseLabelModel } from "./label-model.ts";
import { type LanguageModel, parseLanguageModel } from "./language-model.ts";

/** The name of each local model and the weight file it is read from. */
export const WEIGHT_FILE_NAMES = {
	"@local/mail-small": "mail-small.bin",
	"@local/mail-medium": "mail-medium.bin",
	"@local/mail-checker": "mail-checker.bin",
	"@local/prose-small": "prose-small.bin",
	"mail-large": "mail-large.bin",
	"prose-large": "prose-large.bin",
} as const;

/** Name of a local model, as a request's `model`. */
export type LocalModelName = keyof typeof WEIGHT_FILE_NAMES;

/** The bytes of every weight file, by model name. */
export type LocalWeights = Readonly<Record<LocalModelName, ArrayBuffer>>;

/** A model that can answer a chat, with what kind of answer it gives. */
export type LocalModel =
	/** Labels the mail in the chat. */
	| { readonly kind: "label"; readonly name: LocalModelName; readonly model: LabelModel }
	/** Says whether a proposed label is right. */
	| { readonly kind: "checker"; readonly name: LocalModelName; readonly model: LabelModel }
	/** Continues the chat with prose-like text. */
	| { readonly kind: "prose"; readonly name: LocalModelName; readonly model: LanguageModel };

/** Finds a model by name; undefined when there is none of that name. */
export type FindLocalModel = (name: string) => LocalModel | undefined;

/** A catalogue over the given weights. Each file is parsed at most once. */
export function createCatalogue(weights: LocalWeights): FindLocalModel {
	const loaded = new Map<LocalModelName, LocalModel>();
	return function findLocalModel(name) {
		if (!isLocalModelName(name)) return undefined;
		const model = loaded.get(name) ?? readModel(name, weights[name]);
		loaded.set(name, model);
		return model;
	};
}

function isLocalModelName(name: string): name is LocalModelName {
	return Object.hasOwn(WEIGHT_FILE_NAMES, name);
}

function readModel(name: LocalModelName, bytes: ArrayBuffer): LocalModel {
	switch (name) {
		case "@local/mail-small":
		case "@local/mail-medium":
		case "mail-large":
			return { kind: "label", name, model: parseLabelModel(bytes) };
		case "@local/mail-checker":
			return { kind: "checker", name, model: parseLabelModel(bytes) };
		case "@local/prose-small":
		case "prose-large":
			return { kind: "prose", name, model: parseLanguageModel(bytes) };
	}
}
