import { createHash } from "node:crypto";
import { evidenceText, type ExportedEvidence } from "../../tuning/evidence/exported-evidence.ts";

/** SHA-256, in hex, of an epoch's evidence up to a watermark: a certificate's `rowsDigest`. */
export function evidenceDigest(exported: ExportedEvidence, epoch: number, upTo: number): string {
	return createHash("sha256")
		.update(evidenceText(exported, epoch, upTo), "utf8")
		.digest("hex");
}
