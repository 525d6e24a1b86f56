import { FAKE_USAGE } from "./openai-answers.ts";

/** The prices of the fake stages: 10 and 2 tokens cost 12 and 120 millionths of a dollar. */
const EDGE_PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
const ORIGIN_PRICE = { inputUsdPerMillion: 10, outputUsdPerMillion: 10 };
export const EDGE_COST_USD = (FAKE_USAGE.prompt_tokens + FAKE_USAGE.completion_tokens) / 1e6;
export const ORIGIN_COST_USD = EDGE_COST_USD * 10;

/** A cascade over the fakes, whose edge gives log-probabilities and whose origin answers; the changes make it a case. */
export function fakeCascade(changes: CascadeChanges = {}) {
	const { edge, origin, ...rest } = changes;
	const edgeStage = {
		name: "edge",
		adapter: "workers-ai",
		model: "@fake/choices",
		logprobs: true,
		confidence: { method: "mean-logprob" },
		threshold: 0.8,
		price: EDGE_PRICE,
		...edge,
	};
	const originStage = {
		name: "origin",
		adapter: "openai",
		origin: "fake",
		model: "plain",
		price: ORIGIN_PRICE,
		...origin,
	};
	return { stages: [edgeStage, originStage], allowRouteHeader: true, timeoutMs: 5_000, ...rest };
}

export interface CascadeChanges {
	readonly edge?: Readonly<Record<string, unknown>>;
	readonly origin?: Readonly<Record<string, unknown>>;
	readonly [field: string]: unknown;
}
