import { answerFeatures, type AnswerFeature } from "../../src/core/confidence/logprob-features.ts";
import { normaliseCompletion } from "../../src/openai/normalise-completion.ts";
import { parseChatRequest } from "../../src/openai/parse-chat-request.ts";
import type { LabelledMail } from "../train/prepare-corpus.ts";
import type { WorkerAnswer } from "./ask-worker.ts";
import { fitLogisticRegression } from "./logistic-regression.ts";
import { mailChat } from "./mail-request.ts";
import type { Confidence } from "./trials.ts";

/** Those that an answer of one word has: of the others each is a copy of one of these, or is always the same. */
const FEATURES = ["meanLogprob", "meanMargin", "meanEntropy", "logPromptCharacters"] as const satisfies AnswerFeature[];

/** On standardised features, against some thousand rows: just enough to settle which of two that rise together counts. */
const RIDGE = 1;

/** Whether a mail's answer is fitted on; the others are for judging the fit. Nothing in it is random. */
export function isForFitting(index: number): boolean {
	return index % 2 === 0;
}

/** The `learned` method, fitted on the log-probabilities that a Worker gave with its answers to these mails. */
export function fitLearned(mails: readonly LabelledMail[], answers: readonly WorkerAnswer[]): Confidence {
	const rows = answers.map(({ completion }, index) => featuresOf(mails[index], completion));
	const right = answers.map(({ label }, index) => label === mails[index]?.label);
	const { bias, weights } = fitLogisticRegression(rows, right, FEATURES, RIDGE);
	const rounded = Object.entries(weights).map(([feature, weight]) => [feature, shortened(weight)]);
	return { method: "learned", features: 1, bias: shortened(bias), weights: Object.fromEntries(rounded) as unknown };
}

/** As a policy is written: six digits are more than the mails can tell apart. */
function shortened(weight: number): number {
	return Number(weight.toPrecision(6));
}

function featuresOf(mail: LabelledMail | undefined, completion: unknown): Readonly<Record<AnswerFeature, number>> {
	if (mail === undefined) throw new Error("an answer without its mail");
	const request = parseChatRequest(mailChat("learned", mail, "word"));
	const answer = normaliseCompletion(structuredClone(completion));
	if (!request.ok || !answer.ok) throw new Error("a request or an answer that the Worker read cannot be read here");
	const features = answerFeatures(request.value, answer.value);
	if (!features.ok) throw new Error(`an answer without features: ${features.error}`);
	return features.value;
}
