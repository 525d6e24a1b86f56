import { err, ok, type Result } from "../../core/result.ts";
import { deltaOfEpoch } from "../../tuning/evidence/epoch-delta.ts";
import {
	certifiedClaim,
	issueCertificate,
	type EvidenceCertificate,
} from "../../tuning/evidence/evidence-certificate.ts";
import { epochOf, type ExportedEvidence } from "../../tuning/evidence/exported-evidence.ts";
import { evidenceDigest } from "./evidence-digest.ts";

/** What a certificate is asked with. */
export interface CertificateQuestion {
	/** The last one where absent. */
	readonly epoch?: number | undefined;
	/** As the policy asks for it; where absent, it is found from the epoch's share of it. */
	readonly delta?: number | undefined;
	/** The label that the guarantee is on; null: none. */
	readonly onLabel: string | null;
	readonly issuedAt: Date;
	readonly expiresAt: Date;
}

/** The certificate of an exported ledger's epoch; the error says in words why there is none. */
export function issueEvidenceCertificate(
	exported: ExportedEvidence,
	{ epoch: asked, delta: given, onLabel, issuedAt, expiresAt }: CertificateQuestion,
): Result<EvidenceCertificate, string> {
	const number = asked ?? exported.epochs.reduce((last, { epoch }) => Math.max(last, epoch), 0);
	const epoch = epochOf(exported, number);
	if (epoch === undefined)
		return err(number === 0 ? "the ledger has no epoch yet" : `the ledger has no epoch ${number}`);
	const delta = given ?? askedDelta(epoch.delta, number);
	const claim = certifiedClaim({ exported, epoch: number, delta, onLabel });
	if (!claim.ok) {
		switch (claim.error) {
			case "nothing-certified":
				return err(
					`epoch ${number} has certified nothing${number > 1 && asked === undefined ? "; --epoch names an earlier one" : ""}`,
				);
			case "wrong-delta":
				return err(`epoch ${number} may spend ${epoch.delta}, which is no such epoch's share of delta ${delta}`);
			case "unknown-epoch":
				return err(`the ledger has no epoch ${number}`);
		}
	}
	return ok(
		issueCertificate(claim.value, {
			rowsDigest: evidenceDigest(exported, number, claim.value.watermark),
			issuedAt: issuedAt.toISOString(),
			expiresAt: expiresAt.toISOString(),
		}),
	);
}

/** The delta, as a person would have written it, of which an epoch's share is this. */
function askedDelta(share: number, epoch: number): number {
	const exact = share / deltaOfEpoch(0.5, epoch) / 2;
	return Number(exact.toPrecision(12));
}
