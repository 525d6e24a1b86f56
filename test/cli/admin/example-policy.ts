import type { PolicyDocument } from "../../../src/admin/client-types.ts";

const PRICE = { inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.4 };

/** A valid policy of one cascade, with this threshold. */
export function policyWith(threshold: number, more: Partial<PolicyDocument["cascades"][string]> = {}): PolicyDocument {
	return {
		version: 1,
		cascades: {
			chat: {
				stages: [
					{
						name: "edge",
						adapter: "workers-ai",
						model: "@cf/openai/gpt-oss-20b",
						confidence: { method: "mean-logprob" },
						threshold,
						price: PRICE,
					},
					{ name: "origin", adapter: "openai", origin: "gpu", model: "large", price: PRICE },
				],
				...more,
			},
		},
	};
}
