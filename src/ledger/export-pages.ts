import type { EvidenceLedgerPort } from "../core/evidence/evidence-ports.ts";
import type { JsonObject } from "../core/json.ts";
import { dayOf } from "../core/ledger/budget-lease.ts";
import type { FeedbackEntry } from "../core/ledger/feedback.ts";
import type { ExportPage, ExportPlace } from "../core/ledger/ledger-ports.ts";
import type { UsageRow } from "../core/ledger/usage.ts";
import type { TenantStores } from "./tenant-stores.ts";

const DAY_MS = 86_400_000;

/** The parts of an export after its head, in their order. */
const PARTS = ["revisions", "keys", "audit", "usage", "feedback"] as const satisfies readonly ExportPlace["part"][];
type Part = (typeof PARTS)[number];

/** A place in the parts that the ledger itself holds. */
type OwnPlace = ExportPlace & { readonly part: Part };

/** What an export is made of. */
interface ExportSource {
	readonly stores: Pick<TenantStores, "revisions" | "keys" | "audit">;
	/** What stands before the parts. */
	readonly head: () => JsonObject;
	/** The usage of a time, by day. */
	readonly usage: (from: number, to: number) => readonly UsageRow[];
	/** What has been said of answers, after so many. */
	readonly feedback: (count: number) => Iterable<FeedbackEntry>;
	/** Milliseconds since the Unix epoch: when the tenant was made, and now. */
	readonly createdAt: number;
	readonly now: number;
}

/** Ledgers of evidence, as far as an export asks them. */
type ExportingLedger = Pick<EvidenceLedgerPort, "exported">;

/** One element or several of a part, as JSON; what comes after it is asked for with `after`. */
interface Piece {
	readonly after: number;
	readonly text: string;
}

/**
 * The next page of an export: text of about so many characters, and at least one element. All pages in their order are
 * one JSON document: the head's fields, then a list for each part, oldest first. Ledgers of evidence are in it one a page,
 * each asked for its own export when its page is.
 */
export async function exportPage(
	source: ExportSource,
	evidenceLedgers: readonly (() => ExportingLedger)[],
	from: ExportPlace | null,
	characters: number,
): Promise<ExportPage> {
	if (from === null || isOwn(from)) return ownPage(source, evidenceLedgers.length, from, characters);
	const { after, isEmpty, createdAt } = from;
	const exported = await evidenceLedgers[after]?.().exported();
	// One that was destroyed, or never began, has nothing to export.
	const text = exported?.ok === true ? `${isEmpty ? "" : ","}${JSON.stringify(exported.value)}` : "";
	if (after + 1 >= evidenceLedgers.length) return { text: `${text}]}`, next: null };
	const next: ExportPlace = { part: "evidence", after: after + 1, isEmpty: isEmpty && text === "", createdAt };
	return { text, next };
}

function isOwn(place: ExportPlace): place is OwnPlace {
	return place.part !== "evidence";
}

function ownPage(source: ExportSource, evidenceLedgers: number, from: OwnPlace | null, characters: number): ExportPage {
	let text = from === null ? JSON.stringify(source.head()).slice(0, -1) : "";
	for (const part of PARTS.slice(from === null ? 0 : PARTS.indexOf(from.part))) {
		const resumed = from?.part === part ? from : null;
		let isEmpty = resumed?.isEmpty ?? true;
		if (resumed === null) text += `,${JSON.stringify(part)}:[`;
		for (const piece of piecesOf(part, source, resumed?.after ?? 0)) {
			if (piece.text === "") continue;
			text += `${isEmpty ? "" : ","}${piece.text}`;
			isEmpty = false;
			if (text.length >= characters)
				return { text, next: { part, after: piece.after, isEmpty, createdAt: source.createdAt } };
		}
		text += "]";
	}
	if (evidenceLedgers === 0) return { text: `${text},"evidence":[]}`, next: null };
	const next: ExportPlace = { part: "evidence", after: 0, isEmpty: true, createdAt: source.createdAt };
	return { text: `${text},"evidence":[`, next };
}

function piecesOf(part: Part, source: ExportSource, after: number): Iterable<Piece> {
	const { stores } = source;
	switch (part) {
		case "revisions":
			return pieces(stores.revisions.after(after), ({ revision }) => revision);
		case "audit":
			return pieces(stores.audit.after(after), ({ sequence }) => sequence);
		case "keys": {
			const summaries = stores.keys.all().map(({ summary }) => summary);
			return pieces(summaries.slice(after), (_, index) => after + index + 1);
		}
		case "usage":
			return usagePieces(source, after);
		case "feedback":
			return pieces(source.feedback(after), (_, index) => after + index + 1);
	}
}

function* pieces<Item>(items: Iterable<Item>, placeOf: (item: Item, index: number) => number): Iterable<Piece> {
	let index = 0;
	for (const item of items) yield { after: placeOf(item, index++), text: JSON.stringify(item) };
}

/** Day by day, so that years of usage need no more memory than a day's. */
function* usagePieces({ usage, createdAt, now }: ExportSource, after: number): Iterable<Piece> {
	for (let day = Math.max(after, dayOf(createdAt)); day <= now + DAY_MS; day += DAY_MS) {
		const rows = usage(day, day + DAY_MS);
		yield { after: day + DAY_MS, text: rows.map((row) => JSON.stringify(row)).join(",") };
	}
}
