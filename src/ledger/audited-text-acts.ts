import type { AuditedText, AuditedTextLedgerPort, HumanCheck, KeptText } from "../core/evidence/audited-text.ts";
import { LONGEST_TEXT } from "../core/evidence/audited-text.ts";
import type { EvidenceLedgerPort, GuaranteeTerms } from "../core/evidence/evidence-ports.ts";
import { ok } from "../core/result.ts";
import { humanCheck } from "../tuning/evidence/human-check.ts";
import { tooManyActs, type EvidenceAct } from "./evidence-acts.ts";
import type { EvidenceWork } from "./evidence-work.ts";
import { pageSize } from "./page.ts";
import { seenIdentity } from "./seen-observations.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Texts that are taken in a day of UTC. */
const MOST_A_DAY = 500;
/** So many may come at once: what is not taken by noon may be taken after it, and not all of it before one. */
const HEAD_START = 20;
/** Ends are seen to together, a little early, so that an idle ledger does not wake for each. */
const EARLY_MS = 60_000;

/**
 * Keeps a text, if the policy that the ledger knows keeps any. What is taken of a day is spread over it by its time alone, so that not
 * all of it is of the first hour, and escalated answers get at most half, since a human check is of accepted ones.
 */
export function keepText(work: EvidenceWork, text: AuditedText): boolean {
	const { stores, identity, now } = work;
	const { texts } = stores;
	texts.deleteEnded(now);
	const hours = identity.terms.retainTextHours;
	if (hours === null || text.at < Math.max(identity.tenantCreatedAt, identity.createdAt - stores.times.closesAfterMs))
		return false;
	const expiresAt = Math.min(text.expiresAt, text.at + hours * HOUR_MS, now + hours * HOUR_MS);
	if (expiresAt <= now) return false;
	const day = Math.floor(now / DAY_MS);
	const last = texts.day();
	const taken = last?.day === day ? last : { day, accepted: 0, escalated: 0 };
	const most = Math.min(MOST_A_DAY, HEAD_START + Math.floor((MOST_A_DAY * (now - day * DAY_MS)) / DAY_MS));
	if (taken.accepted + taken.escalated >= most) return false;
	if (text.served === "escalated" && taken.escalated >= most / 2) return false;
	const isTooLong = text.text !== null && bytesOf(JSON.stringify(text.text)) > LONGEST_TEXT;
	if (!texts.add({ ...text, ...(isTooLong ? { text: null } : {}), expiresAt })) return false;
	texts.setDay({ ...taken, [text.served]: taken[text.served] + 1 });
	return true;
}

/** A page of what is kept, oldest first. */
export function keptTexts(
	{ stores: { texts }, now }: EvidenceWork,
	{ after, limit }: Parameters<AuditedTextLedgerPort["keptTexts"]>[0],
): { readonly items: KeptText[]; readonly next: number | null } {
	texts.deleteEnded(now);
	const size = pageSize(limit);
	const read = texts.page(after, size + 1);
	const items = read.slice(0, size);
	const last = items.at(-1);
	if (last !== undefined) texts.offer(last.sequence);
	return { items, next: read.length > size && last !== undefined ? last.sequence : null };
}

/**
 * Takes people's verdicts on kept rows and on draws of open buckets. None changes what the labeller said: chosen corrections towards
 * "right" would be a way around the evidence. Only "wrong" of a draw whose bucket is open counts there, which is the safe direction.
 */
export function addHumanLabels(
	labels: Parameters<EvidenceLedgerPort["addHumanLabels"]>[0]["labels"],
): EvidenceAct<{ readonly taken: number; readonly refused: readonly string[] }> {
	return (work, context) => {
		const refusal = tooManyActs(work, context);
		if (refusal !== undefined) return refusal;
		const { texts, buckets } = work.stores;
		texts.deleteEnded(work.now);
		const refused: string[] = [];
		let changed = false;
		for (const label of labels) {
			const kept = texts.label(label, label.wrong);
			const id = seenIdentity(label);
			const drawn = label.wrong ? buckets.condemn(id) : buckets.isDrawn(id) ? "same" : "absent";
			if (kept === "absent" && drawn === "absent") refused.push(label.requestId);
			changed ||= kept === "changed" || drawn === "changed";
		}
		const taken = labels.length - refused.length;
		return ok({ value: { taken, refused }, detail: { taken, refused: refused.length, changed } });
	};
}

/** What the terms that were asked with say of texts: none are kept any more, or none for longer. Later ones may be kept for longer. */
export function followRetention({ stores: { texts } }: EvidenceWork, { retainTextHours }: GuaranteeTerms): void {
	if (retainTextHours === null) texts.clear();
	else texts.shorten(retainTextHours * HOUR_MS);
}

/** Deletes the texts whose time is over, or will be within a minute. */
export function deleteEndedTexts({ stores: { texts }, now }: EvidenceWork): void {
	texts.deleteEnded(now + EARLY_MS);
}

/** How people find the labeller; null where they have said nothing yet. */
export function humanCheckOf({ stores, identity }: EvidenceWork): HumanCheck | null {
	return humanCheck(stores.texts.checked(), identity.terms.guarantee.delta);
}

function bytesOf(text: string): number {
	return new TextEncoder().encode(text).length;
}
