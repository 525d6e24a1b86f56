import type { Observation } from "../core/observation.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A queue keeps a message for 14 days at most; a day more for the time before it was sent. */
const COUNTED_DAYS = 15;

const TABLE_NAME = "usage_seen_";

/**
 * The observations that have been counted. One table a day of arrival, so that old days go by dropping a table: that
 * writes no rows, where deleting a million would cost as much as inserting them (`docs/scale.md`).
 *
 * An observation that arrives when its day may be gone is never new. So each is counted at most once, however long
 * after a queue, or a person with a dead-letter queue, delivers it again.
 */
export interface SeenObservations {
	/** To be called before `add`, in the same transaction: makes the days' tables, and drops those that are over. */
	readonly prepare: (observations: readonly Observation[], now: number) => void;
	/** Puts an observation on record; false where it is there already, or too old to tell. */
	readonly add: (observation: Observation, now: number) => boolean;
	/** Whether an observation of this time may have been seen and forgotten. */
	readonly isTooOld: (at: number, now: number) => boolean;
}

/** What has been seen, in SQL. */
export function createSeenObservations(sql: SqlStorage): SeenObservations {
	return {
		prepare(observations, now) {
			const names = sql
				.exec<{ name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '${TABLE_NAME}*'`)
				.toArray()
				.map(({ name }) => name);
			// A day of grace, since the clocks of the machines that this object moves between may differ.
			const oldest = dayOf(now) - COUNTED_DAYS - 1;
			for (const name of names) if (Number(name.slice(TABLE_NAME.length)) < oldest) sql.exec(`DROP TABLE ${name}`);
			const days = new Set(observations.filter(({ at }) => !isTooOld(at, now)).map(({ at }) => dayOf(at)));
			for (const day of days) {
				if (names.includes(tableOf(day))) continue;
				sql.exec(`CREATE TABLE ${tableOf(day)} (id ANY PRIMARY KEY) STRICT, WITHOUT ROWID`);
			}
		},
		add(observation, now) {
			if (isTooOld(observation.at, now)) return false;
			const added = sql.exec(
				`INSERT INTO ${tableOf(dayOf(observation.at))} (id) VALUES (?) ON CONFLICT DO NOTHING RETURNING 1`,
				identityOf(observation),
			);
			return added.toArray().length > 0;
		},
		isTooOld,
	};
}

function isTooOld(at: number, now: number): boolean {
	return dayOf(at) < dayOf(now) - COUNTED_DAYS;
}

function dayOf(at: number): number {
	return Math.floor(at / DAY_MS);
}

function tableOf(day: number): string {
	return `${TABLE_NAME}${day}`;
}

/**
 * What is one observation's alone: the request's id and which of its texts. The ids that this Worker gives are UUIDs,
 * whose 16 bytes take less than half the room of their text; other ids are kept as they are. Bytes and text are never
 * equal in SQL.
 */
function identityOf({ requestId, item }: Observation): ArrayBuffer | string {
	const uuid = /^req_([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/u.exec(requestId);
	if (uuid === null || (item ?? 0) >= 2 ** 32) return JSON.stringify([requestId, item ?? null]);
	const bytes = new Uint8Array(item === undefined ? 16 : 20);
	const hex = uuid.slice(1).join("");
	for (let index = 0; index < 16; index++) bytes[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
	if (item !== undefined) new DataView(bytes.buffer).setUint32(16, item);
	return bytes.buffer;
}
