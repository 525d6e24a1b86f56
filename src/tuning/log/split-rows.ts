import type { CascadeLog } from "./cascade-log.ts";

/** Positions of the rows on either side of a split, each in ascending order. */
export interface RowSplit {
	readonly drawn: Int32Array;
	readonly rest: Int32Array;
}

/**
 * Draws a share of the rows at random without replacement: round(share · rows) of them. Rows of a group stay together, and
 * the share is of groups then, since a conversation on both sides would tell one what the other knows; a row whose group
 * is negative stands alone. `random` draws uniformly from [0, 1).
 */
export function splitRows(log: CascadeLog, share: number, random: () => number): RowSplit {
	const unitOf = unitsOf(log);
	const units = unitOf.reduce((most, unit) => Math.max(most, unit + 1), 0);
	const order = Int32Array.from({ length: units }, (_, unit) => unit);
	const wanted = Math.round(share * units);
	const isDrawn = new Uint8Array(units);
	// Fisher and Yates, as far as it is needed.
	for (let index = 0; index < wanted; index++) {
		const other = index + Math.floor(random() * (units - index));
		const unit = order[other] as number;
		order[other] = order[index] as number;
		order[index] = unit;
		isDrawn[unit] = 1;
	}
	const positions = Int32Array.from({ length: log.rows }, (_, row) => row);
	return {
		drawn: positions.filter((row) => isDrawn[unitOf[row] as number] === 1),
		rest: positions.filter((row) => isDrawn[unitOf[row] as number] === 0),
	};
}

/** Which unit each row is of: its group, or itself; numbered by first appearance, without gaps. */
function unitsOf({ rows, groups }: CascadeLog): Int32Array {
	if (groups === undefined) return Int32Array.from({ length: rows }, (_, row) => row);
	const numbers = new Map<number, number>();
	let next = 0;
	return groups.map((group) => {
		const known = numbers.get(group);
		if (known !== undefined) return known;
		if (group >= 0) numbers.set(group, next);
		return next++;
	});
}
