import { CERTAIN } from "../../core/evidence/guarantee.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { certifiedClaim, type EvidenceCertificate } from "./evidence-certificate.ts";
import { floorOf, type EvidenceCount, type PhaseRecord } from "./evidence-table.ts";
import { countsOf, epochOf, snapshotsOf, type ExportedEvidence } from "./exported-evidence.ts";

/** A field in which a certificate and the ledger differ, or a part of the ledger that cannot be. */
export interface EvidenceDifference {
	readonly field: string;
	readonly certified: unknown;
	readonly recomputed: unknown;
}

/** e-values are sums of logarithms, whose last digits differ between machines; counts and thresholds must be the same. */
const ROUNDING = 1e-9;

/**
 * Computes a certificate again from the exported ledger and names everything that differs; `rowsDigest` is the SHA-256 of the
 * ledger's `evidenceText` for the certificate's epoch and watermark. Counts that fall from one snapshot to the next, that
 * cannot be, or that lie under their phase's propensity are named too: nothing is computed from them.
 *
 * Whether the certificate is still in force, and whether its configuration is the one that serves, is for the caller to say.
 */
export function verifyEvidence(
	certificate: EvidenceCertificate,
	exported: ExportedEvidence,
	rowsDigest: string,
): Result<undefined, readonly EvidenceDifference[]> {
	const faults = [
		...ledgerFaults(exported, certificate.epoch),
		...compare("rowsDigest", certificate.rowsDigest, rowsDigest),
	];
	if (faults.some(({ field }) => field.startsWith("ledger"))) return err(faults);
	const claim = certifiedClaim({
		exported,
		epoch: certificate.epoch,
		delta: certificate.delta,
		onLabel: certificate.onLabel,
		upTo: certificate.watermark,
	});
	if (!claim.ok) return err([...faults, { field: "certificate", certified: "valid", recomputed: claim.error }]);
	const differences = [
		...faults,
		...Object.entries(claim.value).flatMap(([field, value]) =>
			compare(field, certificate[field as keyof EvidenceCertificate], value),
		),
	];
	return differences.length === 0 ? ok(undefined) : err(differences);
}

function compare(field: string, certified: unknown, recomputed: unknown): EvidenceDifference[] {
	if (typeof recomputed === "object" && recomputed !== null && typeof certified === "object" && certified !== null) {
		const names = new Set([...Object.keys(certified), ...Object.keys(recomputed)]);
		return [...names].flatMap((name) =>
			compare(
				`${field}.${name}`,
				(certified as Record<string, unknown>)[name],
				(recomputed as Record<string, unknown>)[name],
			),
		);
	}
	if (certified === recomputed) return [];
	if (
		field.endsWith("logEValue") &&
		typeof certified === "number" &&
		typeof recomputed === "number" &&
		Math.abs(certified - recomputed) <= ROUNDING * Math.abs(recomputed)
	)
		return [];
	return [{ field, certified, recomputed }];
}

/** What no ledger that only ever adds can hold. */
function ledgerFaults(exported: ExportedEvidence, epoch: number): EvidenceDifference[] {
	const path = epochOf(exported, epoch)?.path ?? [];
	const tables = [...snapshotsOf(exported, epoch).map(({ counts }) => counts), countsOf(exported.counts, epoch)];
	const phases = new Map(exported.phases.filter((phase) => phase.epoch === epoch).map((phase) => [phase.phase, phase]));
	const impossible = tables
		.flat()
		.filter((count) => !isPossible(count, phases.get(count.phase), path.length))
		.map((count) => ({ field: "ledger.count", certified: "possible", recomputed: count }));
	const falling = tables.slice(1).flatMap((later, index) => {
		const earlier = tables[index] as readonly EvidenceCount[];
		return earlier
			.filter((count) => !later.some((next) => isSameKey(count, next) && !hasFallen(count, next)))
			.map((count) => ({ field: "ledger.snapshots", certified: "only added to", recomputed: count }));
	});
	return [...impossible, ...falling];
}

function isPossible(count: EvidenceCount, phase: PhaseRecord | undefined, size: number): boolean {
	const { n, wrong, unlabelled, cell, propensity } = count;
	const areCounts = [n, wrong, unlabelled, cell].every((value) => Number.isSafeInteger(value) && value >= 0);
	const isChance = Number.isSafeInteger(propensity) && propensity >= 1 && propensity <= CERTAIN;
	if (!areCounts || !isChance || wrong > n || cell > size || phase === undefined) return false;
	return cell === size || propensity >= floorOf(phase, cell);
}

function isSameKey(left: EvidenceCount, right: EvidenceCount): boolean {
	return (
		left.phase === right.phase &&
		left.revision === right.revision &&
		left.cell === right.cell &&
		left.propensity === right.propensity
	);
}

function hasFallen(earlier: EvidenceCount, later: EvidenceCount): boolean {
	return (
		later.n < earlier.n ||
		later.wrong < earlier.wrong ||
		later.n - later.wrong < earlier.n - earlier.wrong ||
		later.unlabelled < earlier.unlabelled
	);
}
