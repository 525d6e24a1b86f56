/** Everything that the two local servers serve: the models with weights of their own, and further forms of them. */
import type { FindLocalModel, LocalModel } from "./catalogue.ts";
import type { LabelModel } from "./label-model.ts";

/** A label model in the form of Llama Guard. */
export interface GuardModel {
	readonly kind: "guard";
	readonly name: string;
	readonly model: LabelModel;
}

/** A model that writes tokens. */
export type GeneratingModel = LocalModel | GuardModel;

/** A model whose answer is not a chat's. */
export type TaskModel =
	| GuardModel
	/** Gives labels with scores: as Workers AI's text classification, or as OpenAI's moderation endpoint. */
	| { readonly kind: "classifier" | "moderation"; readonly name: string; readonly model: LabelModel }
	/** Turns text into a vector; has no weights. */
	| { readonly kind: "embedding"; readonly name: string };

/** Any model that is served. */
export type ServedModel = LocalModel | TaskModel;

/** Weights that answer in another form under a second name. */
const OTHER_FORMS: ReadonlyMap<string, { readonly kind: "guard" | "classifier" | "moderation"; readonly of: string }> =
	new Map([
		["@local/mail-classifier", { kind: "classifier", of: "@local/mail-small" }],
		["@local/mail-guard", { kind: "guard", of: "@local/mail-small" }],
		["mail-moderation", { kind: "moderation", of: "mail-large" }],
	]);

const EMBEDDING_NAMES: ReadonlySet<string> = new Set(["@local/hash-embedding", "hash-embedding"]);

/** Finds a model by name, over a catalogue of those with weights; undefined when there is none of that name. */
export function findServedModel(find: FindLocalModel, name: string): ServedModel | undefined {
	if (EMBEDDING_NAMES.has(name)) return { kind: "embedding", name };
	const form = OTHER_FORMS.get(name);
	if (form === undefined) return find(name);
	const shared = find(form.of);
	return shared?.kind === "label" ? { kind: form.kind, name, model: shared.model } : undefined;
}

/** Whether a model answers chats. */
export function isChatModel(model: ServedModel): model is LocalModel {
	return model.kind === "label" || model.kind === "checker" || model.kind === "prose";
}
