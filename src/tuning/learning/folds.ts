import { seededRandom } from "../seeded-random.ts";

const ROUNDING = 1e-9;

/**
 * Cuts rows into disjoint folds whose sizes are about `shares` of all rows, at random and the same way for the same seed.
 * Rows of one group (a number from 0; negative: alone) stay together, so a fold's size may differ from its share by part of
 * a group; without groups it differs by less than a row. Positions in each fold rise; together the folds are all rows.
 *
 * A fold is cut only where something is fitted on it: a score that is read and not learned needs none, and rows given to a
 * fitting fold are lost to the test. Throws a RangeError where shares are not positive or do not sum to 1.
 */
export function cutFolds(rows: number, shares: readonly number[], seed: number, groups?: Int32Array): Int32Array[] {
	const sum = shares.reduce((total, share) => total + share, 0);
	if (!shares.every((share) => share > 0) || Math.abs(sum - 1) > ROUNDING)
		throw new RangeError("shares must be positive and sum to 1");
	const units = shuffle(unitsOf(rows, groups), seededRandom(seed));
	const folds: number[][] = shares.map(() => []);
	let fold = 0;
	let end = (shares[0] as number) * rows;
	let placed = 0;
	for (const unit of units) {
		// A group goes where its middle falls.
		while (placed + unit.length / 2 > end + ROUNDING && fold < shares.length - 1)
			end += (shares[++fold] as number) * rows;
		(folds[fold] as number[]).push(...unit);
		placed += unit.length;
	}
	return folds.map((positions) => Int32Array.from(positions).sort());
}

/** What is placed as a whole: the rows of each group, and each row that stands alone. */
function unitsOf(rows: number, groups: Int32Array | undefined): number[][] {
	const units: number[][] = [];
	const ofGroup = new Map<number, number[]>();
	for (let row = 0; row < rows; row++) {
		const group = groups?.[row] ?? -1;
		const unit = group < 0 ? undefined : ofGroup.get(group);
		if (unit !== undefined) {
			unit.push(row);
			continue;
		}
		const added = [row];
		units.push(added);
		if (group >= 0) ofGroup.set(group, added);
	}
	return units;
}

/** Fisher and Yates, in place. */
function shuffle<Item>(items: Item[], random: () => number): Item[] {
	for (let place = items.length - 1; place > 0; place--) {
		const other = Math.floor(random() * (place + 1));
		const item = items[place] as Item;
		items[place] = items[other] as Item;
		items[other] = item;
	}
	return items;
}
