import type { KeyScope, KeySummary } from "../core/ledger/ledger-ports.ts";

type Row = {
	readonly id: string;
	readonly sha256: string;
	readonly name: string;
	readonly prefix: string;
	readonly last_four: string;
	readonly scopes: string;
	readonly created_at: number;
	readonly expires_at: number | null;
	readonly revoked_at: number | null;
};

/** A key with its hash, which leaves the ledger only as the name of a published record. */
export interface StoredKey {
	readonly sha256: string;
	readonly summary: KeySummary;
}

/** The keys of a tenant. Revoked and expired ones stay, so that what they did can still be told. */
export interface TenantKeys {
	/** Oldest first. */
	readonly all: () => readonly StoredKey[];
	/** Of all, and of those that open something at this time. */
	readonly count: () => number;
	readonly countLive: (now: number) => number;
	readonly byId: (id: string) => StoredKey | null;
	readonly bySha256: (sha256: string) => StoredKey | null;
	readonly add: (key: StoredKey) => void;
	readonly setExpiry: (id: string, expiresAt: number) => void;
	readonly setRevoked: (id: string, revokedAt: number) => void;
}

/** Keys in SQL. */
export function createTenantKeys(sql: SqlStorage): TenantKeys {
	const first = (condition: string, value: string) => {
		const [row] = sql.exec<Row>(`SELECT * FROM keys WHERE ${condition}`, value).toArray();
		return row === undefined ? null : storedKeyOf(row);
	};
	return {
		all: () => sql.exec<Row>("SELECT * FROM keys ORDER BY created_at, rowid").toArray().map(storedKeyOf),
		count: () => sql.exec<{ n: number }>("SELECT COUNT(*) AS n FROM keys").one().n,
		countLive: (now) =>
			sql
				.exec<{ n: number }>(
					"SELECT COUNT(*) AS n FROM keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)",
					now,
				)
				.one().n,
		byId: (id) => first("id = ?", id),
		bySha256: (sha256) => first("sha256 = ?", sha256),
		add({ sha256, summary: key }) {
			sql.exec(
				"INSERT INTO keys (id, sha256, name, prefix, last_four, scopes, created_at, expires_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
				key.id,
				sha256,
				key.name,
				key.prefix,
				key.lastFour,
				JSON.stringify(key.scopes),
				key.createdAt,
				key.expiresAt,
				key.revokedAt,
			);
		},
		setExpiry(id, expiresAt) {
			sql.exec("UPDATE keys SET expires_at = ? WHERE id = ?", expiresAt, id);
		},
		setRevoked(id, revokedAt) {
			sql.exec("UPDATE keys SET revoked_at = ? WHERE id = ?", revokedAt, id);
		},
	};
}

/** Whether a key opens anything at this time: it is neither revoked nor expired. */
export function isUsable({ expiresAt, revokedAt }: KeySummary, now: number): boolean {
	return revokedAt === null && (expiresAt === null || expiresAt > now);
}

function storedKeyOf(row: Row): StoredKey {
	return {
		sha256: row.sha256,
		summary: {
			id: row.id,
			name: row.name,
			prefix: row.prefix,
			lastFour: row.last_four,
			scopes: JSON.parse(row.scopes) as KeyScope[],
			createdAt: row.created_at,
			expiresAt: row.expires_at,
			revokedAt: row.revoked_at,
		},
	};
}
