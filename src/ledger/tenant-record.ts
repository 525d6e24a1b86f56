/** What a ledger knows of its tenant as such. */
interface TenantRow {
	readonly tenant: string;
	readonly name: string;
	readonly suspended: boolean;
	/** Milliseconds since the Unix epoch. */
	readonly createdAt: number;
}

type Row = {
	readonly tenant: string;
	readonly name: string;
	readonly suspended: number;
	readonly created_at: number;
	readonly destroyed_at: number | null;
};

/** The one row about the tenant. Once destroyed, it stays as a tombstone until a tenant of the same name is created. */
export interface TenantRecord {
	/** Null before the first creation, and once destroyed. */
	readonly read: () => TenantRow | null;
	readonly isDestroyed: () => boolean;
	readonly create: (tenant: Omit<TenantRow, "suspended">) => void;
	readonly setSuspended: (suspended: boolean) => void;
	readonly destroy: (at: number) => void;
}

/** The tenant's row in SQL. */
export function createTenantRecord(sql: SqlStorage): TenantRecord {
	const row = () => sql.exec<Row>("SELECT tenant, name, suspended, created_at, destroyed_at FROM tenant").toArray()[0];
	return {
		read() {
			const found = row();
			if (found === undefined || found.destroyed_at !== null) return null;
			const { tenant, name, suspended, created_at: createdAt } = found;
			return { tenant, name, suspended: suspended === 1, createdAt };
		},
		isDestroyed: () => row()?.destroyed_at != null,
		create({ tenant, name, createdAt }) {
			sql.exec(
				"INSERT OR REPLACE INTO tenant (only, tenant, name, suspended, created_at, destroyed_at) VALUES (1, ?, ?, 0, ?, NULL)",
				tenant,
				name,
				createdAt,
			);
		},
		setSuspended(suspended) {
			sql.exec("UPDATE tenant SET suspended = ?", suspended ? 1 : 0);
		},
		destroy(at) {
			sql.exec("UPDATE tenant SET name = '', destroyed_at = ?", at);
		},
	};
}
