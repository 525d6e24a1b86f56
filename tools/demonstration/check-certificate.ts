import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyEvidence } from "../../src/tuning/evidence/verify-evidence.ts";
import { evidenceDigest } from "../../src/cli/evidence/evidence-digest.ts";
import { issueEvidenceCertificate } from "../../src/cli/evidence/issue-evidence-certificate.ts";
import { readExportedEvidence } from "../../src/cli/evidence/read-exported-evidence.ts";
import type { ExportedEvidence } from "../../src/tuning/evidence/exported-evidence.ts";

/** How the certificate of the last epoch fared: with the ledger as it is, and with one wrong answer called right. */
export interface CertificateCheck {
	readonly threshold: number;
	readonly isValid: boolean;
	/** Fields that differ where the ledger was changed. */
	readonly differences: readonly string[];
}

/** Issues the certificate that an export supports, and verifies it as `cascade verify` does. Throws where there is none. */
export function checkCertificate(document: unknown): CertificateCheck {
	const directory = mkdtempSync(join(tmpdir(), "edge-cascade-demonstration-"));
	try {
		const file = join(directory, "ledger.json");
		writeFileSync(file, JSON.stringify(document));
		const exported = readExportedEvidence(file);
		if (!exported.ok) throw new Error(exported.error);
		const issuedAt = new Date();
		const expiresAt = new Date(issuedAt.getTime() + 86_400_000);
		const issued = issueEvidenceCertificate(exported.value, { onLabel: null, issuedAt, expiresAt });
		if (!issued.ok) throw new Error(issued.error);
		const certificate = issued.value;
		const verify = (ledger: ExportedEvidence) =>
			verifyEvidence(certificate, ledger, evidenceDigest(ledger, certificate.epoch, certificate.watermark));
		const changed = verify(withOneAnswerCalledRight(exported.value, certificate.epoch));
		return {
			threshold: certificate.threshold,
			isValid: verify(exported.value).ok,
			differences: changed.ok ? [] : [...new Set(changed.error.map(({ field }) => field.split(".")[0] ?? field))],
		};
	} finally {
		rmSync(directory, { recursive: true });
	}
}

function withOneAnswerCalledRight(exported: ExportedEvidence, epoch: number): ExportedEvidence {
	let isDone = false;
	const snapshots = exported.snapshots.map((snapshot) => ({
		...snapshot,
		counts: snapshot.counts.map((count) => {
			if (isDone || snapshot.epoch !== epoch || count.wrong === 0) return count;
			isDone = true;
			return { ...count, wrong: count.wrong - 1 };
		}),
	}));
	return { ...exported, snapshots };
}
