import type { CascadeStage, Clock, StageResolver } from "../cascade/ports.ts";
import { err, ok } from "../core/result.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import { createOriginModerationStage } from "./origin-moderation-stage.ts";
import { createOriginStage } from "./origin-stage.ts";
import { guardStage } from "./guarded-stage.ts";
import type { UpstreamGuards } from "./upstream-guard.ts";
import type { Origin, OriginStore } from "./origin-store.ts";
import { workersAiCapabilities } from "./workers-ai-capabilities.ts";
import { createWorkersAiClassifierStage } from "./workers-ai-classifier-stage.ts";
import { createWorkersAiGuardStage } from "./workers-ai-guard-stage.ts";
import { createWorkersAiStage, type WorkersAiBinding } from "./workers-ai-stage.ts";

/** What a resolver makes stages of. */
interface StageResolverPorts {
	readonly ai: WorkersAiBinding;
	readonly origins: OriginStore;
	readonly clock: Clock;
}

/** Finds the adapter of a stage. A new kind of stage is one adapter and one arm here. */
export function createStageResolver({ ai, origins, clock }: StageResolverPorts): StageResolver {
	return resolverOf({ ai, origins, clock }, (stage) => stage);
}

/**
 * The same, past the guards of the stages' upstreams. Calls to an origin may be made once more where they failed; those to
 * Workers AI are not, since the next stage is there to answer.
 */
export function createGuardedResolver(
	ports: StageResolverPorts & { readonly guards: UpstreamGuards; readonly random: () => number },
): StageResolver {
	const { guards } = ports;
	return resolverOf(ports, (stage, policy, origin, tenant) =>
		guardStage(stage, guards.of(policy, origin?.maxConcurrent, tenant), origin !== null, ports),
	);
}

function resolverOf(
	{ ai, origins, clock }: StageResolverPorts,
	guarded: (stage: CascadeStage, policy: StagePolicy, origin: Origin | null, tenant: string) => CascadeStage,
): StageResolver {
	return async (stage, tenant = "") => {
		switch (stage.adapter) {
			case "workers-ai":
				return ok(guarded(workersAiStage(ai, stage, clock), stage, null, tenant));
			case "openai": {
				const origin = await origins.find(stage.origin ?? "");
				if (!origin.ok) return err({ kind: "unreachable" });
				if (origin.value === null) return err({ kind: "misconfigured", what: "origin" });
				return ok(guarded(originStage(origin.value, stage, clock), stage, origin.value, tenant));
			}
		}
	};
}

function workersAiStage(ai: WorkersAiBinding, stage: StagePolicy, clock: Clock): CascadeStage {
	const { model, shape, logprobs, tools } = stage;
	const chat = createWorkersAiStage(ai, model, { shape, logprobs, tools }, clock);
	switch (workersAiCapabilities(model, stage).shape) {
		case "text-classification":
			return createWorkersAiClassifierStage(ai, model, chat);
		case "llama-guard":
			return createWorkersAiGuardStage(ai, model, chat);
		case "chat-completions":
		case "native":
			return chat;
	}
}

function originStage(origin: Origin, stage: StagePolicy, clock: Clock): CascadeStage {
	const chat = createOriginStage(origin, clock, stage.logprobs);
	return stage.shape === "moderations" ? createOriginModerationStage(origin, clock, chat) : chat;
}
