/** Hashes kept of a log. */
const SKETCH_SIZE = 256;

/** A bounded sample of a log's rows that is the same sample in every log that has them: the least of their hashes. */
export interface RowSketch {
	readonly rows: number;
	/** Hashes of fixed length in lower-case hex, rising; of all rows where there are at most 256. */
	readonly least: readonly string[];
}

/** The bottom-k sketch of some rows (Broder, "On the resemblance and containment of documents", 1997; k = 256). O(rows). */
export function sketchRows(hashes: Iterable<string>): RowSketch {
	let kept: string[] = [];
	let rows = 0;
	let largest: string | undefined;
	for (const hash of hashes) {
		rows++;
		if (largest !== undefined && hash >= largest) continue;
		kept.push(hash);
		if (kept.length < 4 * SKETCH_SIZE) continue;
		kept = leastOf(kept);
		largest = kept.at(-1);
	}
	return { rows, least: leastOf(kept) };
}

/**
 * Estimates which share of the smaller log's rows the other has too, in [0, 1], from the hashes below the point up to which
 * both sketches are complete. Of logs of like size about 256 rows decide; where one is hundreds of times the other few do,
 * and 0 is returned where none does.
 */
export function sharedRows(left: RowSketch, right: RowSketch): number {
	const end = [left, right].reduce<string | undefined>((least, sketch) => {
		const last = sketch.rows > sketch.least.length ? sketch.least.at(-1) : undefined;
		return last === undefined || (least !== undefined && least < last) ? least : last;
	}, undefined);
	const known = (hash: string): boolean => end === undefined || hash <= end;
	const [first, second] = [left.least.filter(known), right.least.filter(known)];
	const fewest = Math.min(first.length, second.length);
	const others = new Set(second);
	return fewest === 0 ? 0 : first.filter((hash) => others.has(hash)).length / fewest;
}

function leastOf(hashes: readonly string[]): string[] {
	return [...new Set(hashes)].sort().slice(0, SKETCH_SIZE);
}
