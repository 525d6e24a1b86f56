import type { CascadeLog } from "./cascade-log.ts";

/**
 * The text whose SHA-256 is a `rowsDigest`, in pieces that follow each other. Its first line is the JSON array
 * `["edge-cascade rows 1", [model, …]]`; then each row is a line, in order of its id (by UTF-16 code units): the JSON
 * array `[id, [confidence | null, wrong, label | null], …]` with one entry a stage in the order asked, numbers in their
 * shortest form (ECMA-262 Number::toString, as RFC 8785 has it), no spaces, each line ended by a line feed. Nothing else
 * of a row decides what was certified, so nothing else enters.
 */
export function* canonicalRows(log: CascadeLog): Generator<string> {
	yield `${JSON.stringify(["edge-cascade rows 1", log.stages.map(({ model }) => model)])}\n`;
	let piece = "";
	for (const row of orderById(log)) {
		piece += `[${JSON.stringify(log.ids[row])}`;
		for (const { confidence, wrong, label } of log.stages) {
			const reading = confidence[row] as number;
			const said = label?.[row] ?? null;
			piece += `,[${Number.isNaN(reading) ? "null" : reading},${wrong[row]},${said === null ? "null" : JSON.stringify(said)}]`;
		}
		piece += "]\n";
		if (piece.length < 65_536) continue;
		yield piece;
		piece = "";
	}
	yield piece;
}

/**
 * The positions of the rows in order of their ids, by UTF-16 code units. Whatever is drawn by a seed is drawn from rows in
 * this order, so that a log whose lines stand in another order is the same log.
 */
export function orderById({ ids }: Pick<CascadeLog, "ids">): Int32Array {
	const order = Int32Array.from(ids.keys());
	if (isInOrder(ids)) return order;
	return order.sort((left, right) => {
		const [first, second] = [ids[left] ?? "", ids[right] ?? ""];
		return first < second ? -1 : first > second ? 1 : 0;
	});
}

function isInOrder(ids: readonly string[]): boolean {
	for (let row = 1; row < ids.length; row++) if ((ids[row - 1] ?? "") > (ids[row] ?? "")) return false;
	return true;
}

/** JSON with its names in order and no spaces (RFC 8785, for texts without lone surrogates); for digests of settings. */
export function canonicalJson(value: unknown): string {
	return JSON.stringify(value, (_, each: unknown) =>
		typeof each === "object" && each !== null && !Array.isArray(each)
			? Object.fromEntries(Object.entries(each).sort(([left], [right]) => (left < right ? -1 : 1)))
			: each,
	);
}
