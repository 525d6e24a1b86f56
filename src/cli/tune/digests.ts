import { createHash } from "node:crypto";
import type { CascadeLog } from "../../tuning/log/cascade-log.ts";
import { canonicalJson, canonicalRows } from "../../tuning/log/canonical-rows.ts";

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
