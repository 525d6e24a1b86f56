import type { ConfidenceMethod } from "../confidence/method.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { Cascade, StagePolicy, TenantPolicy } from "../tenant-policy.ts";
import { labellerName } from "./labeller.ts";

/** Of what stands in the text; to be raised when it changes, or the rule of what is in a guarantee's scope. */
const TEXT_VERSION = 2;

/** To be raised when a method reads an answer otherwise than before, or asks for it in other words. */
const CONFIDENCE_VERSION = 1;

/** To be raised when a check, or a rule of the gate, decides otherwise than before. */
const CHECKS_VERSION = 1;

/**
 * Everything of a policy that the certificate of one of its cascades depends on, as JSON with sorted keys and nothing undefined:
 * evidence that was gathered under one text says nothing under another. `cascade` is as the parser gives it, with its defaults,
 * and `policy` the one that it is of. What is asked is whether a field changes which answers of the first stage come to be
 * compared with the threshold, what they or their readings are, or what "wrong" means.
 *
 * In it are
 * - of each stage `name`, `adapter`, `model`, `origin`, a `hedge`'s origin, and `shape`, `logprobs` and `tools`: who answers,
 *   and how it is asked. The last one is what labels compare with, from either origin;
 * - of each stage but the last `confidence`, with the version of the methods: what is compared with the threshold. What words a
 *   method adds to the prompt, and how samples are drawn, follows from it; a policy has no prompt or sampling of its own;
 * - the first stage's `timeoutMs`, and the cascade's, of which it gets a share without one: slow answers, and readings that
 *   need a further call, are there in time or not, and what is slow is not like what is fast;
 * - `limits.maxOutputTokens`, which truncates answers, readings and references, and feeds the gate and the ranges; and whether
 *   there is a `budget`, since under one origins are given that limit too where the client sets none (`boundedRequest`);
 * - `checks` and `gate`, with their version: which answers come to be compared with the threshold at all;
 * - the labeller by its name, which has its version and what changes its verdicts: what "wrong" means;
 * - `declaredRanges`: which requests the promise is about;
 * - of the guarantee `risk`, `targetRisk`, `delta` and `onLabel`: what was to be shown.
 *
 * Not in it are
 * - manual `threshold`s, `withoutCertificate` and `pacing`: evidence is about every threshold;
 * - `auditRate`: each row has its own propensity;
 * - `price`s and a budget's amount: what answers cost. A budget that is used up asks no stage;
 * - `mode`, an agreement's `stopEarly` and a hedge's `afterMs`: how soon an answer comes. The first stage is asked the same in either
 *   mode, under a guarantee all samples are taken, and a hedge is declared to be the same model;
 * - `timeoutMs` of later stages: that of the last one decides whether there is a label, and none counts as wrong or is assumed to
 *   be; a middle one is never compared with;
 * - `onOriginFailure` and the budget's `onExhausted`: what is served without a decision, and says so;
 * - `allowRouteHeader`, `limits.maxBodyBytes`, `limits.rateTier`, `defaults` and the cascade's own alias: which requests come to be
 *   decided is the traffic, whose changes are the alarm's to notice. A forced route is no evidence;
 * - `retainText`, other cascades and `embeddings`: nothing of this cascade's answers.
 */
export function guaranteeConfigText(cascade: Cascade, policy: Pick<TenantPolicy, "limits" | "budget">): string {
	const { stages, checks, gate, labeller, declaredRanges, timeoutMs } = cascade;
	const { risk, targetRisk, delta, onLabel } = stages[0]?.guarantee ?? {};
	const text = {
		version: TEXT_VERSION,
		confidenceVersion: CONFIDENCE_VERSION,
		checksVersion: CHECKS_VERSION,
		stages: stages.map(stageText),
		timeouts: { cascade: timeoutMs, firstStage: stages[0]?.timeoutMs },
		maxOutputTokens: policy.limits.maxOutputTokens,
		boundsOrigins: policy.budget !== undefined,
		checks,
		gate,
		labeller: labellerName(labeller),
		declaredRanges,
		guarantee: { risk, targetRisk, delta, onLabel },
	};
	return JSON.stringify(text, sortKeys);
}

function stageText(stage: StagePolicy): JsonObject {
	const { name, adapter, model, origin, shape, logprobs, tools, confidence, hedge } = stage;
	const method = confidence === undefined ? undefined : methodText(confidence);
	return { name, adapter, model, origin, shape, logprobs, tools, confidence: method, hedgeOrigin: hedge?.origin };
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
