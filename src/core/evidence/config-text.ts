import type { ConfidenceMethod } from "../confidence/method.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { Cascade, StagePolicy } from "../tenant-policy.ts";
import { labellerName } from "./labeller.ts";

/** Of what stands in the text; to be raised when it changes, or the rule of what is in a guarantee's scope. */
const TEXT_VERSION = 1;

/** To be raised when a method reads an answer otherwise than before, or asks for it in other words. */
const CONFIDENCE_VERSION = 1;

/** To be raised when a check, or a rule of the gate, decides otherwise than before. */
const CHECKS_VERSION = 1;

/**
 * Everything of a cascade that its certificate depends on, as JSON with sorted keys and nothing undefined: evidence that
 * was gathered under one text says nothing under another. `cascade` is as the parser gives it, with its defaults.
 *
 * In it are
 * - of each stage `name`, `adapter`, `model`, `origin`, and `shape`, `logprobs` and `tools`: who answers, and how it is
 *   asked. The last one is what labels compare with;
 * - of each stage but the last `confidence`, with the version of the methods: what is compared with the threshold;
 * - `checks` and `gate`, with their version: which answers come to be compared with it at all;
 * - the labeller by its name, which has its version and what changes its verdicts: what "wrong" means;
 * - `declaredRanges`: which requests the promise is about;
 * - of the guarantee `risk`, `targetRisk`, `delta` and `onLabel`: what was to be shown.
 *
 * Not in it are manual thresholds, `withoutCertificate` and `pacing`, since evidence is about every threshold; `auditRate`, since
 * each row has its own propensity; prices, `timeoutMs`, `mode`, `onOriginFailure`, `allowRouteHeader`, `retainText` and
 * an agreement's `stopEarly`, which change what an answer costs, how soon it comes, or what is served without a decision.
 */
export function guaranteeConfigText(cascade: Cascade): string {
	const { stages, checks, gate, labeller, declaredRanges } = cascade;
	const { risk, targetRisk, delta, onLabel } = stages[0]?.guarantee ?? {};
	const text = {
		version: TEXT_VERSION,
		confidenceVersion: CONFIDENCE_VERSION,
		checksVersion: CHECKS_VERSION,
		stages: stages.map(stageText),
		checks,
		gate,
		labeller: labellerName(labeller),
		declaredRanges,
		guarantee: { risk, targetRisk, delta, onLabel },
	};
	return JSON.stringify(text, sortKeys);
}

function stageText({ name, adapter, model, origin, shape, logprobs, tools, confidence }: StagePolicy): JsonObject {
	const method = confidence === undefined ? undefined : methodText(confidence);
	return { name, adapter, model, origin, shape, logprobs, tools, confidence: method };
}

/** A method without what changes no reading: a checker's price, and whether samples are waited for. */
function methodText(method: ConfidenceMethod): JsonObject {
	const { price: _price, stopEarly: _stopEarly, ...rest }: JsonObject = { ...method };
	return rest;
}

/** JSON replacer that orders the keys of objects. */
function sortKeys(_key: string, value: unknown): unknown {
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
