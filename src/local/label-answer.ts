/** Answers of the models that say one word: a mail's label, or the checker's yes or no. */
import type { GeneratedToken, TokenAlternative } from "./generated-answer.ts";
import type { LabelModel, MailLabel } from "./models/label-model.ts";
import { type Mail, lastUserText, mailFromText } from "./models/mail-prompt.ts";
import type { LocalChatRequest, LocalTool } from "./parse-chat-body.ts";
import { type Random, chooseToken } from "./sample.ts";

/** Chance given to "yes" when the proposed answer names no label, and so cannot be right. */
const UNREADABLE_ANSWER_PROBABILITY = 1e-4;

/** The words a label model can say about the mail in a chat, likeliest first. */
export function labelWords(model: LabelModel, request: LocalChatRequest): TokenAlternative[] {
	const mail = mailFromText(lastUserText(request.messages));
	return model.distribution(mail).map(({ label, logprob }) => ({ text: label, logprob }));
}

/**
 * The checker's view of a proposed answer, likeliest first: the chance of "yes"
 * is the probability its own model gives the proposed label.
 */
export function checkerWords(model: LabelModel, request: LocalChatRequest): TokenAlternative[] {
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
		{ text: "yes", logprob: yes },
		{ text: "no", logprob: no },
	];
	return yes >= no ? words : words.toReversed();
}

/** The tokens of a one-word answer: bare, or as `{"label":"spam"}` where structure tokens are certain. */
export function wordTokens(
	words: readonly TokenAlternative[],
	request: LocalChatRequest,
	asJson: boolean,
	random: Random,
): GeneratedToken[] {
	const logprobs = words.map((word) => word.logprob);
	const chosen = words[chooseToken(logprobs, request.temperature, request.topP, random)];
	if (chosen === undefined) throw new Error("a one-word answer needs at least one word");
	const value = { ...chosen, alternatives: words.slice(0, request.topLogprobs ?? 0) };
	if (!asJson) return [value];
	const structure = (text: string) => structureToken(text, request);
	return [structure('{"'), structure("label"), structure('":"'), value, structure('"}')];
}

/**
 * The tool a one-word answer can be put into: one with a `label` parameter that,
 * if it lists its values, lists all the words.
 */
export function findLabelTool(tools: readonly LocalTool[], words: readonly TokenAlternative[]): LocalTool | undefined {
	return tools.find((tool) => {
		const label = propertyOf(propertyOf(tool.parameters, "properties"), "label");
		if (label === undefined) return false;
		const values = propertyOf(label, "enum");
		return !Array.isArray(values) || words.every((word) => values.includes(word.text));
	});
}

function structureToken(text: string, request: LocalChatRequest): GeneratedToken {
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

/** The label an answer names; undefined when it names none or both. */
function onlyLabelIn(answer: string): MailLabel | undefined {
	const named = new Set(answer.toLowerCase().match(/\b(?:spam|ham)\b/g) ?? []);
	if (named.size !== 1) return undefined;
	return named.has("spam") ? "spam" : "ham";
}

function propertyOf(value: unknown, name: string): unknown {
	if (typeof value !== "object" || value === null) return undefined;
	return (value as Record<string, unknown>)[name];
}
