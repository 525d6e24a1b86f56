import { dayOf } from "../core/ledger/budget-lease.ts";

/** What a tenant's keys have done on one day of UTC. */
interface DayOfActs {
	/** Milliseconds since the Unix epoch, at the day's beginning. */
	readonly day: number;
	/** Acts that changed something. */
	readonly changes: number;
	/** Acts that were refused, or changed nothing. */
	readonly idle: number;
}

/** How much a tenant's keys have done today. One row, so that counting reads nothing of the audit trail. */
export interface DailyActs {
	/** Acts that changed something on the day of this time. */
	readonly changes: (at: number) => number;
	/** Counts an act. `before` is the day before this one on which anything was counted, where this act begins a day. */
	readonly add: (at: number, kind: "changes" | "idle") => { readonly today: DayOfActs; readonly before?: DayOfActs };
}

/** The counts in SQL. */
export function createDailyActs(sql: SqlStorage): DailyActs {
	const read = () =>
		sql.exec<DayOfActs & Record<string, number>>("SELECT day, changes, idle FROM daily_acts").toArray()[0];
	return {
		changes(at) {
			const row = read();
			return row !== undefined && row.day >= dayOf(at) ? row.changes : 0;
		},
		add(at, kind) {
			const row = read();
			// A clock that steps back over midnight must not begin anew.
			const isSameDay = row !== undefined && row.day >= dayOf(at);
			const known = isSameDay ? row : { day: dayOf(at), changes: 0, idle: 0 };
			const today = { ...known, [kind]: known[kind] + 1 };
			sql.exec(
				"INSERT OR REPLACE INTO daily_acts (only, day, changes, idle) VALUES (1, ?, ?, ?)",
				today.day,
				today.changes,
				today.idle,
			);
			return row === undefined || isSameDay ? { today } : { today, before: row };
		},
	};
}
