import type { Embedder } from "../cascade/embeddings-port.ts";
import type { Clock } from "../cascade/ports.ts";
import { err } from "../core/result.ts";
import type { EmbeddingsAnswer } from "../openai/embeddings/encode-embeddings.ts";
import type { EmbeddingsRequest } from "../openai/embeddings/parse-embeddings-request.ts";
import { embedOnOrigin } from "./embeddings-on-origin.ts";
import { embedOnWorkersAi } from "./embeddings-on-workers-ai.ts";
import type { OriginStore } from "./origin-store.ts";
import type { WorkersAiBinding } from "./workers-ai-stage.ts";

/** Finds the adapter of an embeddings model. */
export function createEmbedder(input: {
	readonly ai: WorkersAiBinding;
	readonly origins: OriginStore;
	readonly clock: Clock;
}): Embedder<EmbeddingsRequest, EmbeddingsAnswer> {
	return async (call) => {
		switch (call.policy.adapter) {
			case "workers-ai":
				return embedOnWorkersAi(input.ai, call);
			case "openai": {
				const origin = await input.origins.find(call.policy.origin ?? "");
				if (!origin.ok) return err({ kind: "unreachable" });
				if (origin.value === null) return err({ kind: "misconfigured", what: "origin" });
				return embedOnOrigin(origin.value, input.clock, call);
			}
		}
	};
}
