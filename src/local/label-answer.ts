/** Answers of the models that say one word: a mail's label, a verdict about it, or the checker's yes or no. */
import type { GeneratedToken, TokenAlternative } from "./generated-answer.ts";
import type { LabelModel, MailLabel } from "./models/label-model.ts";
import { type Mail, lastUserText, mailFromText } from "./models/mail-prompt.ts";
import type { LocalChatRequest } from "./parse-chat-body.ts";
import { type Random, chooseToken } from "./sample.ts";

/** Chance given to "yes" when the proposed answer names no label, and so cannot be right. */
const UNREADABLE_ANSWER_PROBABILITY = 1e-4;

/** A word that can begin the answer. */
export interface AnswerWord extends TokenAlternative {
	/** What always follows the word, such as the category of an unsafe text; empty for most. */
	readonly continuation: readonly string[];
}

/** The words that stand for the two labels. */
export type LabelVocabulary = Readonly<Record<MailLabel, Omit<AnswerWord, "logprob">>>;

/** The labels themselves. */
export const MAIL_VOCABULARY: LabelVocabulary = {
	spam: { text: "spam", continuation: [] },
	ham: { text: "ham", continuation: [] },
};

/** The labels as verdicts of a moderator: spam is unsafe, in the category that is named in a second line. */
export function verdictVocabulary(category: string): LabelVocabulary {
	return {
		spam: { text: "unsafe", continuation: ["\n", category] },
		ham: { text: "safe", continuation: [] },
	};
}

/** The words a label model can say about the mail in a chat, likeliest first. */
export function labelWords(model: LabelModel, request: LocalChatRequest, vocabulary: LabelVocabulary): AnswerWord[] {
	const mail = mailFromText(lastUserText(request.messages));
	return model.distribution(mail).map(({ label, logprob }) => ({ ...vocabulary[label], logprob }));
}

/**
 * The checker's view of a proposed answer, likeliest first: the chance of "yes"
 * is the probability its own model gives the proposed label.
 */
export function checkerWords(model: LabelModel, request: LocalChatRequest): AnswerWord[] {
	const { mail, label } = readVerification(lastUserText(request.messages));
	const entries = model.distribution(mail);
	const yes =
		label === undefined
			? Math.log(UNREADABLE_ANSWER_PROBABILITY)
			: (entries.find((entry) => entry.label === label)?.logprob ?? 0);
	const no =
		label === undefined
			? Math.log1p(-UNREADABLE_ANSWER_PROBABILITY)
			: (entries.find((entry) => entry.label !== label)?.logprob ?? 0);
	const words = [
		{ text: "yes", logprob: yes, continuation: [] },
		{ text: "no", logprob: no, continuation: [] },
	];
	return yes >= no ? words : words.toReversed();
}

/** How a one-word answer is written: as JSON under a property's name, or bare, perhaps with a stated confidence. */
export type AnswerForm =
	| { readonly kind: "json"; readonly property: string }
	| { readonly kind: "text"; readonly confidenceTag: string | undefined };

/**
 * The tokens of a one-word answer. Only the word itself is uncertain; all else follows from it, and so has
 * log-probability 0.
 */
export function wordTokens(
	words: readonly AnswerWord[],
	request: LocalChatRequest,
	form: AnswerForm,
	random: Random,
): GeneratedToken[] {
	const logprobs = words.map((word) => word.logprob);
	const chosen = words[chooseToken(logprobs, request.temperature, request.topP, random)];
	if (chosen === undefined) throw new Error("a one-word answer needs at least one word");
	const alternatives = words.slice(0, request.topLogprobs ?? 0).map(({ text, logprob }) => ({ text, logprob }));
	const word = { text: chosen.text, logprob: chosen.logprob, alternatives };
	const certain = (text: string) => certainToken(text, request);
	if (form.kind === "json") {
		const name = JSON.stringify(form.property).slice(1, -1);
		return [certain('{"'), certain(name), certain('":"'), word, certain('"}')];
	}
	const line = form.confidenceTag === undefined ? [] : confidenceLine(form.confidenceTag, Math.exp(chosen.logprob));
	return [word, ...chosen.continuation.map(certain), ...line.map(certain)];
}

/**
 * The line that states a confidence, in tokens: the probability as a percentage in steps of 5, which is how finely
 * models state theirs (Xiong et al. 2024, arXiv 2306.13063).
 */
function confidenceLine(tag: string, probability: number): string[] {
	return ["\n", "<confidence-", tag, ">", String(Math.round(probability * 20) * 5), "</confidence-", tag, ">"];
}

function certainToken(text: string, request: LocalChatRequest): GeneratedToken {
	const certain = { text, logprob: 0 };
	return { ...certain, alternatives: (request.topLogprobs ?? 0) > 0 ? [certain] : [] };
}

/**
 * Takes question and answer out of a verification prompt. The last markers count,
 * so that a mail quoting the markers cannot pass for the answer.
 */
function readVerification(text: string): { mail: Mail; label: MailLabel | undefined } {
	const opening = "<question>\n";
	const between = "\n</question>\n<answer>\n";
	const middle = text.lastIndexOf(between);
	if (!text.startsWith(opening) || middle === -1) return { mail: mailFromText(text), label: undefined };
	const answerStart = middle + between.length;
	const answerEnd = text.lastIndexOf("\n</answer>");
	return {
		mail: mailFromText(text.slice(opening.length, middle)),
		label: onlyLabelIn(text.slice(answerStart, Math.max(answerStart, answerEnd))),
	};
}

/** What an answer may call each label. */
const LABEL_OF_WORD: Readonly<Record<string, MailLabel>> = { spam: "spam", ham: "ham", unsafe: "spam", safe: "ham" };

/** The label an answer names; undefined when it names none or both. */
function onlyLabelIn(answer: string): MailLabel | undefined {
	const named = new Set(
		(answer.toLowerCase().match(/\b(?:spam|ham|unsafe|safe)\b/g) ?? []).map((word) => LABEL_OF_WORD[word]),
	);
	const [label] = named;
	return named.size === 1 ? label : undefined;
}
