import type { CascadeLog } from "./cascade-log.ts";
import { cutFolds } from "./folds.ts";

/** Positions of the rows on either side of a split, each in ascending order. */
export interface RowSplit {
	readonly drawn: Int32Array;
	readonly rest: Int32Array;
}

/** Draws a share of the rows, in [0, 1], as `cutFolds` does: groups stay together. `random` draws uniformly from [0, 1). */
export function splitRows({ rows, groups }: CascadeLog, share: number, random: () => number): RowSplit {
	if (share > 0 && share < 1) {
		const [drawn, rest] = cutFolds(rows, [share, 1 - share], random, groups) as [Int32Array, Int32Array];
		return { drawn, rest };
	}
	const all = Int32Array.from({ length: rows }, (_, row) => row);
	return share <= 0 ? { drawn: new Int32Array(0), rest: all } : { drawn: all, rest: new Int32Array(0) };
}
