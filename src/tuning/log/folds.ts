const ROUNDING = 1e-9;

/**
 * Cuts rows into disjoint folds whose sizes are about `shares` of all rows, at random: the same way for the same numbers of
 * `random`, which draws uniformly from [0, 1). Rows of one group (a number from 0; negative: alone) stay together, since a
 * conversation in two folds would tell one what the other knows; so a fold's size may differ from its share by part of a
 * group. Without groups it differs by less than a row. Positions in each fold rise; together the folds are all rows.
 *
 * A fold is cut only where something is fitted on it: a score that is read and not learned needs none, and rows given to a
 * fitting fold are lost to the test. Throws a RangeError where shares are not positive or do not sum to 1. O(rows).
 */
export function cutFolds(
	rows: number,
	shares: readonly number[],
	random: () => number,
	groups?: Int32Array,
): Int32Array[] {
	const sum = shares.reduce((total, share) => total + share, 0);
	if (!shares.every((share) => share > 0) || Math.abs(sum - 1) > ROUNDING)
		throw new RangeError("shares must be positive and sum to 1");
	const { unitOf, sizes } = unitsOf(rows, groups);
	const foldOf = new Int32Array(sizes.length);
	let fold = 0;
	let end = (shares[0] as number) * rows;
	let placed = 0;
	for (const unit of shuffled(sizes.length, random)) {
		const size = sizes[unit] as number;
		// A group goes where its middle falls.
		while (placed + size / 2 > end + ROUNDING && fold < shares.length - 1) end += (shares[++fold] as number) * rows;
		foldOf[unit] = fold;
		placed += size;
	}
	const all = Int32Array.from({ length: rows }, (_, row) => row);
	return shares.map((_, position) => all.filter((row) => foldOf[unitOf[row] as number] === position));
}

/** What is placed as a whole: the rows of each group, and each row that stands alone; numbered by first appearance. */
function unitsOf(rows: number, groups: Int32Array | undefined): { unitOf: Int32Array; sizes: Int32Array } {
	const unitOf = new Int32Array(rows);
	const sizes = new Int32Array(rows);
	const ofGroup = new Map<number, number>();
	let units = 0;
	for (let row = 0; row < rows; row++) {
		const group = groups?.[row] ?? -1;
		const unit = (group < 0 ? undefined : ofGroup.get(group)) ?? units++;
		if (group >= 0) ofGroup.set(group, unit);
		unitOf[row] = unit;
		sizes[unit] = (sizes[unit] as number) + 1;
	}
	return { unitOf, sizes: sizes.subarray(0, units) };
}

/** The numbers below `length` in random order (Fisher and Yates). */
function shuffled(length: number, random: () => number): Int32Array {
	const items = Int32Array.from({ length }, (_, place) => place);
	for (let place = length - 1; place > 0; place--) {
		const other = Math.floor(random() * (place + 1));
		const item = items[place] as number;
		items[place] = items[other] as number;
		items[other] = item;
	}
	return items;
}
