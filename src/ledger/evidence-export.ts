import type { JsonObject } from "../core/json.ts";
import { certifiedClaim, issueCertificate, type EvidenceCertificate } from "../tuning/evidence/evidence-certificate.ts";
import { evidenceText, type ExportedEvidence } from "../tuning/evidence/exported-evidence.ts";
import { epochRecord } from "./evidence-regimes.ts";
import type { EvidenceWork } from "./evidence-work.ts";

/** What certificates are computed from, and the ledger's history beside it. */
function exportedEvidence({ stores, identity }: Pick<EvidenceWork, "stores" | "identity">): ExportedEvidence {
	const { tenant, cascade } = identity.address;
	return {
		version: 1,
		tenant,
		cascade,
		stage: identity.terms.stage,
		epochs: stores.epochs.epochs().map((epoch) => epochRecord(identity, epoch)),
		phases: stores.epochs.phases(),
		counts: stores.counts.read(),
		snapshots: stores.counts.snapshots(),
	};
}

/** The certificate in force, which anybody can compute again from the export; null where nothing is certified. */
async function certificateOf(
	{ stores, identity, state }: EvidenceWork,
	exported: ExportedEvidence,
): Promise<EvidenceCertificate | null> {
	if (state.deployed === null) return null;
	const { delta, onLabel = null } = identity.terms.guarantee;
	const claim = certifiedClaim({ exported, epoch: state.epoch, delta, onLabel });
	if (!claim.ok) return null;
	const { issuedAt, expiresAt } = stores.evidence.lease();
	return issueCertificate(claim.value, {
		rowsDigest: await sha256Hex(evidenceText(exported, state.epoch, claim.value.watermark)),
		issuedAt: new Date(issuedAt).toISOString(),
		expiresAt: new Date(expiresAt).toISOString(),
	});
}

/** The whole of a ledger, as JSON. */
export async function evidenceExport(work: EvidenceWork): Promise<JsonObject> {
	const { stores, identity, state } = work;
	const exported = exportedEvidence(work);
	return {
		...exported,
		configHash: identity.address.configHash,
		terms: identity.terms,
		lease: stores.evidence.lease(),
		tallies: state.tallies,
		// Taken before the digest is waited for, so that all is of one moment.
		history: [...stores.audit.after(0)],
		certificate: await certificateOf(work, exported),
	} as unknown as JsonObject;
}

async function sha256Hex(text: string): Promise<string> {
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
	return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
