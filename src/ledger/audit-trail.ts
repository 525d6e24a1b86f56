import type { JsonObject } from "../core/json.ts";
import type { Actor, AuditEntry, LedgerRefusal, Page } from "../core/ledger/ledger-ports.ts";
import { pageOf, pageSize } from "./page.ts";

type Row = {
	readonly sequence: number;
	readonly at: number;
	readonly actor_kind: string;
	readonly actor_name: string;
	readonly act: string;
	readonly outcome: string;
	readonly detail: string;
};

/** Who did what, and what came of it. Entries are only ever added, and count from 1 without a gap. */
export interface AuditTrail {
	readonly record: (entry: Omit<AuditEntry, "sequence">) => void;
	/** Newest first, those before `before`. */
	readonly page: (input: { readonly before: number | null; readonly limit: number }) => Page<AuditEntry>;
	/** Oldest first, those after `sequence`, read as they are taken. */
	readonly after: (sequence: number) => Iterable<AuditEntry>;
}

/** Entries that are read at once. */
const BATCH = 100;

/** The audit trail in SQL. */
export function createAuditTrail(sql: SqlStorage): AuditTrail {
	return {
		record({ at, actor, act, outcome, detail }) {
			sql.exec(
				"INSERT INTO audit (at, actor_kind, actor_name, act, outcome, detail) VALUES (?, ?, ?, ?, ?, ?)",
				at,
				actor.kind,
				actor.name,
				act,
				outcome,
				JSON.stringify(detail),
			);
		},
		page({ before, limit }) {
			const size = pageSize(limit);
			const rows = sql.exec<Row>(
				"SELECT * FROM audit WHERE sequence < ? ORDER BY sequence DESC LIMIT ?",
				before ?? Number.MAX_SAFE_INTEGER,
				size + 1,
			);
			return pageOf(rows.toArray().map(entryOf), size, ({ sequence }) => sequence);
		},
		*after(sequence) {
			// Whole batches: a cursor that is left open locks tables against being dropped.
			let last = sequence;
			for (let isMore = true; isMore;) {
				const rows = sql
					.exec<Row>("SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?", last, BATCH)
					.toArray();
				yield* rows.map(entryOf);
				isMore = rows.length === BATCH;
				last = rows.at(-1)?.sequence ?? last;
			}
		},
	};
}

/** What the trail says of a refusal: its kind and numbers, and nothing of a document that was refused. */
export function refusalDetail(refusal: LedgerRefusal): JsonObject {
	switch (refusal.kind) {
		case "conflict":
			return { refusal: refusal.kind, current: refusal.current };
		case "invalid":
			return { refusal: refusal.kind, problems: refusal.problems.length };
		case "not-found":
		case "already-exists":
			return { refusal: refusal.kind, what: refusal.what };
		case "not-applicable":
			return { refusal: refusal.kind, message: refusal.message };
	}
}

function entryOf(row: Row): AuditEntry {
	return {
		sequence: row.sequence,
		at: row.at,
		actor: { kind: row.actor_kind as Actor["kind"], name: row.actor_name },
		act: row.act,
		outcome: row.outcome as AuditEntry["outcome"],
		detail: JSON.parse(row.detail) as JsonObject,
	};
}
