/**
 * One row of each group, drawn at random, each with the same chance, and every row without a group (a negative number); in
 * rising order. Requests of one conversation are not independent, and bounds are for rows that are.
 */
export function oneRowPerGroup(groups: Int32Array, random: () => number): Int32Array {
	const chosen = new Map<number, { row: number; seen: number }>();
	const alone: number[] = [];
	for (const [row, group] of groups.entries()) {
		if (group < 0) {
			alone.push(row);
			continue;
		}
		const drawn = chosen.get(group);
		if (drawn === undefined) {
			chosen.set(group, { row, seen: 1 });
			continue;
		}
		// A reservoir of one: the i-th row of a group replaces the drawn one with chance 1/i.
		drawn.seen++;
		if (random() * drawn.seen < 1) drawn.row = row;
	}
	return Int32Array.from([...alone, ...Array.from(chosen.values(), ({ row }) => row)]).sort();
}

/**
 * Draws `size` of the positions without replacement (Fisher & Yates, stopped early), all where there are fewer. Both parts
 * are in rising order.
 */
export function drawRows(
	positions: Int32Array,
	size: number,
	random: () => number,
): { readonly drawn: Int32Array; readonly rest: Int32Array } {
	const shuffled = positions.slice();
	const count = Math.min(size, shuffled.length);
	for (let place = 0; place < count; place++) {
		const other = place + Math.floor(random() * (shuffled.length - place));
		const row = shuffled[other] as number;
		shuffled[other] = shuffled[place] as number;
		shuffled[place] = row;
	}
	const drawn = shuffled.slice(0, count).sort();
	const isDrawn = new Set(drawn);
	return { drawn, rest: positions.filter((row) => !isDrawn.has(row)) };
}
