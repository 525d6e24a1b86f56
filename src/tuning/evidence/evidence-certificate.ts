import { err, ok, type Result } from "../../core/result.ts";
import { endOfRun } from "./certified-prefix.ts";
import { deltaOfEpoch } from "./epoch-delta.ts";
import type { EpochRecord, EvidenceCount } from "./evidence-table.ts";
import { epochOf, snapshotsOf, type ExportedEvidence } from "./exported-evidence.ts";
import { logWealths } from "./log-wealth.ts";

/** One threshold of the certified run, and the evidence at the moment at which it was certified. */
export interface CertifiedStep {
	readonly index: number;
	readonly threshold: number;
	readonly watermark: number;
	readonly logEValue: number;
	/** Labels of its region at that moment, and the wrong ones, unweighted. */
	readonly n: number;
	readonly wrong: number;
}

/**
 * What live evidence showed about a stage: enough for anybody with the exported ledger to compute it again. A claim about the
 * labeller's verdict, about traffic like that of the epoch, true with chance 1 − `delta` over all epochs together.
 */
export interface EvidenceCertificate {
	readonly version: 1;
	readonly kind: "evidence";
	readonly tenant: string;
	readonly cascade: string;
	readonly stage: string;
	readonly threshold: number;
	readonly risk: "selective" | "joint";
	readonly targetRisk: number;
	/** As asked for, for ever; and what this epoch could spend of it. */
	readonly delta: number;
	readonly deltaSpent: number;
	/** The claim is about accepted answers with this label alone; null: about all. */
	readonly onLabel: string | null;
	readonly method: "anytime-betting";
	readonly epoch: number;
	readonly path: readonly number[];
	readonly start: number;
	/** Position of `threshold` in the path. */
	readonly deployed: number;
	/** From `start` to `deployed`. */
	readonly steps: readonly CertifiedStep[];
	/** Evidence up to here was used; milliseconds since the Unix epoch. */
	readonly watermark: number;
	/** Labels of the deployed region at the watermark, and the wrong ones, unweighted. */
	readonly n: number;
	readonly wrong: number;
	/** Of the deployed threshold when it was certified: at least 1/deltaSpent. `logEValue` is its natural logarithm. */
	readonly logEValue: number;
	readonly configHash: string;
	readonly labeller: string;
	/** SHA-256, in hex, of `evidenceText` up to the watermark. */
	readonly rowsDigest: string;
	/** ISO 8601. */
	readonly issuedAt: string;
	readonly expiresAt: string;
}

/** Why there is no certificate. */
export type IssueFailure = "unknown-epoch" | "wrong-delta" | "nothing-certified";

/** A certificate without what only its issuer knows: the digest and the dates. */
export type CertifiedClaim = Omit<EvidenceCertificate, "rowsDigest" | "issuedAt" | "expiresAt">;

/**
 * What the snapshots of an epoch certify: each candidate at the first of them at which its e-value reached 1/delta, and of
 * these the unbroken run from the start. Snapshots after `upTo` are passed over. `delta` is that which was asked for, whose
 * share the epoch's must be.
 */
export function certifiedClaim(input: {
	readonly exported: ExportedEvidence;
	readonly epoch: number;
	readonly delta: number;
	readonly onLabel: string | null;
	readonly upTo?: number;
}): Result<CertifiedClaim, IssueFailure> {
	const { exported, epoch: number, delta, onLabel, upTo = Number.POSITIVE_INFINITY } = input;
	const epoch = epochOf(exported, number);
	if (epoch === undefined) return err("unknown-epoch");
	if (epoch.delta !== deltaOfEpoch(delta, number)) return err("wrong-delta");
	const found: (CertifiedStep | undefined)[] = epoch.path.map(() => undefined);
	const snapshots = snapshotsOf(exported, number).filter(({ watermark }) => watermark <= upTo);
	for (const { watermark, counts } of snapshots)
		for (const [index, logEValue] of logWealths({ counts, phases: exported.phases, epoch }).entries())
			if (logEValue >= -Math.log(epoch.delta))
				found[index] ??= {
					index,
					threshold: epoch.path[index] as number,
					watermark,
					logEValue,
					...labelsOf(counts, epoch, index),
				};
	const certified = found.map((step) => step !== undefined);
	const deployed = endOfRun(certified, epoch.start);
	const last = snapshots.at(-1);
	if (deployed === null || last === undefined) return err("nothing-certified");
	const steps = found.slice(epoch.start, deployed + 1) as CertifiedStep[];
	const { threshold, logEValue } = steps.at(-1) as CertifiedStep;
	return ok({
		version: 1,
		kind: "evidence",
		tenant: exported.tenant,
		cascade: exported.cascade,
		stage: exported.stage,
		threshold,
		risk: epoch.risk,
		targetRisk: epoch.targetRisk,
		delta,
		deltaSpent: epoch.delta,
		onLabel,
		method: "anytime-betting",
		epoch: number,
		path: epoch.path,
		start: epoch.start,
		deployed,
		steps,
		watermark: last.watermark,
		...labelsOf(last.counts, epoch, deployed),
		logEValue,
		configHash: epoch.configHash,
		labeller: epoch.labeller,
	});
}

/** The certificate of an epoch; `rowsDigest` is the SHA-256 of `evidenceText` up to the claim's watermark. */
export function issueCertificate(
	claim: CertifiedClaim,
	issuer: { readonly rowsDigest: string; readonly issuedAt: string; readonly expiresAt: string },
): EvidenceCertificate {
	return { ...claim, ...issuer };
}

function labelsOf(
	counts: readonly EvidenceCount[],
	epoch: EpochRecord,
	candidate: number,
): { n: number; wrong: number } {
	let [n, wrong] = [0, 0];
	for (const count of counts)
		if (count.epoch === epoch.epoch && count.cell <= candidate) {
			n += count.n;
			wrong += count.wrong;
		}
	return { n, wrong };
}
