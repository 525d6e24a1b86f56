import type { Clock, StageResolver } from "../cascade/ports.ts";
import { err, ok } from "../core/result.ts";
import { createOriginStage } from "./origin-stage.ts";
import type { OriginStore } from "./origin-store.ts";
import { createWorkersAiStage, type WorkersAiBinding } from "./workers-ai-stage.ts";

/** Finds the adapter of a stage. A new kind of stage is one adapter and one arm here. */
export function createStageResolver(input: {
	readonly ai: WorkersAiBinding;
	readonly origins: OriginStore;
	readonly clock: Clock;
}): StageResolver {
	return async (stage) => {
		switch (stage.adapter) {
			case "workers-ai":
				return ok(createWorkersAiStage(input.ai, stage.model, stage.logprobs, input.clock));
			case "openai": {
				const origin = await input.origins.find(stage.origin ?? "");
				if (!origin.ok) return err({ kind: "unreachable" });
				if (origin.value === null) return err({ kind: "misconfigured", what: "origin" });
				return ok(createOriginStage(origin.value, input.clock, stage.logprobs));
			}
		}
	};
}
