import type { NamedPage, OperatorKeySummary, OriginEntry, TenantEntry } from "../core/ledger/registry-ports.ts";
import { pageSize } from "./page.ts";

type TenantRow = { readonly tenant: string; readonly name: string; readonly created_at: number };
type OriginRow = {
	readonly name: string;
	readonly base_url: string;
	readonly secret: string | null;
	readonly max_concurrent: number | null;
	readonly revision: number;
	readonly updated_at: number;
};
type KeyRow = {
	readonly id: string;
	readonly name: string;
	readonly prefix: string;
	readonly last_four: string;
	readonly created_at: number;
	readonly expires_at: number | null;
	readonly revoked_at: number | null;
};
type PageInput = { readonly after: string | null; readonly limit: number };

/** The list of tenants. */
export interface TenantList {
	readonly read: (tenant: string) => TenantEntry | null;
	readonly add: (entry: TenantEntry) => void;
	readonly remove: (tenant: string) => void;
	readonly page: (input: PageInput) => NamedPage<TenantEntry>;
}

/** The origins. */
export interface OriginTable {
	readonly read: (name: string) => OriginEntry | null;
	/** Writes an origin under the next revision. */
	readonly write: (origin: Omit<OriginEntry, "revision">) => OriginEntry;
	readonly remove: (name: string) => void;
	readonly page: (input: PageInput) => NamedPage<OriginEntry>;
}

/** Operators' keys. Revoked and expired ones stay, so that what they did can still be told. */
export interface OperatorKeys {
	/** Oldest first. */
	readonly all: () => readonly OperatorKeySummary[];
	readonly byId: (id: string) => OperatorKeySummary | null;
	readonly bySha256: (sha256: string) => OperatorKeySummary | null;
	readonly add: (sha256: string, key: OperatorKeySummary) => void;
	readonly setRevoked: (id: string, revokedAt: number) => void;
}

/** The list of tenants in SQL. */
export function createTenantList(sql: SqlStorage): TenantList {
	const entryOf = ({ tenant, name, created_at: createdAt }: TenantRow): TenantEntry => ({ tenant, name, createdAt });
	return {
		read(tenant) {
			const [row] = sql.exec<TenantRow>("SELECT * FROM tenants WHERE tenant = ?", tenant).toArray();
			return row === undefined ? null : entryOf(row);
		},
		add({ tenant, name, createdAt }) {
			sql.exec("INSERT INTO tenants (tenant, name, created_at) VALUES (?, ?, ?)", tenant, name, createdAt);
		},
		remove(tenant) {
			sql.exec("DELETE FROM tenants WHERE tenant = ?", tenant);
		},
		page({ after, limit }) {
			const size = pageSize(limit);
			const rows = sql.exec<TenantRow>(
				"SELECT * FROM tenants WHERE tenant > ? ORDER BY tenant LIMIT ?",
				after ?? "",
				size + 1,
			);
			return pageOf(rows.toArray().map(entryOf), size, ({ tenant }) => tenant);
		},
	};
}

/** The origins in SQL. */
export function createOriginTable(sql: SqlStorage): OriginTable {
	const entryOf = (row: OriginRow): OriginEntry => ({
		name: row.name,
		baseUrl: row.base_url,
		secret: row.secret,
		maxConcurrent: row.max_concurrent,
		revision: row.revision,
		updatedAt: row.updated_at,
	});
	return {
		read(name) {
			const [row] = sql.exec<OriginRow>("SELECT * FROM origins WHERE name = ?", name).toArray();
			return row === undefined ? null : entryOf(row);
		},
		write({ name, baseUrl, secret, maxConcurrent, updatedAt }) {
			const { revision } = sql
				.exec<{ revision: number }>("UPDATE origin_changes SET revision = revision + 1 RETURNING revision")
				.one();
			sql.exec(
				"INSERT OR REPLACE INTO origins (name, base_url, secret, max_concurrent, revision, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
				name,
				baseUrl,
				secret,
				maxConcurrent,
				revision,
				updatedAt,
			);
			return { name, baseUrl, secret, maxConcurrent, revision, updatedAt };
		},
		remove(name) {
			sql.exec("DELETE FROM origins WHERE name = ?", name);
		},
		page({ after, limit }) {
			const size = pageSize(limit);
			const rows = sql.exec<OriginRow>(
				"SELECT * FROM origins WHERE name > ? ORDER BY name LIMIT ?",
				after ?? "",
				size + 1,
			);
			return pageOf(rows.toArray().map(entryOf), size, ({ name }) => name);
		},
	};
}

/** Operators' keys in SQL. */
export function createOperatorKeys(sql: SqlStorage): OperatorKeys {
	const columns = "id, name, prefix, last_four, created_at, expires_at, revoked_at";
	const first = (condition: string, value: string) => {
		const [row] = sql.exec<KeyRow>(`SELECT ${columns} FROM operator_keys WHERE ${condition}`, value).toArray();
		return row === undefined ? null : summaryOf(row);
	};
	return {
		all: () =>
			sql.exec<KeyRow>(`SELECT ${columns} FROM operator_keys ORDER BY created_at, rowid`).toArray().map(summaryOf),
		byId: (id) => first("id = ?", id),
		bySha256: (sha256) => first("sha256 = ?", sha256),
		add(sha256, { id, name, prefix, lastFour, createdAt, expiresAt, revokedAt }) {
			sql.exec(
				"INSERT INTO operator_keys (id, sha256, name, prefix, last_four, created_at, expires_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
				id,
				sha256,
				name,
				prefix,
				lastFour,
				createdAt,
				expiresAt,
				revokedAt,
			);
		},
		setRevoked(id, revokedAt) {
			sql.exec("UPDATE operator_keys SET revoked_at = ? WHERE id = ?", revokedAt, id);
		},
	};
}

function summaryOf(row: KeyRow): OperatorKeySummary {
	return {
		id: row.id,
		name: row.name,
		prefix: row.prefix,
		lastFour: row.last_four,
		createdAt: row.created_at,
		expiresAt: row.expires_at,
		revokedAt: row.revoked_at,
	};
}

/** The page of items of which one more than `size` has been read, to see whether there is a next page. */
function pageOf<Item>(items: readonly Item[], size: number, nameOf: (item: Item) => string): NamedPage<Item> {
	const shown = items.slice(0, size);
	const last = shown.at(-1);
	return { items: shown, next: items.length > size && last !== undefined ? nameOf(last) : null };
}
