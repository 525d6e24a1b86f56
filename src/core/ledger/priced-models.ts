import * as v from "valibot";
import { costOfUsage, type Price } from "../cost.ts";
import { isJsonObject } from "../json.ts";
import { price as priceSchema } from "../policy-schema/scalars.ts";

/** A place of a policy that names a model, and what a call of the model is charged there. */
export interface PricedModel {
	/** Such as `cascades.chat.stages[0].price`. */
	readonly path: string;
	/**
	 * What is asked: text or vectors, by which adapter, at which origin, under which name. One name may serve both, and
	 * vectors have no output, so that their price says nothing of text.
	 */
	readonly model: string;
	readonly price: Price;
}

/**
 * Every model that a policy may call, checkers and labellers too, with its price, in the policy's order. `policy` may
 * be a document that is not valid: what does not have a policy's form is left out.
 */
export function pricedModels(policy: unknown): readonly PricedModel[] {
	return [
		...entriesOf(fieldOf(policy, "cascades")).flatMap(([alias, cascade]) => {
			const stages = fieldOf(cascade, "stages");
			return [
				...(Array.isArray(stages) ? stages : []).flatMap((stage: unknown, index) =>
					modelsOfStage(`cascades.${alias}.stages[${index}]`, stage),
				),
				...modelsOfLabeller(`cascades.${alias}.labeller`, fieldOf(cascade, "labeller")),
			];
		}),
		...entriesOf(fieldOf(policy, "embeddings")).flatMap(([alias, upstream]) =>
			priced(`embeddings.${alias}`, "vectors", upstream),
		),
	];
}

/** Whether a million tokens of either kind, in or out, cost less at this price than at that one. */
export function isLowerPrice(price: Price, than: Price): boolean {
	const kinds = [
		{ inputTokens: 1e6, outputTokens: 0 },
		{ inputTokens: 0, outputTokens: 1e6 },
	];
	return kinds.some((usage) => costOfUsage(price, usage) < costOfUsage(than, usage));
}

/** A field of what should be an object; undefined where it is none. */
export function fieldOf(value: unknown, field: string): unknown {
	return isJsonObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
}

/** The stage's own model, and its checker's, which runs where the stage does and costs what the stage costs unless it says otherwise. */
function modelsOfStage(path: string, stage: unknown): readonly PricedModel[] {
	const confidence = fieldOf(stage, "confidence");
	if (fieldOf(confidence, "method") !== "verify") return priced(path, "text", stage);
	const { model, price = fieldOf(stage, "price") } = isJsonObject(confidence) ? confidence : {};
	const checker = { adapter: fieldOf(stage, "adapter"), origin: fieldOf(stage, "origin"), model, price };
	return [...priced(path, "text", stage), ...priced(`${path}.confidence`, "text", checker)];
}

function modelsOfLabeller(path: string, labeller: unknown): readonly PricedModel[] {
	switch (fieldOf(labeller, "kind")) {
		case "judge":
			return priced(path, "text", labeller);
		case "similarity":
			return priced(path, "vectors", { ...(labeller as object), adapter: "workers-ai" });
		default:
			return [];
	}
}

function priced(path: string, gives: "text" | "vectors", upstream: unknown): readonly PricedModel[] {
	const price = v.safeParse(priceSchema, fieldOf(upstream, "price"));
	if (!price.success) return [];
	const named = ["adapter", "origin", "model"].map((field) => fieldOf(upstream, field) ?? null);
	return [{ path: `${path}.price`, model: JSON.stringify([gives, ...named]), price: price.output }];
}

function entriesOf(value: unknown): [string, unknown][] {
	return isJsonObject(value) ? Object.entries(value) : [];
}
