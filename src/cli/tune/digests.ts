import { createHash, hash } from "node:crypto";
import type { CascadeLog } from "../../tuning/log/cascade-log.ts";
import { canonicalJson, canonicalRows } from "../../tuning/log/canonical-rows.ts";
import { sketchRows, type RowSketch } from "../../tuning/log/row-sketch.ts";

/** SHA-256, in hex, of the rows' canonical text. */
export function digestRows(log: CascadeLog): string {
	const hash = createHash("sha256");
	for (const piece of canonicalRows(log)) hash.update(piece, "utf8");
	return hash.digest("hex");
}

/** SHA-256, in hex, of settings as canonical JSON. */
export function digestSettings(settings: unknown): string {
	return createHash("sha256").update(canonicalJson(settings), "utf8").digest("hex");
}

/** Hex digits kept of a row's hash: two of 10⁶ rows share them with chance 0.5. */
const HASH_DIGITS = 10;

/**
 * A sketch of the rows by models, id and confidences, without labels: judged anew, or with more rows around it, a row is
 * the same row. Ids alone would not do, since a log without ids counts its lines.
 */
export function sketchLog({ rows, ids, stages }: CascadeLog): RowSketch {
	const models = JSON.stringify(stages.map(({ model }) => model));
	const readings = stages.map(({ confidence }) => confidence);
	function* hashes(): Generator<string> {
		for (let row = 0; row < rows; row++) {
			const text = `${models}${ids[row]}\u0000${readings.map((confidence) => confidence[row]).join()}`;
			yield hash("sha1", text, "hex").slice(0, HASH_DIGITS);
		}
	}
	return sketchRows(hashes());
}
