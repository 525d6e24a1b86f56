import type { EvidenceLease } from "./evidence-ports.ts";
import type { Guarantee } from "./guarantee.ts";

/**
 * Why a guaranteed stage has no certified threshold at present; the reasons on the trail have the same names.
 * - `audition`: everything is being labelled, until there is evidence
 * - `no-certificate`: none is known for this configuration, or an operator has stopped it
 * - `certificate-stale`: the last one known has run out
 * - `drift-alarm`: the evidence says that answers have become worse
 */
type Standing = "audition" | "no-certificate" | "certificate-stale" | "drift-alarm";

/** What a guaranteed stage accepts at this moment. */
export interface EffectiveThreshold {
	/** The least confidence accepted; null: nothing is, whatever its confidence. */
	readonly threshold: number | null;
	/** `manual`: set by hand and promised by nobody, which every answer says. */
	readonly source: "certified" | "manual";
	/** Null exactly where a certificate is in force. */
	readonly standing: Standing | null;
}

/**
 * The threshold of a guaranteed stage, from what the isolate holds. Fails closed: anything but a lease of this very
 * configuration that certifies a threshold and has not run out accepts nothing, or what the manual threshold accepts
 * where the policy says so. What an operator has closed accepts nothing in either case.
 *
 * `now` is in milliseconds since the Unix epoch; a lease is over at its `expiresAt` itself. `manual` is the stage's
 * `threshold`, and `lease` null where the isolate holds none.
 */
export function effectiveThreshold(input: {
	readonly guarantee: Guarantee;
	readonly manual: number | undefined;
	readonly lease: EvidenceLease | null;
	readonly configHash: string;
	readonly now: number;
}): EffectiveThreshold {
	const { guarantee, manual, lease, configHash, now } = input;
	const own = lease?.configHash === configHash ? lease : null;
	const standing = standingOf(own, now);
	if (standing === null) return { threshold: own?.threshold ?? null, source: "certified", standing };
	const fallsBack = guarantee.withoutCertificate === "manual-threshold" && own?.state !== "closed";
	return fallsBack && isThreshold(manual)
		? { threshold: manual, source: "manual", standing }
		: { threshold: null, source: "certified", standing };
}

function standingOf(lease: EvidenceLease | null, now: number): Standing | null {
	if (lease === null) return "no-certificate";
	// Not `now >= expiresAt`: a time that is no number is over.
	if (!(now < lease.expiresAt)) return "certificate-stale";
	switch (lease.state) {
		case "audition":
			return "audition";
		case "alarm":
			return "drift-alarm";
		case "certified":
			return isThreshold(lease.threshold) ? null : "no-certificate";
		default:
			return "no-certificate";
	}
}

function isThreshold(value: number | null | undefined): value is number {
	return value !== null && value !== undefined && !Number.isNaN(value);
}
