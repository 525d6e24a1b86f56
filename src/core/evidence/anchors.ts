import type { Actor, LedgerRefusal } from "../ledger/ledger-ports.ts";
import type { Result } from "../result.ts";
import type { LabelVerdict } from "./labeller.ts";

/** Two answers to one request of which a person has said whether the first is wrong. The labeller is held against them. */
export interface Anchor {
	readonly messages: readonly { readonly role: "system" | "user" | "assistant"; readonly content: string }[];
	/** The first stage's answer. */
	readonly edge: string;
	/** The last stage's. */
	readonly reference: string;
	/** What the person said of the first stage's answer. */
	readonly wrong: boolean;
}

export const ANCHOR_LIMITS = { anchors: 200, messages: 20, characters: 16_000 } as const;

/** What a labeller said of all anchors at one time. */
export interface AnchorCheck {
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	readonly n: number;
	/** It said otherwise than the person. Where it gave no verdict it said "wrong", as in the evidence. */
	readonly disagreements: number;
	/** It found right what the person found wrong: by as much the true risk may exceed the labelled one. */
	readonly missed: number;
	/** Without a verdict. */
	readonly failed: number;
	/** US dollars; null where unknown. */
	readonly costUsd: number | null;
}

/** The anchors of one configuration, and what has come of them. */
export interface AnchorReport {
	/** Rises by one each time that anchors are put; 0 before the first. */
	readonly set: number;
	readonly anchors: number;
	/** Share of anchors on which the labeller may disagree. */
	readonly targetDisagreement: number | null;
	/** The latest ones of this set, oldest first. */
	readonly checks: readonly AnchorCheck[];
	/** Natural logarithms of the drift detector's value, null before a check, and of the level at which it fires. */
	readonly logValue: number | null;
	readonly logLevel: number | null;
	/** When it fired: certification is frozen from then on, until anchors are put anew. */
	readonly driftAt: number | null;
	/**
	 * By the latest check: P(the labeller finds right what is wrong) is at most this with confidence 1 − `delta`, for answers
	 * drawn as the anchors were. Then the true risk is at most the certified one and this, with confidence 1 − 2 `delta`.
	 */
	readonly missed: { readonly atMost: number; readonly delta: number } | null;
}

/** How they stand before any were put. */
export const NO_ANCHORS: AnchorReport = {
	set: 0,
	anchors: 0,
	targetDisagreement: null,
	checks: [],
	logValue: null,
	logLevel: null,
	driftAt: null,
	missed: null,
};

/** The part of a ledger of evidence that keeps anchors; every method is one transaction. */
export interface AnchorLedgerPort {
	/** In place of those there; none takes them away. The detector begins anew. */
	readonly putAnchors: (input: {
		readonly anchors: readonly Anchor[];
		readonly targetDisagreement: number;
		readonly actor: Actor;
	}) => Promise<Result<AnchorReport, LedgerRefusal>>;
	readonly anchors: () => Promise<
		Result<{ readonly report: AnchorReport; readonly anchors: readonly Anchor[] }, LedgerRefusal>
	>;
	/** What the labeller said of each anchor of a set, in their order; refused where another set was put meanwhile. */
	readonly checkAnchors: (input: {
		readonly set: number;
		readonly verdicts: readonly LabelVerdict[];
		readonly costUsd: number | null;
		readonly actor: Actor;
	}) => Promise<Result<AnchorReport, LedgerRefusal>>;
}
