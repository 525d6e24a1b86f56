import type { StagePolicy, TenantPolicy } from "../../core/tenant-policy.ts";

/** One model that a policy's cascades call, with every place that names it. */
export interface ProbedModel {
	readonly adapter: StagePolicy["adapter"];
	readonly model: string;
	/** Name of the origin; undefined for Workers AI. */
	readonly origin: string | undefined;
	readonly uses: readonly ModelUse[];
}

/** One place of the policy that names a model, and what stands there about it. */
interface ModelUse {
	/** Such as `cascades.chat.stages[0]`, or `cascades.chat.stages[0].confidence` for a checker. */
	readonly path: string;
	/** A checker is asked for one word, so of what a probe finds only log-probabilities matter. */
	readonly isChecker: boolean;
	readonly declared: Pick<StagePolicy, "logprobs" | "tools" | "shape">;
}

/** The models of all stages, and of the checkers of `verify`, each once, in the order in which the policy names them. */
export function probedModels(policy: TenantPolicy): ProbedModel[] {
	const models = new Map<string, ProbedModel & { readonly uses: ModelUse[] }>();
	const add = (stage: StagePolicy, model: string, use: ModelUse) => {
		const { adapter, origin } = stage;
		const key = JSON.stringify([adapter, origin, model]);
		const known = models.get(key) ?? { adapter, model, origin, uses: [] };
		known.uses.push(use);
		models.set(key, known);
	};
	for (const [alias, { stages }] of Object.entries(policy.cascades)) {
		for (const [index, stage] of stages.entries()) {
			const path = `cascades.${alias}.stages[${index}]`;
			add(stage, stage.model, { path, isChecker: false, declared: stage });
			const { confidence } = stage;
			if (confidence?.method !== "verify") continue;
			add(stage, confidence.model, {
				path: `${path}.confidence`,
				isChecker: true,
				declared: { logprobs: confidence.logprobs },
			});
		}
	}
	return [...models.values()];
}
