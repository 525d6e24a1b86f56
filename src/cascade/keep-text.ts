import type { Completion } from "../core/completion.ts";
import { comparedText } from "../core/evidence/audited-text.ts";
import type { LabelVerdict } from "../core/evidence/labeller.ts";
import type { AuditedRun, Row } from "./audit.ts";

/** Gives a row's text away, once it has its verdict; `reference`: null where the last stage gave none. */
export type TextGiver = (reference: Completion | null, verdict: LabelVerdict) => void;

/**
 * Whether this row's text is kept for people to review, decided now: to be called before anything of the verdict is known, so that what
 * is kept does not depend on it. What is returned does nothing where it is not.
 */
export function chooseText({ run, evidence }: AuditedRun, { entry, edge }: Row): TextGiver {
	const { served } = entry;
	const keep = served === "gated" ? null : (evidence.chooseText?.(served) ?? null);
	if (keep === null || served === "gated") return () => {};
	return (reference, verdict) => {
		const { requestId, item, at, policyRevision, epoch, phase, confidence } = entry;
		const text = comparedText(run.request.messages, edge, reference);
		const about = { requestId, ...(item === undefined ? {} : { item }), at, policyRevision, epoch, phase, confidence };
		keep({ ...about, served, verdict, text });
	};
}
