import type { Actor, CanaryState } from "../core/ledger/ledger-ports.ts";

type Row = {
	readonly revision: number;
	readonly share: number;
	readonly since: number;
	readonly author_kind: string;
	readonly author_name: string;
};

/** The one canary that a tenant may have. */
export interface CanaryStore {
	readonly read: () => CanaryState | null;
	/** Takes the place of the one there. */
	readonly set: (canary: CanaryState) => void;
	readonly clear: () => void;
}

/** The canary in SQL. */
export function createCanaryStore(sql: SqlStorage): CanaryStore {
	return {
		read() {
			const [row] = sql.exec<Row>("SELECT revision, share, since, author_kind, author_name FROM canary").toArray();
			if (row === undefined) return null;
			const { revision, share, since, author_kind, author_name } = row;
			return { revision, share, since, author: { kind: author_kind as Actor["kind"], name: author_name } };
		},
		set({ revision, share, since, author }) {
			sql.exec(
				"INSERT OR REPLACE INTO canary (only, revision, share, since, author_kind, author_name) VALUES (1, ?, ?, ?, ?, ?)",
				revision,
				share,
				since,
				author.kind,
				author.name,
			);
		},
		clear() {
			sql.exec("DELETE FROM canary");
		},
	};
}
