/** The smallest valid policy document, and ways to change one thing in it. */
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import type { PolicyProblem } from "../../src/core/tenant-policy.ts";
import type { JsonObject } from "../../src/core/json.ts";

const PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

/** A judged stage, as a document. */
export function edgeDocument(differences: JsonObject = {}): JsonObject {
	return {
		name: "edge",
		adapter: "workers-ai",
		model: "@cf/zai-org/glm-4.7-flash",
		confidence: { method: "mean-logprob" },
		threshold: 0.8,
		price: PRICE,
		...differences,
	};
}

/** The last stage, as a document. */
export function originDocument(differences: JsonObject = {}): JsonObject {
	return { name: "origin", adapter: "openai", model: "llama-3.3-70b", origin: "main", price: PRICE, ...differences };
}

/** A policy of one cascade, `chat`, with these stages. */
export function policyOf(stages: unknown, cascade: JsonObject = {}, policy: JsonObject = {}): JsonObject {
	return { version: 1, cascades: { chat: { stages, ...cascade } }, ...policy };
}

/** A policy whose first stage is judged by this method. */
export function policyWithMethod(confidence: unknown): JsonObject {
	return policyOf([edgeDocument({ confidence }), originDocument()]);
}

/** What is wrong with a document; empty where nothing is. */
export function problemsOf(document: unknown): readonly PolicyProblem[] {
	const parsed = parseTenantPolicy(document);
	return parsed.ok ? [] : parsed.error;
}

/** The paths of what is wrong with a document. */
export function pathsOf(document: unknown): readonly string[] {
	return problemsOf(document).map((problem) => problem.path);
}
