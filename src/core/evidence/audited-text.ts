import { messageText, type ChatMessage, type Completion } from "../completion.ts";
import type { LedgerRefusal } from "../ledger/ledger-ports.ts";
import type { Result } from "../result.ts";
import type { EvidenceAddress, EvidenceEntry } from "./evidence-entry.ts";
import { answerInWords } from "./judge-prompt.ts";
import type { LabelVerdict } from "./labeller.ts";

/** What a labeller compared, as people read it: in the same words that a judge is shown. */
export interface ComparedText {
	/** Only their text; pictures and other parts are left out. */
	readonly messages: readonly { readonly role: string; readonly content: string }[];
	/** The first stage's answer. */
	readonly edge: string;
	/** The last stage's; null where it gave none, which counts as wrong. */
	readonly reference: string | null;
}

/** A labelled row with what was compared, for people to say whether the labeller was right. */
export interface AuditedText extends Pick<
	EvidenceEntry,
	"requestId" | "item" | "at" | "policyRevision" | "epoch" | "phase" | "confidence"
> {
	readonly served: "accepted" | "escalated";
	/** The labeller's. */
	readonly verdict: LabelVerdict;
	/** When it is deleted at the latest, in milliseconds since the Unix epoch. */
	readonly expiresAt: number;
	/** Null where it is longer than `LONGEST_TEXT`: the row is kept all the same, since leaving it out would choose by length. */
	readonly text: ComparedText | null;
}

/** Bytes of UTF-8 of a `ComparedText` as JSON. */
export const LONGEST_TEXT = 65_536;

/** One that a ledger keeps. */
export interface KeptText extends AuditedText {
	/** Rises with each, in the order in which they arrived at the ledger. */
	readonly sequence: number;
	/** What a person said of the first stage's answer; null: nothing yet. */
	readonly wrong: boolean | null;
}

/** What a conversation and two answers to it are in words. */
export function comparedText(
	messages: readonly ChatMessage[],
	edge: Completion,
	reference: Completion | null,
): ComparedText {
	return {
		messages: messages.map((message) => ({ role: message.role, content: messageText(message) })),
		edge: answerInWords(edge),
		reference: reference === null ? null : answerInWords(reference),
	};
}

/** How people find the labeller, of all accepted answers that they were given to read. */
export interface HumanCheck {
	/** `labelled` and `unlabelled` together. */
	readonly n: number;
	/** With a person's verdict. */
	readonly labelled: number;
	/** Passed over, or not judged yet. */
	readonly unlabelled: number;
	/** The labeller said what the person said. A labeller that failed said "wrong", as in the evidence. */
	readonly agreements: number;
	/** Found right by the labeller and wrong by the person, or without a person's verdict: who leaves out the hard ones would choose. */
	readonly missed: number;
	/** Found wrong by the labeller and right by the person: what strictness costs. */
	readonly overturned: number;
	/** P(labelled right and truly wrong) of accepted answers is at most this, with confidence 1 − `delta`, whenever one looks. */
	readonly atMost: number;
	readonly delta: number;
}

/** The part of a ledger of evidence that keeps texts of audited answers, while the policy says so; every method is one transaction. */
export interface AuditedTextLedgerPort {
	/** False where it is not kept: the policy keeps no text, its time is over, the day has had its share, or it is there already. */
	readonly keepText: (input: {
		readonly address: EvidenceAddress;
		readonly text: AuditedText;
	}) => Promise<{ readonly kept: boolean }>;
	/**
	 * Those kept, in the order in which they arrived, and where the next page begins. Whatever is kept up to the last one given counts as
	 * offered to a person from then on.
	 */
	readonly keptTexts: (input: {
		/** The `sequence` before the first. */
		readonly after: number;
		readonly limit: number;
	}) => Promise<Result<{ readonly items: readonly KeptText[]; readonly next: number | null }, LedgerRefusal>>;
}
