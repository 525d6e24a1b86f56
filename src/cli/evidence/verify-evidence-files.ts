import { err, ok, type Result } from "../../core/result.ts";
import { verifyEvidence, type EvidenceDifference } from "../../tuning/evidence/verify-evidence.ts";
import type { EvidenceCertificate } from "../../tuning/evidence/evidence-certificate.ts";
import { printable } from "../admin/show-values.ts";
import { describeClaim } from "./certificate-command.ts";
import { evidenceDigest } from "./evidence-digest.ts";
import { readEvidenceCertificate } from "./read-evidence-certificate.ts";
import { readExportedEvidence } from "./read-exported-evidence.ts";

/** What no ledger can say. */
const NOT_CHECKED = ["issuedAt", "expiresAt", "onLabel"] as const;
const MOST_SHOWN = 100;

/**
 * `cascade verify` of a certificate of live evidence: computes it again from an exported ledger. 0 where every field is the
 * same and it has not ended; 1 otherwise, with the fields that differ.
 */
export function verifyEvidenceFiles(
	certificateFile: string,
	ledgerFile: string,
	{ json = false }: { readonly json?: boolean },
	now: Date,
): Result<0 | 1, string> {
	const certificate = readEvidenceCertificate(certificateFile);
	if (!certificate.ok) return err(certificate.error);
	const exported = readExportedEvidence(ledgerFile);
	if (!exported.ok) return err(exported.error);
	const { epoch, watermark, expiresAt } = certificate.value;
	const verified = verifyEvidence(certificate.value, exported.value, evidenceDigest(exported.value, epoch, watermark));
	const differences = verified.ok ? [] : verified.error;
	const isExpired = !(Date.parse(expiresAt) > now.getTime());
	const isValid = differences.length === 0 && !isExpired;
	process.stdout.write(
		json
			? `${JSON.stringify({ valid: isValid, expired: isExpired, differences: differences.map(named), notChecked: NOT_CHECKED })}\n`
			: describe(certificate.value, differences, isExpired),
	);
	return ok(isValid ? 0 : 1);
}

/** As those of `cascade tune`'s certificates are named. */
function named({ field, certified, recomputed }: EvidenceDifference): Record<string, unknown> {
	return { field, certificate: certified, recomputed };
}

function describe(
	certificate: EvidenceCertificate,
	differences: readonly EvidenceDifference[],
	isExpired: boolean,
): string {
	const expired = isExpired ? `Expired: the certificate ended at ${printable(certificate.expiresAt)}.\n` : "";
	if (differences.length === 0)
		return `${expired}${isExpired ? "Otherwise valid" : "Valid"}: ${describeClaim(certificate)}. The ledger says all of it.\nNot checked, since no ledger says it: ${NOT_CHECKED.join(", ")}; whether it is in force; and that traffic is still like that of the epoch.\n`;
	const lines = differences.map(
		({ field, certified, recomputed }) =>
			`  ${printable(field)}: the certificate says ${shown(certified)}, the ledger ${shown(recomputed)}\n`,
	);
	return `${expired}Not valid: this ledger does not give this certificate.\n${lines.join("")}`;
}

function shown(value: unknown): string {
	const text = printable(JSON.stringify(value) ?? "nothing");
	return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
