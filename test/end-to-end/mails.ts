import { mailPrompt, type TextMessage } from "../../src/local/models/mail-prompt.ts";
import { labelModel, readMails } from "../local/read-fixtures.ts";

/** A mail as a chat, with what each model will say of it at temperature 0. */
export interface JudgedMail {
	readonly messages: TextMessage[];
	readonly small: Verdict;
	readonly medium: Verdict;
	readonly large: Verdict;
	/** The probability that the checker gives to the small model's label. */
	readonly checked: number;
}

interface Verdict {
	readonly label: string;
	readonly probability: number;
	/** Between the two labels. */
	readonly margin: number;
}

const judged = (await readMails()).map((mail): JudgedMail => {
	const verdict = (name: string): Verdict => {
		const [first, second] = labelModel(name).distribution(mail);
		const [probability, other] = [Math.exp(first.logprob), Math.exp(second.logprob)];
		return { label: first.label, probability, margin: probability - other };
	};
	const small = verdict("@local/mail-small");
	const checker = labelModel("@local/mail-checker").distribution(mail);
	return {
		messages: mailPrompt(mail),
		small,
		medium: verdict("@local/mail-medium"),
		large: verdict("mail-large"),
		checked: Math.exp(checker.find(({ label }) => label === small.label)?.logprob ?? 0),
	};
});

/** All mails of the fixture. */
export const MAILS: readonly JudgedMail[] = judged;

/** The first mail of which this is true; a fixture without one could test nothing. */
export function mailWhere(isWanted: (mail: JudgedMail) => boolean): JudgedMail {
	const found = judged.find(isWanted);
	if (found === undefined) throw new Error("no mail of the fixture is of this kind");
	return found;
}

/** The demo cascade accepts a margin of 0.8 at the edge; these are clear of it on either side. */
export const SURE_MAIL = mailWhere(({ small }) => small.margin > 0.85);
export const UNSURE_MAIL = mailWhere(({ small, large }) => small.margin < 0.75 && small.label !== large.label);
