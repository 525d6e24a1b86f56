import type { Observation } from "../core/observation.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A queue keeps a message for 14 days at most; a day more for the time before it was sent. */
const COUNTED_DAYS = 15;

/** What an observation is told from others by. */
export type Seen = Pick<Observation, "requestId" | "item" | "at"> & {
	/** Of the audit of the request's answer, and not of the request. */
	readonly isAudit?: boolean;
};

/**
 * The observations that have been counted. One table a day of arrival, so that old days go by dropping a table: that
 * writes no rows, where deleting a million would cost as much as inserting them (`docs/scale.md`).
 *
 * An observation that arrives when its day may be gone is never new. So each is counted at most once, however long
 * after a queue, or a person with a dead-letter queue, delivers it again.
 */
export interface SeenObservations {
	/** To be called before `add`, in the same transaction: makes the days' tables, and drops those that are over. */
	readonly prepare: (observations: readonly Seen[], now: number) => void;
	/**
	 * Puts an observation on record; false where it is there already, or too old to tell. `subject` is kept with it: the
	 * number of what it was about.
	 */
	readonly add: (observation: Seen, now: number, subject?: number) => boolean;
	/** Whether an observation is on record; to be asked between `prepare` and the end of its transaction. */
	readonly has: (observation: Seen, now: number) => boolean;
	/** The subject of an observation of whatever time; null where it is not on record, or was put there without one. */
	readonly subjectOf: (observation: Omit<Seen, "at">) => number | null;
	/** Whether an observation of this time may have been seen and forgotten. */
	readonly isTooOld: (at: number, now: number) => boolean;
}

/** What has been seen, in SQL: in tables whose names begin with this, which `empty-ledger.ts` must know. */
export function createSeenObservations(sql: SqlStorage, tableName = "usage_seen_"): SeenObservations {
	const tableOf = (day: number) => `${tableName}${day}`;
	const tables = () =>
		sql
			.exec<{ name: string; sql: string }>(
				`SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name GLOB '${tableName}*'`,
			)
			.toArray();
	return {
		prepare(observations, now) {
			const made = tables();
			const names = made.map(({ name }) => name);
			// Of a program before there were subjects. No row is written by this.
			for (const { name, sql: text } of made)
				if (!hasSubjects(text)) sql.exec(`ALTER TABLE ${name} ADD COLUMN subject INTEGER`);
			// A day of grace, since the clocks of the machines that this object moves between may differ.
			const oldest = dayOf(now) - COUNTED_DAYS - 1;
			for (const name of names) if (Number(name.slice(tableName.length)) < oldest) sql.exec(`DROP TABLE ${name}`);
			const days = new Set(observations.filter(({ at }) => !isTooOld(at, now)).map(({ at }) => dayOf(at)));
			for (const day of days) {
				if (names.includes(tableOf(day))) continue;
				sql.exec(`CREATE TABLE ${tableOf(day)} (id ANY PRIMARY KEY, subject INTEGER) STRICT, WITHOUT ROWID`);
			}
		},
		add(observation, now, subject) {
			if (isTooOld(observation.at, now)) return false;
			const added = sql.exec(
				`INSERT INTO ${tableOf(dayOf(observation.at))} (id, subject) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING 1`,
				seenIdentity(observation),
				subject ?? null,
			);
			return added.toArray().length > 0;
		},
		has(observation, now) {
			if (isTooOld(observation.at, now)) return false;
			const found = sql.exec(`SELECT 1 FROM ${tableOf(dayOf(observation.at))} WHERE id = ?`, seenIdentity(observation));
			return found.toArray().length > 0;
		},
		subjectOf(observation) {
			const id = seenIdentity(observation);
			// An id does not tell its day. The latest first, since what is asked about is mostly of today.
			for (const { name } of tables()
				.filter(({ sql: text }) => hasSubjects(text))
				.toReversed()) {
				const [found] = sql.exec<{ subject: number | null }>(`SELECT subject FROM ${name} WHERE id = ?`, id).toArray();
				if (found !== undefined) return found.subject;
			}
			return null;
		},
		isTooOld,
	};
}

/** By the statement that made a table, or what it has become. */
function hasSubjects(statement: string): boolean {
	return statement.includes("subject INTEGER");
}

function isTooOld(at: number, now: number): boolean {
	return dayOf(at) < dayOf(now) - COUNTED_DAYS;
}

function dayOf(at: number): number {
	return Math.floor(at / DAY_MS);
}

/**
 * What is one observation's alone: the request's id and which of its texts, and whether it is of its audit. The ids that
 * this Worker gives are UUIDs, whose 16 bytes take less than half the room of their text; other ids are kept as they are.
 * Bytes and text are never equal in SQL, nor are bytes of other lengths: 16, 20 with an item, one more of an audit.
 */
export function seenIdentity({ requestId, item, isAudit = false }: Omit<Seen, "at">): ArrayBuffer | string {
	const uuid = /^req_([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/u.exec(requestId);
	if (uuid === null || (item ?? 0) >= 2 ** 32)
		return JSON.stringify([requestId, item ?? null, ...(isAudit ? ["audit"] : [])]);
	const length = item === undefined ? 16 : 20;
	const bytes = new Uint8Array(isAudit ? length + 1 : length);
	const hex = uuid.slice(1).join("");
	for (let index = 0; index < 16; index++) bytes[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
	if (item !== undefined) new DataView(bytes.buffer).setUint32(16, item);
	return bytes.buffer;
}
