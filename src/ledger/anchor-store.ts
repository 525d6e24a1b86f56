import type { Anchor, AnchorCheck } from "../core/evidence/anchors.ts";
import type { JudgeWatch } from "../tuning/evidence/judge-drift.ts";
import type { Migration } from "./sql-migrations.ts";

/** The schema of the component `anchors` of a ledger of evidence. */
export const ANCHOR_MIGRATIONS: readonly Migration[] = [
	{
		version: 1,
		statements: [
			"CREATE TABLE anchor_set (only INTEGER PRIMARY KEY CHECK (only = 1), document TEXT NOT NULL) STRICT",
			"CREATE TABLE anchors (position INTEGER PRIMARY KEY, document TEXT NOT NULL) STRICT",
			"CREATE TABLE anchor_checks (sequence INTEGER PRIMARY KEY, document TEXT NOT NULL) STRICT",
		],
	},
];

/** Checks of which the figures are kept. */
const MOST_CHECKS = 200;

/** What is known of a set of anchors beside the anchors. Plain JSON. */
interface AnchorSet {
	/** Counts from 1. */
	readonly set: number;
	readonly anchors: number;
	readonly watch: JudgeWatch;
	readonly driftAt: number | null;
}

/** The anchors of a configuration, with their text: they are their tenant's own, and in no export and no log. */
export interface AnchorStore {
	/** Null before the first. */
	readonly set: () => AnchorSet | null;
	readonly anchors: () => Anchor[];
	/** In place of those there; what was checked of others is forgotten. */
	readonly put: (set: AnchorSet, anchors: readonly Anchor[]) => void;
	readonly addCheck: (set: AnchorSet, check: AnchorCheck) => void;
	/** Of this set, oldest first. */
	readonly checks: () => AnchorCheck[];
}

/** Anchors in SQL; the database must hold the tables of `ANCHOR_MIGRATIONS`. */
export function createAnchorStore(sql: SqlStorage): AnchorStore {
	const documents = <Document>(query: string) =>
		sql
			.exec<{ document: string }>(query)
			.toArray()
			.map(({ document }) => JSON.parse(document) as Document);
	const putSet = (set: AnchorSet) =>
		sql.exec("INSERT OR REPLACE INTO anchor_set (only, document) VALUES (1, ?)", JSON.stringify(set));
	return {
		set: () => documents<AnchorSet>("SELECT document FROM anchor_set")[0] ?? null,
		anchors: () => documents<Anchor>("SELECT document FROM anchors ORDER BY position"),
		put(set, anchors) {
			sql.exec("DELETE FROM anchors");
			sql.exec("DELETE FROM anchor_checks");
			for (const [position, anchor] of anchors.entries())
				sql.exec("INSERT INTO anchors (position, document) VALUES (?, ?)", position, JSON.stringify(anchor));
			putSet(set);
		},
		addCheck(set, check) {
			sql.exec("INSERT INTO anchor_checks (document) VALUES (?)", JSON.stringify(check));
			sql.exec(
				"DELETE FROM anchor_checks WHERE sequence <= (SELECT MAX(sequence) FROM anchor_checks) - ?",
				MOST_CHECKS,
			);
			putSet(set);
		},
		checks: () => documents<AnchorCheck>("SELECT document FROM anchor_checks ORDER BY sequence"),
	};
}
