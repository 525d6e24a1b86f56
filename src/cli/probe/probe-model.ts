import type { JsonObject } from "../../core/json.ts";
import type { StageShape } from "../../core/tenant-policy.ts";
import type { FindAddress } from "./addresses.ts";
import { askModelAt } from "./ask-model.ts";
import { findShape, type FoundShape } from "./find-shape.ts";
import { found, outcomeWithoutAnswer, PROBE_TITLES, unclear, type Outcome, type ProbeName } from "./outcome.ts";
import type { ProbedModel } from "./probed-models.ts";
import { TEXT_PROBES } from "./probes.ts";
import { REQUESTS } from "./requests.ts";

/** What was found of one model. */
export interface ModelFindings {
	readonly model: ProbedModel;
	/** Where it was asked; null where there is no address. */
	readonly url: string | null;
	/** Null where it could not be asked, for the reason in `problem`. */
	readonly shape: StageShape | "unknown" | null;
	readonly problem?: string;
	readonly outcomes: Readonly<Record<ProbeName, Outcome>>;
}

/** How many models are asked at once; the probes of one are run one after another. */
const MODELS_AT_ONCE = 2;

/**
 * Probes every model.
 *
 * @param timeoutMs milliseconds of each probe, all its requests together.
 */
export async function probeModels(
	models: readonly ProbedModel[],
	findAddress: FindAddress,
	timeoutMs: number,
): Promise<ModelFindings[]> {
	const findings: ModelFindings[] = [];
	const waiting = Array.from(models.entries());
	const work = async () => {
		for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
			const [index, model] = next;
			findings[index] = await probeModel(model, findAddress, timeoutMs);
		}
	};
	await Promise.all(Array.from({ length: MODELS_AT_ONCE }, work));
	return findings;
}

async function probeModel(model: ProbedModel, findAddress: FindAddress, timeoutMs: number): Promise<ModelFindings> {
	const address = findAddress(model);
	if (!address.ok) return { model, url: null, shape: null, problem: address.error, outcomes: withDefaults({}) };
	const { url } = address.value;
	const ask = askModelAt(address.value, model);
	const shape = await findShape(ask, model.adapter, AbortSignal.timeout(timeoutMs));
	if (shape.shape === null) return { model, url, shape: null, problem: shape.problem, outcomes: withDefaults({}) };
	const outcomes: Partial<Record<ProbeName, Outcome>> = { answer: plainOutcome(shape) };
	if ("answer" in shape) {
		for (const probe of TEXT_PROBES) {
			const signal = AbortSignal.timeout(timeoutMs);
			const askWithRoom = (inputs: JsonObject) => ask({ max_tokens: shape.answerTokens, ...inputs }, signal);
			Object.assign(outcomes, await probe.run({ ask: askWithRoom, plain: shape.answer, outcomes }));
		}
	}
	if (shape.shape === "llama-guard") {
		const reply = await ask(REQUESTS.guardJson, AbortSignal.timeout(timeoutMs));
		outcomes.jsonObject = reply.kind === "answer" ? found(isGuardObject(reply.body)) : outcomeWithoutAnswer(reply);
	}
	return { model, url, shape: shape.shape, outcomes: withDefaults(outcomes) };
}

function plainOutcome(shape: Exclude<FoundShape, { shape: null }>): Outcome {
	if (shape.shape === "unknown") return outcomeWithoutAnswer(shape.reply);
	const text = "answer" in shape ? shape.answer.text : shape.text;
	return text === "" ? unclear("an empty text") : found(true, JSON.stringify(shortened(text)));
}

function shortened(text: string): string {
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function isGuardObject(body: unknown): boolean {
	const { response } = (body ?? {}) as { response?: { safe?: unknown } | string | null };
	return typeof response === "object" && typeof response?.safe === "boolean";
}

function withDefaults(outcomes: Partial<Record<ProbeName, Outcome>>): Record<ProbeName, Outcome> {
	const names = Object.keys(PROBE_TITLES) as ProbeName[];
	const notAsked: Outcome = { result: "not-asked" };
	return Object.fromEntries(names.map((name) => [name, outcomes[name] ?? notAsked])) as Record<ProbeName, Outcome>;
}
