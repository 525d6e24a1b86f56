/**
 * What each label model may read of a mail. Training and inference share this
 * file, so a model can never be fed other features than it was fitted on.
 */
import type { Mail } from "./mail-prompt.ts";
import { characterGrams, wordPairs, words } from "./tokenize.ts";

/** Names of the feature sets, as written in weight files. */
export type FeatureSetName = "subject-words" | "subject-and-opening" | "subject-and-body" | "body-characters";

/** How much of the body `subject-and-opening` reads, in characters. */
const OPENING_CHARACTERS = 300;

/** How much of the body `body-characters` reads, in characters. */
const CHARACTER_GRAM_WINDOW = 400;
const CHARACTER_GRAM_LENGTH = 3;

const FEATURE_SETS: Readonly<Record<FeatureSetName, (mail: Mail) => string[]>> = {
	"subject-words": (mail) => words(mail.subject),
	"subject-and-opening": (mail) => [
		...prefixed("s", words(mail.subject)),
		...prefixed("b", words(mail.body.slice(0, OPENING_CHARACTERS))),
	],
	"subject-and-body": (mail) => {
		const subject = words(mail.subject);
		const body = words(mail.body);
		return [
			...prefixed("s", subject),
			...prefixed("s2", wordPairs(subject)),
			...prefixed("b", body),
			...prefixed("b2", wordPairs(body)),
		];
	},
	"body-characters": (mail) => characterGrams(mail.body.slice(0, CHARACTER_GRAM_WINDOW), CHARACTER_GRAM_LENGTH),
};

/** The features of a mail in the named set. */
export function mailFeatures(name: FeatureSetName, mail: Mail): string[] {
	return FEATURE_SETS[name](mail);
}

/** Whether a weight file's feature set is one this version knows. */
export function isFeatureSetName(name: unknown): name is FeatureSetName {
	return typeof name === "string" && Object.hasOwn(FEATURE_SETS, name);
}

function prefixed(prefix: string, features: readonly string[]): string[] {
	return features.map((feature) => `${prefix}:${feature}`);
}
