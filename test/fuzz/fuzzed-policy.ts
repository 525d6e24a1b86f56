import type { PolicyDocument } from "../../src/core/policy-schema/policy.ts";

const PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };

/** The far side's models, each of which says by its name how it behaves. */
const MODELS = {
	chat: "@fake/chat",
	native: "@fake/native",
	guard: "@fake/guard",
	edgeVectors: "@fake/vectors",
	origin: "plain",
	moderation: "plain",
	vectors: "vectors",
};

/** A policy with every kind of stage; the secret is in the names of all of them. */
export function fuzzedPolicy(secret: string, originName: string, models: typeof MODELS = MODELS): PolicyDocument {
	const edge = (name: string, model: string) => ({
		name: `${name}-${secret}`,
		adapter: "workers-ai" as const,
		model: `${model}~${secret}`,
		price: PRICE,
	});
	const chat = { ...edge("edge", models.chat), logprobs: true };
	const native = { ...edge("small", models.native), shape: "native" as const };
	const origin = {
		name: `last-${secret}`,
		adapter: "openai" as const,
		origin: originName,
		model: `${models.origin}~${secret}`,
		price: PRICE,
	};
	const threshold = 0.8;
	const byLogprobs = { ...chat, confidence: { method: "mean-logprob" as const }, threshold };
	return {
		version: 1,
		cascades: {
			shared: { stages: [byLogprobs, origin], allowRouteHeader: true },
			samples: {
				stages: [{ ...native, confidence: { method: "agreement", samples: 2 }, threshold }, origin],
				allowRouteHeader: true,
			},
			"edge-only": { stages: [{ ...chat, confidence: { method: "min-logprob" }, threshold }, native] },
			moderate: {
				stages: [
					{
						...edge("guard", models.guard),
						shape: "llama-guard",
						confidence: { method: "agreement", samples: 2 },
						threshold,
					},
					{ ...origin, model: `${models.moderation}~${secret}`, shape: "moderations" },
				],
				allowRouteHeader: true,
			},
			parallel: {
				stages: [byLogprobs, origin],
				mode: "parallel",
				gate: { skipWhen: ["images"] },
				checks: { pattern: { mustNotMatch: "nobody says this" }, script: "Latin" },
			},
		},
		embeddings: {
			vectors: { adapter: "openai", origin: originName, model: `${models.vectors}~${secret}`, price: PRICE },
			"edge-vectors": { adapter: "workers-ai", model: `${models.edgeVectors}~${secret}`, price: PRICE },
		},
		defaults: { moderations: "moderate" },
		limits: { maxOutputTokens: 1_000 },
	};
}
